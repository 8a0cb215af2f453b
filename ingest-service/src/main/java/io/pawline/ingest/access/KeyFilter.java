package io.pawline.ingest.access;

import io.pawline.ingest.IngestProperties;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Finds the client of a request by its API key, before anything of the body is read. Every address needs a key, except
 * those named here. {@link RequiresScope} at each method says which scopes its holder needs.
 */
@Component
@Order(KeyFilter.ORDER)
final class KeyFilter extends OncePerRequestFilter {

    /** Before all filters that do not say when they come. */
    static final int ORDER = 0;

    /** The request's attribute that holds the {@link ApiClient}. */
    static final String CLIENT = ApiClient.class.getName();

    private static final Logger log = LoggerFactory.getLogger(KeyFilter.class);

    private static final String SCHEME = "Bearer ";

    /** The parameter with a token, since an EventSource cannot send a header. */
    private static final String TOKEN = "token";

    /** The requests that a token may stand for a key in: the status of a task, and its events. */
    private static final Pattern READS_OF_ONE_TASK = Pattern.compile("/v1/tasks/([0-9a-fA-F-]{36})(/events)?");

    private final ApiClientAccess apiClientAccess;
    private final TaskTokens taskTokens;
    private final HandlerExceptionResolver problems;
    private final boolean open;

    KeyFilter(
            ApiClientAccess apiClientAccess,
            TaskTokens taskTokens,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems,
            IngestProperties settings) {
        this.apiClientAccess = apiClientAccess;
        this.taskTokens = taskTokens;
        this.problems = problems;
        this.open = settings.access().open();
        if (open) {
            log.warn("API keys are off: whoever reaches the port may do everything (pawline.ingest.access.open)");
        }
    }

    /**
     * Leaves open the probes and metrics, as every service does, the contract, and pictures and uploads, whose addresses
     * are the key.
     */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.startsWith("/actuator/")
                || path.startsWith("/v1/images/")
                || path.startsWith("/v1/uploads/")
                || path.equals("/v1/openapi.json")
                || path.equals("/v1/openapi.yaml");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ApiClient client;
        try {
            client = open ? ApiClient.ANYBODY : clientOf(request);
        } catch (ProblemException | DatabaseUnavailableException refused) {
            problems.resolveException(request, response, null, refused);
            return;
        }
        request.setAttribute(CLIENT, client);
        serve(client, request, response, chain);
    }

    /** Serves a request out of its tenant's share of the database connections. */
    private static void serve(
            ApiClient client, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            ScopedValue.where(TaskDatabase.TENANT, client.tenant()).call(() -> {
                chain.doFilter(request, response);
                return client;
            });
        } catch (ServletException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private ApiClient clientOf(HttpServletRequest request) {
        Optional<ApiClient> holder = holderOfToken(request);
        if (holder.isPresent()) {
            return holder.get();
        }
        List<String> credentials = Collections.list(request.getHeaders("Authorization"));
        if (credentials.size() != 1 || !credentials.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw missing();
        }
        return apiClientAccess
                .clientWith(credentials.getFirst().substring(SCHEME.length()).strip())
                .orElseThrow(() -> ProblemException.challenge(
                        CommonProblem.UNAUTHORIZED,
                        "there is no such API key, or it has been revoked or has expired",
                        ", error=\"invalid_token\""));
    }

    /**
     * The client that the token of a request makes of its sender; empty if no token may stand for a key here, or none was
     * sent.
     *
     * @throws ProblemException if it is no valid token for this task
     */
    private Optional<ApiClient> holderOfToken(HttpServletRequest request) {
        Matcher task = READS_OF_ONE_TASK.matcher(request.getRequestURI());
        String[] tokens =
                request.getMethod().equals("GET") && task.matches() ? request.getParameterValues(TOKEN) : null;
        if (tokens == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(tokens)
                .filter(_ -> tokens.length == 1)
                .findFirst()
                .flatMap(token -> taskId(task.group(1)).flatMap(id -> taskTokens.holder(token, id)))
                .orElseThrow(() -> ProblemException.challenge(
                        CommonProblem.UNAUTHORIZED,
                        "the token is none for this task, or it has expired: get a new one",
                        ", error=\"invalid_token\"")));
    }

    private static Optional<TaskId> taskId(String text) {
        try {
            return Optional.of(TaskId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static ProblemException missing() {
        return ProblemException.challenge(
                CommonProblem.UNAUTHORIZED, "send your API key in one header, Authorization: Bearer pwk_...", "");
    }
}

package io.pawline.ingest.webhook;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.RateLimitView;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.http.StrictJson;
import io.pawline.outbound.BrowserUrl;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code POST /v1/callbacks/test}: sends an example of a callback and says what the receiver made of it. */
@RestController
final class TestDeliveryController {

    private static final int MAX_URL_LENGTH = 2048;

    private final TestDelivery testDelivery;
    private final long maxBodyBytes;
    private final @Nullable URI defaultCallbackUrl;

    TestDeliveryController(TestDelivery testDelivery, IngestProperties settings) {
        this.testDelivery = testDelivery;
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.defaultCallbackUrl = settings.defaultCallbackUrl();
    }

    /** The body of a request. A request without a body has the default receiver, too. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Wanted(@Nullable String callbackUrl) {}

    @PostMapping("/v1/callbacks/test")
    TestDeliveryView send(@RequiresScope(Scope.WEBHOOK) ApiClient client, HttpServletRequest request)
            throws IOException, InterruptedException {
        byte[] body = StrictJson.bytes(request, maxBodyBytes);
        Wanted wanted =
                body.length == 0 ? new Wanted(null) : StrictJson.object(body, Wanted.class, List.of("callback_url"));
        return testDelivery.send(client.tenant(), receiver(wanted.callbackUrl()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooMany(TooManyTestDeliveriesException e) {
        return ResponseEntity.status(IngestProblem.TOO_MANY_TEST_DELIVERIES.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(RateLimitView.secondsUntil(e.retryAfter())))
                .body(ProblemAdvice.problem(IngestProblem.TOO_MANY_TEST_DELIVERIES, String.valueOf(e.getMessage())));
    }

    /** The guard judges the address when it is called, as it does for a callback. */
    private URI receiver(@Nullable String text) {
        if (text == null) {
            if (defaultCallbackUrl == null) {
                throw invalid("callback_url is missing, and the operator has set no default");
            }
            return defaultCallbackUrl;
        }
        if (text.length() > MAX_URL_LENGTH) {
            throw invalid("callback_url has more than " + MAX_URL_LENGTH + " characters");
        }
        return BrowserUrl.parse(text)
                .orElseThrow(() ->
                        invalid("callback_url is no absolute http or https URL: it looks like https://host/path"));
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}

package io.pawline.cli;

import io.pawline.cli.connection.IngestOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Shows and changes the secret that signs the callbacks of a tenant, and tests receivers, through ingest-service. */
@Command(
        name = "callbacks",
        description = "Shows and changes the secret that signs the callbacks of a tenant, and tests a receiver. The API"
                + " key says which tenant, and needs the scope webhook.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class CallbacksCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SECRET = "v1/webhook-secret";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    @Command(
            description = "Shows what signs the callbacks, as JSON: the current secret, the one before while it still"
                    + " signs, and whether the shared one does.",
            mixinStandardHelpOptions = true)
    void secret(@Mixin IngestOptions ingest) throws IOException {
        show(ingest, "GET", SECRET);
    }

    @Command(
            description = "Makes a new secret and shows it. The secret until now signs beside it for a time.",
            mixinStandardHelpOptions = true)
    void rotate(
            @Option(
                            names = "--overlap",
                            paramLabel = "TIME",
                            defaultValue = "24h",
                            converter = TimeArgument.class,
                            description = "How long the secret until now still signs, 30d at most (default:"
                                    + " ${DEFAULT-VALUE}).")
                    Duration overlap,
            @Mixin IngestOptions ingest)
            throws IOException {
        HttpUrl address = ingest.address(SECRET + "/rotate")
                .addQueryParameter("overlap", overlap.toSeconds() + "s")
                .build();
        pretty(ingest.call("POST", address));
    }

    @Command(
            name = "end-previous",
            description = "Ends the secret before the current one at once.",
            mixinStandardHelpOptions = true)
    void endPrevious(@Mixin IngestOptions ingest) throws IOException {
        show(ingest, "DELETE", SECRET + "/previous");
    }

    @Command(
            name = "shared-off",
            description = "The secret that all tenants share signs no more for this tenant.",
            mixinStandardHelpOptions = true)
    void sharedOff(@Mixin IngestOptions ingest) throws IOException {
        show(ingest, "DELETE", SECRET + "/shared");
    }

    @Command(
            name = "shared-on",
            description = "The secret that all tenants share signs again for this tenant.",
            mixinStandardHelpOptions = true)
    void sharedOn(@Mixin IngestOptions ingest) throws IOException {
        show(ingest, "PUT", SECRET + "/shared");
    }

    @Command(
            description =
                    "Sends a signed example of a callback, and shows what the receiver made of it. Fails if it did"
                            + " not take it.",
            mixinStandardHelpOptions = true)
    int test(
            @Option(
                            names = "--callback-url",
                            paramLabel = "URL",
                            description =
                                    "The receiver (default: ingest-service's pawline.ingest.default-callback-url).")
                    @Nullable
                    String callbackUrl,
            @Mixin IngestOptions ingest)
            throws IOException {
        Map<String, Object> wanted = callbackUrl == null ? Map.of() : Map.of("callback_url", callbackUrl);
        String result = ingest.post(ingest.address("v1/callbacks/test").build(), wanted);
        pretty(result);
        return JSON.readTree(result).path("delivered").asBoolean(false) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void show(IngestOptions ingest, String method, String path) throws IOException {
        pretty(ingest.call(method, ingest.address(path).build()));
    }

    private void pretty(String json) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(JSON.readTree(json).toPrettyString());
        out.flush();
    }
}

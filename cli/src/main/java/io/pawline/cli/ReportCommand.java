package io.pawline.cli;

import io.pawline.cli.connection.OpsOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Fetches the report of a period from ops-service, and prints it or writes it to a file. */
@Command(
        name = "report",
        description = "Writes the report of a period: what became of the tasks, what failed and when, what it cost.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    private CommandSpec spec;

    @Mixin
    private OpsOptions ops;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Such as 2026-11-23T13:29:00Z or …+08:00 (default: three hours before --to).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Up to then (default: now).")
    private @Nullable String to;

    @Option(
            names = "--format",
            paramLabel = "md|html|json|zip",
            defaultValue = "md",
            description =
                    "Markdown, a page with pictures to look at or print, JSON, or a ZIP of all of it with the pictures"
                            + " and each table as CSV (default: ${DEFAULT-VALUE}).")
    private String format;

    @Mixin
    private LanguageOption language;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "UTC",
            description = "Of the times in it, such as Asia/Shanghai (default: ${DEFAULT-VALUE}).")
    private String zone;

    @Option(names = "--tenant", paramLabel = "TENANT", description = "Only of its tasks and calls (default: of all).")
    private @Nullable String tenant;

    @Option(
            names = "--before-from",
            paramLabel = "TIME",
            description = "With --before-to, another period to stand beside this one.")
    private @Nullable String beforeFrom;

    @Option(names = "--before-to", paramLabel = "TIME", description = "Up to then, of the other period.")
    private @Nullable String beforeTo;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write it (default: standard output).")
    private @Nullable Path file;

    @Option(
            names = "--exact",
            description = "Reads each call and each task, and not the sums that were made ahead; shows how far it is.")
    private boolean exact;

    @Override
    public void run() {
        if (file == null && format.equals("zip")) {
            throw new ParameterException(spec.commandLine(), "--format zip needs --out FILE");
        }
        try {
            if (exact) {
                write(read());
            } else if (file != null) {
                ops.save(address("v1/report"), file);
            } else {
                print(ops.get(address("v1/report")));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("no report: " + failed.getMessage(), failed);
        }
    }

    /** Reads the report and shows its progress on a line of its own. */
    private byte[] read() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        AtomicReference<byte @Nullable []> report = new AtomicReference<>();
        ops.stream(address("v1/report/stream"), (event, data) -> {
            JsonNode content = JSON.readTree(data);
            switch (event) {
                case "progress" -> {
                    err.printf(
                            Locale.ROOT,
                            "\r%3.0f %% read",
                            100 * content.path("share").asDouble(0));
                    err.flush();
                }
                case "report" -> {
                    err.print("\r          \r");
                    err.flush();
                    report.set(Base64.getDecoder().decode(content.path("base64").asString("")));
                }
                default -> throw new IOException(content.path("detail").asString(event));
            }
        });
        byte[] read = report.get();
        if (read == null) {
            throw new IOException("ops-service broke off its answer");
        }
        return read;
    }

    private void write(byte[] report) throws IOException {
        if (file == null) {
            print(new String(report, StandardCharsets.UTF_8));
        } else {
            Files.write(file, report);
        }
    }

    private void print(String report) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(report);
        out.flush();
    }

    private HttpUrl address(String path) {
        HttpUrl.Builder address = ops.address(path)
                .addQueryParameter("format", format)
                .addQueryParameter("lang", language.code())
                .addQueryParameter("zone", zone);
        add(address, "from", from);
        add(address, "to", to);
        add(address, "before_from", beforeFrom);
        add(address, "before_to", beforeTo);
        add(address, "tenant", tenant);
        add(address, "exact", exact ? "true" : null);
        return address.build();
    }

    private static void add(HttpUrl.Builder address, String name, @Nullable String value) {
        if (value != null) {
            address.addQueryParameter(name, value);
        }
    }
}

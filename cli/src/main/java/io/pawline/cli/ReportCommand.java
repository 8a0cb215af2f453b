package io.pawline.cli;

import io.pawline.cli.connection.OpsOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fetches the report of a period from ops-service, and prints it or writes it to a file. */
@Command(
        name = "report",
        description = "Writes the report of a period: what became of the tasks, what failed and when, what it cost.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Runnable {

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

    @Option(
            names = "--lang",
            paramLabel = "en|zh",
            defaultValue = "en",
            description = "English or Chinese (default: ${DEFAULT-VALUE}).")
    private String language;

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

    @Override
    public void run() {
        try {
            if (file != null) {
                ops.save(address(), file);
            } else if (format.equals("zip")) {
                throw new ParameterException(spec.commandLine(), "--format zip needs --out FILE");
            } else {
                String report = ops.get(address());
                PrintWriter out = spec.commandLine().getOut();
                out.print(report);
                out.flush();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("no report: " + failed.getMessage(), failed);
        }
    }

    private HttpUrl address() {
        HttpUrl.Builder address = ops.address("v1/report")
                .addQueryParameter("format", format)
                .addQueryParameter("lang", language)
                .addQueryParameter("zone", zone);
        add(address, "from", from);
        add(address, "to", to);
        add(address, "before_from", beforeFrom);
        add(address, "before_to", beforeTo);
        add(address, "tenant", tenant);
        return address.build();
    }

    private static void add(HttpUrl.Builder address, String name, @Nullable String value) {
        if (value != null) {
            address.addQueryParameter(name, value);
        }
    }
}

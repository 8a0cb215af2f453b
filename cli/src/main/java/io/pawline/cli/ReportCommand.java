package io.pawline.cli;

import io.pawline.cli.connection.OpsOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
            paramLabel = "md|html|json",
            defaultValue = "md",
            description = "Markdown, a page to look at or print, or JSON (default: ${DEFAULT-VALUE}).")
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

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write it (default: standard output).")
    private @Nullable Path file;

    @Override
    public void run() {
        try {
            String report = ops.get(address());
            if (file == null) {
                PrintWriter out = spec.commandLine().getOut();
                out.print(report);
                out.flush();
            } else {
                Files.writeString(file, report);
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
        if (from != null) {
            address.addQueryParameter("from", from);
        }
        if (to != null) {
            address.addQueryParameter("to", to);
        }
        return address.build();
    }
}

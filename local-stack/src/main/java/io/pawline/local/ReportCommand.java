package io.pawline.local;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The report of a period from a terminal, through ops-service's API. */
@Command(
        name = "report",
        description = "Writes the report of a period: what became of the tasks, what failed and when, what it cost.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8090",
            description = "ops-service (default: ${DEFAULT-VALUE}, the local stack's).")
    private String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "${env:PAWLINE_KEY}",
            description =
                    "API key, if ops-service asks for one (default: $$PAWLINE_KEY, where it does not show up in the"
                            + " list of processes).")
    private @Nullable String key;

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
            String report = fetch();
            if (file == null) {
                PrintWriter out = spec.commandLine().getOut();
                out.print(report);
                out.flush();
            } else {
                Files.writeString(file, report);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("no report from %s: %s".formatted(url, failed.getMessage()), failed);
        }
    }

    private String fetch() throws IOException {
        Request.Builder request = new Request.Builder().url(address());
        if (key != null && !key.isBlank()) {
            request.header("Authorization", "Bearer " + key);
        }
        try (Response answer = new OkHttpClient().newCall(request.build()).execute()) {
            String body = answer.body().string();
            if (!answer.isSuccessful()) {
                String detail = body.startsWith("{")
                        ? JsonMapper.shared().readTree(body).path("detail").asString(body)
                        : body;
                throw new IllegalStateException("ops-service answers %d: %s".formatted(answer.code(), detail));
            }
            return body;
        }
    }

    private HttpUrl address() {
        HttpUrl base = HttpUrl.parse(url);
        if (base == null) {
            throw new ParameterException(spec.commandLine(), "--url is no http(s) address: " + url);
        }
        HttpUrl.Builder address = base.newBuilder()
                .addPathSegments("v1/report")
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

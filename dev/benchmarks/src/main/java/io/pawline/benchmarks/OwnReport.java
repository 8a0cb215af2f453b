package io.pawline.benchmarks;

import io.pawline.local.PatientHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Keeps the report that ops-service writes of a period, in files. */
final class OwnReport {

    private static final Clock CLOCK = Clock.systemUTC();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private OwnReport() {}

    /**
     * Writes the report since this moment, as Markdown and as JSON, beside the given file and named after it.
     *
     * @param ops address of ops-service
     * @throws IOException if ops-service gives no report
     */
    static void keep(URI ops, Instant since, Path beside) throws IOException {
        OkHttpClient http = PatientHttp.client(PATIENCE).build();
        String name = String.valueOf(beside.getFileName()).replaceFirst("\\.json$", "");
        for (String format : new String[] {"md", "json"}) {
            HttpUrl url = HttpUrl.get(ops.resolve("/v1/report").toString())
                    .newBuilder()
                    .addQueryParameter("from", since.toString())
                    .addQueryParameter("to", CLOCK.instant().toString())
                    .addQueryParameter("format", format)
                    .build();
            Request request = new Request.Builder().url(url).build();
            try (Response answer = http.newCall(request).execute()) {
                if (!answer.isSuccessful()) {
                    throw new IOException("no report: HTTP " + answer.code() + ": "
                            + answer.body().string());
                }
                Files.write(
                        beside.resolveSibling(name + "-report." + format),
                        answer.body().bytes());
            }
        }
    }
}

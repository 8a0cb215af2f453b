package io.pawline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

class BodyDeadlineTest {

    private static final Duration MOST = Duration.ofSeconds(2);

    /** An upload waits for its turn before anything of it is read. */
    @Test
    void countsNoTimeForWhichTheServiceHasTheClientWait() throws Exception {
        Server server = new Server(0);
        BodyDeadline deadline = new BodyDeadline(MOST, 0);
        deadline.setHandler(new Late());
        server.setHandler(deadline);
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(server.getURI().resolve("/"))
                    // In chunks, so that the end of the body is read by itself
                    .POST(BodyPublishers.ofByteArrays(List.of(new byte[1_000], new byte[1_000])))
                    .build();
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("2000");
        } finally {
            server.stop();
        }
    }

    /** Reads a body when more time has passed than a client has for it. */
    private static final class Late extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            Thread.sleep(MOST.plusMillis(100));
            int bytes = Content.Source.asByteBuffer(request).remaining();
            Content.Sink.write(response, true, Integer.toString(bytes), callback);
            return true;
        }
    }
}

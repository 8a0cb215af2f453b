package io.pawline.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.client.ServerSentEvents.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that events are the same, however the network divides them and whatever ends a line. */
class ServerSentEventsTest {

    private static final String TEXT =
            ":comment\n\nid: 1-2\nevent: stage\ndata: 猫\ndata:b\n\nid:2-1\n\nretry:5\ndata\n\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void piecesOfAnySizeGiveTheSameEvents(int size) {
        for (String end : List.of("\n", "\r\n", "\r")) {
            byte[] bytes = TEXT.replace("\n", end).getBytes(UTF_8);
            ServerSentEvents parser = new ServerSentEvents();
            List<Event> events = new ArrayList<>();
            for (int from = 0; from < bytes.length; from += size) {
                events.addAll(parser.take(Arrays.copyOfRange(bytes, from, Math.min(from + size, bytes.length))));
            }
            assertThat(events).containsExactly(new Event("1-2", "stage", "猫\nb"), new Event("2-1", "message", ""));
        }
    }
}

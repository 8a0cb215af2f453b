package io.pawline.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads server-sent events from bytes that come in pieces, as the
 * <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream">standard</a> says.
 * For one thread.
 */
final class ServerSentEvents {

    /**
     * An event with data.
     *
     * @param id of the last event that had one; empty for none
     */
    record Event(String id, String name, String data) {}

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<String> data = new ArrayList<>();
    private boolean afterCarriageReturn;
    private String id = "";
    private String name = "";

    /** Takes the next bytes, and returns the events that are complete with them. */
    List<Event> take(byte[] bytes) {
        List<Event> complete = new ArrayList<>();
        for (byte next : bytes) {
            if (next == '\n' && afterCarriageReturn) {
                afterCarriageReturn = false;
                continue;
            }
            afterCarriageReturn = next == '\r';
            if (next == '\n' || next == '\r') {
                takeLine(line.toString(UTF_8), complete);
                line.reset();
            } else {
                line.write(next);
            }
        }
        return complete;
    }

    private void takeLine(String text, List<Event> complete) {
        if (text.isEmpty()) {
            if (!data.isEmpty()) {
                complete.add(new Event(id, name.isEmpty() ? "message" : name, String.join("\n", data)));
            }
            data.clear();
            name = "";
            return;
        }
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? "" : text.substring(colon + 1);
        String value = rest.startsWith(" ") ? rest.substring(1) : rest;
        switch (field) {
            case "id" -> id = value;
            case "event" -> name = value;
            case "data" -> data.add(value);
            default -> {}
        }
    }
}

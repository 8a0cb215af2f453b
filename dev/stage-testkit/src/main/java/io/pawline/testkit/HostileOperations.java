package io.pawline.testkit;

import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Makes what ops-service expects: filters, dry runs, replays and their moves, discards and edits. */
public final class HostileOperations implements HostileBodies {

    private static final List<String> FILTERS = List.of(
            "{\"stage\":\"generate\"}",
            "{\"reason\":\"no_pet\",\"stage\":\"detect\"}",
            "{\"ids\":\"1,2,3\"}",
            "{\"ids\":\"%d\",\"state\":\"any\"}",
            "{\"tenant\":\"none\"}",
            "{\"q\":\"wall -fur\"}",
            "{\"q\":\"&|!:*()'\\\"\"}",
            "{\"task_id\":\"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f\"}",
            "{\"min_attempts\":1,\"max_attempts\":\"9\"}",
            "{\"from\":\"2026-11-23T10:15:30Z\",\"to\":\"+999999999-12-31T23:59:59Z\"}",
            "{\"from\":\"-999999999-01-01T00:00:00Z\"}",
            "{\"style\":\"a\\u0000b\"}",
            "{\"client_ref\":\"\\ud800\"}",
            "{\"provider_code\":\"HTTP 503\",\"generation\":2147483648}",
            "{}");

    private final int deadLetters;

    /** @param deadLetters the number of dead letters, whose ids begin with 1 */
    public HostileOperations(int deadLetters) {
        this.deadLetters = deadLetters;
    }

    @Override
    public Body body(String path, String mark, Random random) {
        // So often that no few changes leave nothing of it
        String why = "\"by\":\"bob\",\"why\":\"" + (mark + " and ").repeat(8) + "so\"";
        String filter = "\"filter\":"
                + FILTERS.get(random.nextInt(FILTERS.size())).replace("%d", Integer.toString(deadLetter(random)));
        String pace = "\"per_second\":" + List.of("1", "10000", "0", "5").get(random.nextInt(4));
        if (path.endsWith("/discard")) {
            return Body.json("{%s,%s}".formatted(filter, why));
        }
        if (path.endsWith("/dry-run")) {
            return Body.json("{%s,%s}".formatted(filter, pace));
        }
        if (path.endsWith("/replays")) {
            return Body.json("{%s,%s,%s}".formatted(filter, pace, why));
        }
        if (path.endsWith("/edit")) {
            return Body.json("{\"event\":{\"context\":{\"taskId\":\"%s\"},\"image\":null},%s}"
                    .formatted(new UUID(random.nextLong(), random.nextLong()), why));
        }
        return Body.json("{%s}".formatted(why));
    }

    @Override
    public String id(String path, Random random) {
        if (path.startsWith("/v1/dead-letters/")) {
            return Integer.toString(deadLetter(random));
        }
        return random.nextInt(3) == 0
                ? List.of("pause", "resume", "abort").get(random.nextInt(3))
                : HostileBodies.super.id(path, random);
    }

    private int deadLetter(Random random) {
        return 1 + random.nextInt(deadLetters + 1);
    }
}

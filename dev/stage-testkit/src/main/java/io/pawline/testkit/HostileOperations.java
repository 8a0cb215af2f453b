package io.pawline.testkit;

import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Makes what ops-service expects: filters, dry runs, replays and their moves, discards, edits and live controls. */
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

    private static final List<String> TASKS = List.of(
            "{\"state\":\"expired\",\"from\":\"2026-11-23T10:15:30Z\",\"to\":\"2026-11-24T10:15:30Z\"}",
            "{\"state\":\"cancelled\",\"from\":\"2026-11-24T10:15:30Z\",\"to\":\"+999999999-12-31T23:59:59Z\"}",
            "{\"ids\":\"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f\"}",
            "{\"ids\":\",\"}",
            "{\"state\":\"success\"}");

    private static final List<String> PATCHES = List.of(
            "{\"context\":{\"style\":\"ink\"}}",
            "{\"context\":{\"taskId\":\"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f\"}}",
            "{\"context\":null}",
            "{\"context\":{\"callbackUrl\":7}}",
            "{\"photo\":{\"io.pawline.events.ImageRef\":{}}}",
            "{\"nothing\":[]}",
            "[]");

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
        String chosen = random.nextInt(4) == 0 ? "\"tasks\":" + TASKS.get(random.nextInt(TASKS.size())) : filter;
        if (path.endsWith("/dry-run")) {
            return Body.json("{%s,%s}".formatted(chosen, pace));
        }
        if (path.endsWith("/replays")) {
            return Body.json("{%s,%s,%s}".formatted(chosen, pace, why));
        }
        if (path.endsWith("/filters")) {
            return Body.json("{%s,\"name\":\"白墙 %d\"}".formatted(filter, random.nextInt(9)));
        }
        if (path.endsWith("/keep")) {
            return Body.json("{\"name\":\"%s\"}".formatted(mark));
        }
        if (path.endsWith("/limit")) {
            return Body.json("{\"limit\":%d,%s}".formatted(random.nextInt(-1, 9), why));
        }
        if (path.endsWith("/cool-down")) {
            return Body.json("{\"seconds\":%d,%s}".formatted(random.nextInt(0, 3), why));
        }
        if (path.endsWith("/patch") || path.endsWith("/preview")) {
            return Body.json(
                    "{%s,\"patch\":%s,%s}".formatted(filter, PATCHES.get(random.nextInt(PATCHES.size())), why));
        }
        if (path.endsWith("/edit")) {
            return Body.json("{\"event\":{\"context\":{\"taskId\":\"%s\"},\"image\":null},%s}"
                    .formatted(new UUID(random.nextLong(), random.nextLong()), why));
        }
        return Body.json("{%s}".formatted(why));
    }

    @Override
    public String id(String path, Random random) {
        if (path.contains("{stage}")) {
            return List.of("detect", "generate", "callback", "nowhere").get(random.nextInt(4));
        }
        if (path.contains("{provider}")) {
            return List.of("seedream", "%e6%9c%8d").get(random.nextInt(2));
        }
        if (path.contains("{name}")) {
            return "%e7%99%bd%e5%a2%99%20" + random.nextInt(9);
        }
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

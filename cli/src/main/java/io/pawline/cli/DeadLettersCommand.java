package io.pawline.cli;

import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.terminal.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows and replays dead letters through ops-service's API. */
@Command(
        name = "dlt",
        description = "Shows and replays dead letters.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class DeadLettersCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /** Names ops-service and the dead letters by options. */
    static final class Selection {

        @Mixin
        private OpsOptions ops;

        @Option(
                names = {"-f", "--filter"},
                paramLabel = "NAME=VALUE",
                description = "Which dead letters, such as stage=generate or reason=provider_error; may be repeated."
                        + " An unknown name is answered with the known ones.")
        private Map<String, String> filter = new LinkedHashMap<>();

        HttpUrl filtered(String path) {
            HttpUrl.Builder address = ops.address(path);
            filter.forEach(address::addQueryParameter);
            return address.build();
        }
    }

    /** Says how a replay goes, besides its rate. */
    static final class Terms {

        @Option(
                names = "--plan",
                paramLabel = "ID",
                description = "Sends exactly what this dry run showed, instead of a filter.")
        @Nullable
        private String plan;

        @Option(
                names = "--tasks",
                paramLabel = "NAME=VALUE",
                description =
                        "Which tasks, instead of dead letters: state=expired (or cancelled, failed), tenant, from and"
                                + " to, or ids; may be repeated. They begin with their photo and need --deadline.")
        private Map<String, String> tasks = new LinkedHashMap<>();

        @Option(names = "--from-photo", description = "Begins with the photo, not at the stage that gave up.")
        private boolean fromPhoto;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "Name of the replay, or of the dry run, which is kept.")
        @Nullable
        private String name;

        @Option(
                names = "--deadline",
                paramLabel = "DURATION",
                description = "How long a replayed task may take, such as PT2H (default: as configured).")
        @Nullable
        private Duration deadline;

        @Option(
                names = "--starts-at",
                paramLabel = "TIME",
                description = "When it begins, such as 2026-11-24T02:00:00+08:00 (default: at once).")
        @Nullable
        private String startsAt;

        @Option(names = "--stop-percent", paramLabel = "N", description = "Pauses when more than N in a hundred fail.")
        @Nullable
        private Integer stopPercent;

        /** The part of a request that says what is replayed. */
        Map<String, Object> what(Map<String, String> filter) {
            Map<String, Object> body = new LinkedHashMap<>();
            if (plan != null) {
                body.put("plan", plan);
            } else if (!tasks.isEmpty()) {
                body.put("tasks", tasks);
            } else {
                body.put("filter", filter);
            }
            if (fromPhoto) {
                body.put("from_stage", "detect");
            }
            if (name != null) {
                body.put("name", name);
            }
            return body;
        }

        /** Adds what only a replay has, and no dry run. */
        void addTo(Map<String, Object> body) {
            if (deadline != null) {
                body.put("deadline_seconds", deadline.toSeconds());
            }
            if (startsAt != null) {
                body.put("starts_at", startsAt);
            }
            if (stopPercent != null) {
                body.put("stop_percent", stopPercent);
            }
        }
    }

    @Command(
            description = "Counts dead letters by stage, reason and the provider's code.",
            mixinStandardHelpOptions = true)
    int groups(@Mixin Selection which) throws IOException {
        JsonNode found = JSON.readTree(which.ops.get(which.filtered("v1/dead-letters/groups")));
        table(found.path("groups"), List.of("/count", "/stage", "/reason", "/provider_code", "/oldest", "/newest"));
        if (found.path("more").asBoolean()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("There are more. These are the newest "
                    + found.path("letters").asLong() + ".");
            err.flush();
        }
        return 0;
    }

    @Command(description = "Lists dead letters, newest first.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Selection which,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "At most (default: ${DEFAULT-VALUE}).")
                    int limit)
            throws IOException {
        HttpUrl address = which.filtered("v1/dead-letters")
                .newBuilder()
                .addQueryParameter("limit", Integer.toString(limit))
                .build();
        table(
                JSON.readTree(which.ops.get(address)).path("dead_letters"),
                List.of("/id", "/state", "/failed_at", "/stage", "/reason", "/provider_code", "/task_id", "/detail"));
        return 0;
    }

    @Command(
            description = "Shows a dead letter with all that is known of it, as JSON.",
            mixinStandardHelpOptions = true)
    int show(@Mixin Selection which, @Parameters(paramLabel = "ID", description = "The id of the dead letter.") long id)
            throws IOException {
        pretty(which.ops.get(which.ops.address("v1/dead-letters/" + id).build()));
        return 0;
    }

    @Command(description = "Writes all dead letters to standard output.", mixinStandardHelpOptions = true)
    int export(
            @Mixin Selection which,
            @Option(
                            names = "--format",
                            paramLabel = "ndjson|csv",
                            defaultValue = "ndjson",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String format)
            throws IOException {
        HttpUrl address = which.filtered("v1/dead-letters/export")
                .newBuilder()
                .addQueryParameter("format", format)
                .build();
        which.ops.copy(address, out());
        out().flush();
        return 0;
    }

    @Command(
            description = "Replays the open dead letters that match the filter, or says what it would do.",
            mixinStandardHelpOptions = true)
    int replay(
            @Mixin Selection which,
            @Option(names = "--dry-run", description = "Only says what it would do.") boolean dryRun,
            @Option(
                            names = "--per-second",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Dead letters a second (default: ${DEFAULT-VALUE}).")
                    int perSecond,
            @Option(
                            names = "--by",
                            paramLabel = "NAME",
                            description = "Who does it, beside the key's name (default: without a key, the user of this"
                                    + " machine).")
                    @Nullable
                    String by,
            @Option(names = "--why", paramLabel = "SENTENCE", defaultValue = "", description = "Why, for the audit.")
                    String why,
            @Mixin Terms terms)
            throws IOException {
        Map<String, Object> body = terms.what(which.filter);
        body.put("per_second", perSecond);
        if (!dryRun) {
            terms.addTo(body);
            sign(body, which.ops, by, why);
        }
        pretty(which.ops.post(dryRun ? "v1/replays/dry-run" : "v1/replays", body));
        return 0;
    }

    @Command(
            description =
                    "Says how far the newest replays are, or shows one as JSON. A replay is done when everything is"
                            + " sent; what became of it stands in the columns.",
            mixinStandardHelpOptions = true)
    int replays(
            @Mixin OpsOptions ops,
            @Parameters(arity = "0..1", paramLabel = "ID", description = "The id of the replay.") @Nullable UUID id)
            throws IOException {
        if (id != null) {
            pretty(ops.get(ops.address("v1/replays/" + id).build()));
            return 0;
        }
        table(
                JSON.readTree(ops.get(ops.address("v1/replays").build())).path("replays"),
                List.of(
                        "/id",
                        "/state",
                        "/created_at",
                        "/by",
                        "/name",
                        "/letters/waiting",
                        "/letters/under_way",
                        "/letters/succeeded",
                        "/letters/failed",
                        "/letters/expired",
                        "/letters/cancelled",
                        "/letters/skipped",
                        "/letters/in_doubt",
                        "/paused_because"));
        return 0;
    }

    @Command(
            description =
                    "Edits the payloads of the open dead letters that match the filter, or shows what that would do."
                            + " A replay sends the edited ones; the originals are kept.",
            mixinStandardHelpOptions = true)
    int patch(
            @Mixin Selection which,
            @Parameters(
                            paramLabel = "PATCH",
                            description = "A JSON merge patch (RFC 7396) of their events, such as"
                                    + " '{\"context\":{\"style\":\"ink\"}}'.")
                    String patch,
            @Option(names = "--preview", description = "Only shows what it would do, the first ten before and after.")
                    boolean preview,
            @Option(
                            names = "--by",
                            paramLabel = "NAME",
                            description = "Who does it, beside the key's name (default: without a key, the user of this"
                                    + " machine).")
                    @Nullable
                    String by,
            @Option(names = "--why", paramLabel = "SENTENCE", defaultValue = "", description = "Why, for the audit.")
                    String why)
            throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("filter", which.filter);
        try {
            body.put("patch", JSON.readTree(patch));
        } catch (JacksonException e) {
            throw new ParameterException(spec.commandLine(), "PATCH is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!preview) {
            sign(body, which.ops, by, why);
        }
        pretty(which.ops.post(preview ? "v1/dead-letters/patch/preview" : "v1/dead-letters/patch", body));
        return 0;
    }

    private static void sign(Map<String, Object> body, OpsOptions ops, @Nullable String by, String why) {
        if (by != null) {
            body.put("by", by);
        } else if (!ops.hasKey()) {
            body.put("by", System.getProperty("user.name"));
        }
        body.put("why", why);
    }

    /** Prints a column for each pointer, under its last name. */
    private void table(JsonNode rows, List<String> pointers) {
        out().println(pointers.stream()
                .map(pointer -> pointer.substring(pointer.lastIndexOf('/') + 1))
                .collect(Collectors.joining("\t")));
        for (JsonNode row : rows) {
            out().println(String.join(
                    "\t",
                    pointers.stream()
                            .map(pointer -> Table.inOneLine(row.at(pointer).asString("-")))
                            .toList()));
        }
        out().flush();
    }

    private void pretty(String json) {
        out().println(JSON.readTree(json).toPrettyString());
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}

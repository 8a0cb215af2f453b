package io.pawline.benchmarks;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which part of the system a thread worked for, by its name and its stack. The first rule counts that holds for any
 * frame of the stack, so the rules go from the special to the general.
 */
final class CpuParts {

    /** The simulated providers, the front end, and the load. */
    static final String LOAD = "simulator and load";

    static final String OPS = "ops-service";
    static final String BROKER = "Kafka broker, schema registry";

    /** What no rule knows: the switching of virtual threads, timers, and samples without a stack. */
    static final String REST = "other threads";

    private record Rule(String part, List<String> prefixes) {

        boolean holds(String className) {
            return prefixes.stream().anyMatch(className::startsWith);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule(LOAD, List.of("io.pawline.simulator.", "io.pawline.benchmarks.")),
            new Rule(OPS, List.of("io.pawline.ops.", "org.apache.kafka.streams.")),
            new Rule(
                    BROKER,
                    List.of(
                            "kafka.",
                            "org.apache.kafka.server.",
                            "org.apache.kafka.storage.",
                            "org.apache.kafka.raft.",
                            "org.apache.kafka.coordinator.",
                            "org.apache.kafka.controller.",
                            "org.apache.kafka.network.",
                            "org.apache.kafka.image.",
                            "org.apache.kafka.metadata.",
                            "org.apache.kafka.timeline.",
                            "org.apache.kafka.queue.",
                            "io.pawline.registry.")),
            new Rule("pictures: label", List.of("io.pawline.images.label.")),
            new Rule("image store", List.of("io.pawline.images.")),
            new Rule("pictures: check and reduce", List.of("io.pawline.finalize.")),
            new Rule("photos", List.of("io.pawline.photos.")),
            new Rule("outbound HTTP: Ark", List.of("io.pawline.outbound.ark.")),
            new Rule("outbound HTTP: visual API", List.of("io.pawline.outbound.visual.")),
            new Rule("outbound HTTP: callbacks", List.of("io.pawline.outbound.webhook.")),
            new Rule("outbound HTTP: other", List.of("io.pawline.outbound.", "okhttp3.", "okio.")),
            new Rule(
                    "task store",
                    List.of("io.pawline.taskstore.", "org.jdbi.", "org.postgresql.", "com.zaxxer.hikari.")),
            new Rule("ledger", List.of("io.pawline.stage.ledger.")),
            new Rule("relay", List.of("io.pawline.ingest.relay.")),
            new Rule("HTTP in", List.of("io.pawline.ingest.", "org.eclipse.jetty.", "org.springframework.web.")));

    private static final Pattern STAGE = Pattern.compile("\\b(detect|generate|matting|finalize|callback)\\b");
    private static final List<String> CLIENTS = List.of("io.pawline.", "org.apache.kafka.");

    private CpuParts() {}

    /**
     * The part that this thread works for.
     *
     * @param thread its name
     * @param classNames of its stack, from the method that runs on; empty if the stack is unknown
     */
    static String of(String thread, List<String> classNames) {
        // The event loops of Netty, whose stacks say nothing of their owner
        if (thread.startsWith("simulator") || thread.startsWith("front-end")) {
            return LOAD;
        }
        for (Rule rule : RULES) {
            if (classNames.stream().anyMatch(rule::holds)) {
                return rule.part();
            }
        }
        Matcher stage = STAGE.matcher(thread);
        if (!stage.find()) {
            return classNames.stream().anyMatch(name -> CLIENTS.stream().anyMatch(name::startsWith))
                    ? "Kafka clients of no stage"
                    : REST;
        }
        return thread.contains("-ledger") ? "ledger" : "stage: " + stage.group(1);
    }
}

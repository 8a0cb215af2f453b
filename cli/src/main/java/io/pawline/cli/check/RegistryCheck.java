package io.pawline.cli.check;

import io.pawline.cli.terminal.Failures;
import io.pawline.events.BudgetMessage;
import io.pawline.events.CallAttempt;
import io.pawline.events.ControlCommand;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.LimitMessage;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryInspector;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;

/**
 * Looks at the schema registry: whether it answers, has Pawline's subjects, and would take the schemas of this version.
 */
public final class RegistryCheck {

    private static final Set<String> GOOD_LEVELS = Set.of("BACKWARD", "BACKWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE");

    private final String where;
    private final Map<String, ?> settings;
    private final Clocks clocks;
    private final Clock clock;

    /**
     * Makes a check of the registry that the settings name.
     *
     * @param where its address, without secrets
     * @param settings of a serializer
     */
    public RegistryCheck(String where, Map<String, ?> settings, Clocks clocks, Clock clock) {
        this.where = where;
        this.settings = settings;
        this.clocks = clocks;
        this.clock = clock;
    }

    /** Returns what was found; never throws for what it finds. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        try (RegistryInspector registry = new RegistryInspector(settings)) {
            Instant asked = clock.instant();
            Set<String> subjects = registry.subjects();
            registry.lastDate().ifPresent(date -> clocks.note(where, asked, clock.instant(), date));
            findings.add(Finding.ok("registry", where, "answers, subjects: " + subjects.size()));
            findings.add(subjects(registry, subjects));
            findings.add(compatibility(registry, subjects));
        } catch (RegistryUnavailableException | ConfigException failed) {
            boolean away = findings.isEmpty();
            findings.add(Finding.fail(
                    away ? "registry" : "schemas",
                    where,
                    Failures.inOneLine(failed),
                    "see that its address, login and authority are right: --schema-registry, --kafka-config"));
            if (away) {
                findings.add(Finding.skipped("subjects", where, "the registry is not reached", ""));
                findings.add(Finding.skipped("compatibility", where, "the registry is not reached", ""));
            }
        }
        return findings;
    }

    private Finding subjects(RegistryInspector registry, Set<String> subjects) {
        List<String> missing = new ArrayList<>();
        events().forEach((topic, schema) -> {
            String subject = registry.subject(topic, schema);
            if (!subjects.contains(subject)) {
                missing.add(subject);
            }
        });
        missing.sort(null);
        if (missing.isEmpty()) {
            return Finding.ok("subjects", where, "all %d are there".formatted(events().size()));
        }
        String names = String.join(", ", missing);
        return registry.registersWhenWritten()
                ? Finding.ok("subjects", where, "registered when first written: " + names)
                : Finding.fail(
                        "subjects",
                        where,
                        "missing: " + names,
                        "register the schemas of schemas/src/main/avro, or set auto.register.schemas=true");
    }

    private Finding compatibility(RegistryInspector registry, Set<String> subjects) {
        List<String> wrong = new ArrayList<>();
        events().forEach((topic, schema) -> {
            String subject = registry.subject(topic, schema);
            String level = registry.compatibility(subject);
            if (!GOOD_LEVELS.contains(level)) {
                wrong.add(subject + " has the level " + level);
            }
            if (subjects.contains(subject) && !registry.accepts(subject, schema)) {
                wrong.add(subject + " does not take the schema of this version");
            }
        });
        wrong.sort(null);
        return wrong.isEmpty()
                ? Finding.ok("compatibility", where, "the schemas of this version are taken")
                : Finding.fail(
                        "compatibility",
                        where,
                        String.join(", ", wrong),
                        "set the level BACKWARD (PUT /config), and see what has been registered");
    }

    /** Names the schema of each topic's values; retries and dead letters are copies. */
    private static Map<String, Schema> events() {
        return Map.of(
                Stage.DETECT.workTopic(),
                TaskAccepted.getClassSchema(),
                Stage.GENERATE.workTopic(),
                PetDescribed.getClassSchema(),
                Stage.MATTING.workTopic(),
                ImageGenerated.getClassSchema(),
                Stage.FINALIZE.workTopic(),
                ImageCutOut.getClassSchema(),
                Stage.CALLBACK.workTopic(),
                TaskFinished.getClassSchema(),
                Topics.ATTEMPTS,
                CallAttempt.getClassSchema(),
                Topics.LIMITS,
                LimitMessage.getClassSchema(),
                Topics.BUDGET,
                BudgetMessage.getClassSchema(),
                Topics.CONTROL,
                ControlCommand.getClassSchema());
    }
}

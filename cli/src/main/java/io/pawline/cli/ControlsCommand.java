package io.pawline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.controls.TenantWeight;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Gives live controls to every running process, and shows which of them are in force. */
@Command(
        name = "control",
        description = "Shows and gives live controls, which every running process obeys: through ops-service, or"
                + " straight in Kafka if --bootstrap-servers or --kafka-config is given.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ControlsCommand implements Runnable {

    private static final Duration LONGEST_TASK = Duration.ofDays(7);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    @Command(description = "Shows the live controls that are in force.", mixinStandardHelpOptions = true)
    void show(@Mixin ControlClient controls) throws InterruptedException {
        List<String> inForce = controls.inForce();
        if (inForce.isEmpty()) {
            out().println("nothing is in force: nobody has paused, limited or switched off anything");
        } else {
            inForce.forEach(out()::println);
        }
    }

    @Command(
            description = "Shows how the processes of each stage share the limit of their provider, and tenants its"
                    + " permits, straight from Kafka. Takes four seconds.",
            mixinStandardHelpOptions = true)
    void status(@Mixin FleetReader fleet) {
        List<String> lines = FleetTable.lines(fleet.read());
        if (lines.isEmpty()) {
            out().println("no process of a paid stage has said anything for ten seconds");
        } else {
            lines.forEach(out()::println);
        }
    }

    @Command(description = "Pauses a stage: it begins no further work.", mixinStandardHelpOptions = true)
    void pause(
            @Parameters(paramLabel = "STAGE", converter = StageName.class) Stage stage, @Mixin ControlOptions options) {
        options.give(of(stage, "pause"), Map.of(), (publisher, by, why) -> publisher.pause(stage, by, why));
        out().println(stage.code() + " is paused");
    }

    @Command(description = "Resumes a paused stage.", mixinStandardHelpOptions = true)
    void resume(
            @Parameters(paramLabel = "STAGE", converter = StageName.class) Stage stage, @Mixin ControlOptions options) {
        options.give(of(stage, "resume"), Map.of(), (publisher, by, why) -> publisher.resume(stage, by, why));
        out().println(stage.code() + " is resumed");
    }

    @Command(description = "Sets the calls in flight of each process of a stage.", mixinStandardHelpOptions = true)
    void limit(
            @Parameters(paramLabel = "STAGE", converter = StageName.class) Stage stage,
            @Parameters(
                            paramLabel = "N|default",
                            converter = Limit.class,
                            description = "1 or more; default: as configured.")
                    OptionalInt limit,
            @Mixin ControlOptions options) {
        options.give(
                of(stage, limit.isPresent() ? "limit" : "clear-limit"),
                limit.isPresent() ? Map.of("limit", limit.getAsInt()) : Map.of(),
                (publisher, by, why) -> publisher.limit(stage, limit, by, why));
        out().println(
                        limit.isPresent()
                                ? "%s has at most %d calls in flight per process"
                                        .formatted(stage.code(), limit.getAsInt())
                                : stage.code() + " has its configured limit again");
    }

    @Command(description = "Sets the weight by which a tenant shares the stages.", mixinStandardHelpOptions = true)
    void weight(
            @Parameters(paramLabel = "TENANT", converter = TenantName.class) String tenant,
            @Parameters(
                            paramLabel = "N|default",
                            converter = Weight.class,
                            description = "More than 0, such as 0.5 or 4, at most 1000; default: as configured.")
                    OptionalInt weight,
            @Mixin ControlOptions options) {
        String path = "tenants/" + URLEncoder.encode(tenant, UTF_8).replace("+", "%20");
        options.give(
                path + (weight.isPresent() ? "/weight" : "/clear-weight"),
                weight.isPresent() ? Map.of("weight", new BigDecimal(TenantWeight.text(weight.getAsInt()))) : Map.of(),
                (publisher, by, why) -> publisher.weight(tenant, weight, by, why));
        out().println(
                        weight.isPresent()
                                ? "tenant %s has the weight %s".formatted(tenant, TenantWeight.text(weight.getAsInt()))
                                : "tenant " + tenant + " has its configured weight again");
    }

    @Command(
            name = "cool-down",
            description = "Cools a provider down: no process calls it for a while.",
            mixinStandardHelpOptions = true)
    void coolDown(
            @Parameters(paramLabel = "PROVIDER") String provider,
            @Option(
                            names = "--for",
                            required = true,
                            paramLabel = "TIME",
                            converter = TimeArgument.class,
                            description = "Such as 90s, 5m, 2h; at most 24h.")
                    Duration time,
            @Mixin ControlOptions options) {
        Instant until = Instant.now().plus(time);
        options.give(
                of(provider, "cool-down"),
                Map.of("seconds", time.toSeconds()),
                (publisher, by, why) -> publisher.coolDown(provider, until, by, why));
        out().println("nobody calls %s before %s, or before the end of a longer cool-down"
                .formatted(provider, ControlTable.time(until)));
    }

    @Command(description = "Ends the cool-down of a provider.", mixinStandardHelpOptions = true)
    void lift(@Parameters(paramLabel = "PROVIDER") String provider, @Mixin ControlOptions options) {
        options.give(
                of(provider, "end-cool-down"),
                Map.of(),
                (publisher, by, why) -> publisher.liftCoolDown(provider, by, why));
        out().println(provider + " is called again");
    }

    @Command(
            name = "switch-off",
            description = "Switches a provider off: no process calls it. Tasks go to the stage's next provider.",
            mixinStandardHelpOptions = true)
    void switchOff(@Parameters(paramLabel = "PROVIDER") String provider, @Mixin ControlOptions options) {
        options.give(
                of(provider, "switch-off"), Map.of(), (publisher, by, why) -> publisher.switchOff(provider, by, why));
        out().println("nobody calls " + provider);
    }

    @Command(
            name = "switch-on",
            description = "Switches a provider on again. A cool-down stays.",
            mixinStandardHelpOptions = true)
    void switchOn(@Parameters(paramLabel = "PROVIDER") String provider, @Mixin ControlOptions options) {
        options.give(
                of(provider, "switch-on"), Map.of(), (publisher, by, why) -> publisher.switchOn(provider, by, why));
        out().println(provider + " is switched on");
    }

    @Command(description = "Cancels a task: no stage works on it any more.", mixinStandardHelpOptions = true)
    void cancel(
            @Parameters(paramLabel = "TASK_ID", converter = TaskName.class) TaskId task,
            @Option(
                            names = "--for",
                            paramLabel = "TIME",
                            converter = TimeArgument.class,
                            description = "How long the task could still run, for a control that goes straight to Kafka"
                                    + " (default: 7d). ops-service knows its deadline.")
                    @Nullable
                    Duration time,
            @Mixin ControlOptions options) {
        if (time != null && !options.overKafka()) {
            throw new ParameterException(
                    spec.commandLine(), "leave out --for: ops-service knows the deadline of the task");
        }
        Instant until = Instant.now().plus(time == null ? LONGEST_TASK : time);
        options.give(
                "tasks/" + task + "/cancel", Map.of(), (publisher, by, why) -> publisher.cancel(task, until, by, why));
        out().println("task " + task + " is cancelled");
    }

    private static String of(Stage stage, String control) {
        return "stages/" + stage.code() + "/" + control;
    }

    private static String of(String provider, String control) {
        return "providers/" + provider + "/" + control;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Reads a stage by its code. */
    static final class StageName implements ITypeConverter<Stage> {

        @Override
        public Stage convert(String text) {
            return Stage.ofCode(text)
                    .orElseThrow(() -> new TypeConversionException("no stage '%s'; the stages are %s"
                            .formatted(
                                    text,
                                    Arrays.stream(Stage.values())
                                            .map(Stage::code)
                                            .collect(Collectors.joining(", ")))));
        }
    }

    /** Reads a number, or the word {@code default}. */
    static final class Limit implements ITypeConverter<OptionalInt> {

        @Override
        public OptionalInt convert(String text) {
            if (text.equals("default")) {
                return OptionalInt.empty();
            }
            try {
                int limit = Integer.parseInt(text);
                if (limit > 0) {
                    return OptionalInt.of(limit);
                }
            } catch (NumberFormatException noNumber) {
                // refused below, like a number that is too small
            }
            throw new TypeConversionException("'" + text + "' is neither a number from 1 on nor the word default");
        }
    }

    /** Reads the name of a tenant. */
    static final class TenantName implements ITypeConverter<String> {

        @Override
        public String convert(String text) {
            if (!TenantWeight.isTenant(text)) {
                throw new TypeConversionException("'" + text + "' is no name of a tenant");
            }
            return text;
        }
    }

    /** Reads a weight in thousandths, or the word {@code default}. */
    static final class Weight implements ITypeConverter<OptionalInt> {

        @Override
        public OptionalInt convert(String text) {
            if (text.equals("default")) {
                return OptionalInt.empty();
            }
            try {
                return OptionalInt.of(TenantWeight.thousandths(new BigDecimal(text)));
            } catch (NumberFormatException noNumber) {
                throw new TypeConversionException("'" + text + "' is neither a number nor the word default");
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(String.valueOf(wrong.getMessage()));
            }
        }
    }

    /** Reads a task by its id. */
    static final class TaskName implements ITypeConverter<TaskId> {

        @Override
        public TaskId convert(String text) {
            try {
                return TaskId.parse(text);
            } catch (IllegalArgumentException noId) {
                throw new TypeConversionException("'" + text + "' is no task id");
            }
        }
    }
}

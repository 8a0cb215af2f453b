package io.pawline.cli;

import io.pawline.cli.connection.DatabaseOptions;
import io.pawline.cli.terminal.Table;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.DeliveryState;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Shows what the task database knows of single tasks. */
@Command(
        name = "tasks",
        description = "Shows the callback of a task and its attempts.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class TasksCommand implements Runnable {

    private static final List<String> HEADER =
            List.of("GENERATION", "ATTEMPT", "AT", "TOOK", "STATUS", "REASON", "DELIVERED");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    @Command(
            description = "Shows how far the callback of a task has come, and its newest attempts, oldest first.",
            mixinStandardHelpOptions = true)
    void callback(
            @Parameters(paramLabel = "ID", description = "The task_id.", converter = Id.class) TaskId id,
            @Mixin DatabaseOptions options) {
        try (TaskDatabase database = options.open()) {
            Task task = new TaskDao(database)
                    .find(id)
                    .orElseThrow(() -> new IllegalStateException("no task has the id " + id));
            show(task, new CallbackAttempts(database).of(id));
        }
    }

    private void show(Task task, List<CallbackAttempt> attempts) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("delivery      "
                + task.deliveryState(Instant.now()).map(DeliveryState::code).orElse("none"));
        out.println("host          "
                + task.submission().callbackUrl().map(URI::getHost).orElse("-"));
        out.println("next attempt  "
                + CallbackAttempts.next(task, attempts).map(ControlTable::time).orElse("-"));
        Table.lines(HEADER, attempts.stream().map(TasksCommand::row).toList()).forEach(out::println);
    }

    private static List<String> row(CallbackAttempt attempt) {
        return List.of(
                Integer.toString(attempt.generation()),
                Integer.toString(attempt.number()),
                ControlTable.time(attempt.at()),
                attempt.took().toMillis() + " ms",
                attempt.answer().map(Object::toString).orElse("-"),
                attempt.failure().map(Reason::code).orElse("-"),
                attempt.delivered() ? "yes" : "no");
    }

    /** Reads the id of a task. */
    static final class Id implements ITypeConverter<TaskId> {

        @Override
        public TaskId convert(String text) {
            try {
                return TaskId.parse(text);
            } catch (IllegalArgumentException none) {
                throw new TypeConversionException("'%s' is no task id, which is a UUID".formatted(text));
            }
        }
    }
}

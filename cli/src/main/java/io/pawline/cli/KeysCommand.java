package io.pawline.cli;

import io.pawline.cli.connection.DatabaseOptions;
import io.pawline.cli.terminal.Table;
import io.pawline.taskstore.ApiKey;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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

/** Creates, lists and revokes API keys in the task database. */
@Command(
        name = "keys",
        description = "Creates, lists and revokes the API keys of front ends.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class KeysCommand implements Runnable {

    private static final List<String> HEADER =
            List.of("ID", "TENANT", "NAME", "SCOPES", "PER MINUTE", "CREATED", "LAST USED", "EXPIRES", "REVOKED");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    @Command(
            description = "Creates a key and prints it, this once: nothing from which it could be made is kept.",
            mixinStandardHelpOptions = true)
    void create(
            @Option(
                            names = "--tenant",
                            required = true,
                            paramLabel = "NAME",
                            description = "Whose tasks its holder submits and sees.")
                    String tenant,
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "TEXT",
                            description = "What people call its holder.")
                    String name,
            @Option(
                            names = "--scopes",
                            paramLabel = "SCOPE",
                            split = ",",
                            defaultValue = "submit,read",
                            converter = ScopeName.class,
                            description = "Of submit, read, operate, webhook (default: ${DEFAULT-VALUE}).")
                    Set<Scope> scopes,
            @Option(
                            names = "--tasks-per-minute",
                            paramLabel = "N",
                            description = "Its own quota, instead of pawline.ingest.access.tasks-per-minute.")
                    @Nullable
                    Integer tasksPerMinute,
            @Option(
                            names = "--expires-in",
                            paramLabel = "TIME",
                            converter = TimeArgument.class,
                            description = "Such as 12h or 90d (default: it does not expire).")
                    @Nullable
                    Duration expiresIn,
            @Mixin DatabaseOptions database) {
        Instant now = Instant.now();
        ApiKeys.Terms terms =
                new ApiKeys.Terms(tenant, name, scopes, tasksPerMinute, expiresIn == null ? null : now.plus(expiresIn));
        // Alone on its line, and nothing else on this stream, so that a script can take it
        out().println(with(database, keys -> keys.create(terms, now)).secret());
    }

    @Command(description = "Lists all keys, oldest first, without their secrets.", mixinStandardHelpOptions = true)
    void list(@Mixin DatabaseOptions database) {
        List<List<String>> rows =
                with(database, ApiKeys::all).stream().map(KeysCommand::row).toList();
        Table.lines(HEADER, rows).forEach(out()::println);
    }

    @Command(
            description = "Revokes a key for good; every process refuses it within seconds.",
            mixinStandardHelpOptions = true)
    void revoke(
            @Parameters(paramLabel = "ID", description = "As list shows it: the key's part after pwk_.") String id,
            @Mixin DatabaseOptions database) {
        if (!with(database, keys -> keys.revoke(id, Instant.now()))) {
            throw new IllegalStateException("no live key has the id " + id + "; keys list shows them");
        }
        out().println("key " + id + " is revoked");
    }

    private static <T> T with(DatabaseOptions options, Function<ApiKeys, T> work) {
        try (TaskDatabase database = options.open()) {
            return work.apply(new ApiKeys(database));
        }
    }

    private static List<String> row(ApiKey key) {
        return List.of(
                key.id(),
                key.tenant(),
                key.name(),
                key.scopes().stream().sorted().map(Scope::code).collect(Collectors.joining(",")),
                key.tasksPerMinute() == null ? "-" : key.tasksPerMinute().toString(),
                ControlTable.time(key.createdAt()),
                time(key.lastUsedAt()),
                time(key.expiresAt()),
                time(key.revokedAt()));
    }

    private static String time(@Nullable Instant at) {
        return at == null ? "-" : ControlTable.time(at);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Reads a scope by its code. */
    static final class ScopeName implements ITypeConverter<Scope> {

        @Override
        public Scope convert(String text) {
            return Scope.ofCode(text)
                    .orElseThrow(() -> new TypeConversionException("no scope '%s'; the scopes are %s"
                            .formatted(
                                    text,
                                    Arrays.stream(Scope.values())
                                            .map(Scope::code)
                                            .collect(Collectors.joining(", ")))));
        }
    }
}

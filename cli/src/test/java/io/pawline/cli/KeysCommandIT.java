package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.ApiKey;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class KeysCommandIT {

    @TempDir
    private static Path folder;

    private static TaskDatabase database;

    @BeforeAll
    static void start() throws Exception {
        DatabaseProperties own = TestingServers.create("keys");
        Files.writeString(folder.resolve("local.properties"), """
                pawline.database.url=%s
                pawline.database.username=postgres
                pawline.database.password=postgres
                """.formatted(own.url()));
        database = TaskDatabase.open(own);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void printsANewKeyOnceAndListsItWithoutItsSecret() {
        CommandRun created = keys("create", "--tenant", "shop", "--name", "web shop");
        assertThat(created.exit()).as(created.err()).isZero();
        String secret = created.out().strip();
        ApiKeys.Stored stored = stored(secret);
        assertThat(stored.matches(secret)).isTrue();
        assertThat(stored.key().tenant()).isEqualTo("shop");
        assertThat(stored.key().scopes()).containsExactlyInAnyOrder(Scope.SUBMIT, Scope.READ);

        CommandRun listed = keys("list");
        assertThat(listed.out().lines().findFirst().orElseThrow())
                .startsWith("ID ")
                .endsWith("REVOKED");
        assertThat(listed.out())
                .containsPattern(stored.key().id() + " +shop +web shop +submit,read +- +\\S+Z +- +- +-")
                .doesNotContain(secret.substring(secret.lastIndexOf('_') + 1));
    }

    @Test
    void givesAKeyTheTermsAskedFor() {
        CommandRun created = keys(
                "create",
                "--tenant=ops",
                "--name=console",
                "--scopes=read,operate",
                "--tasks-per-minute=30",
                "--expires-in=90d");
        ApiKey key = stored(created.out().strip()).key();
        assertThat(key.scopes()).containsExactlyInAnyOrder(Scope.READ, Scope.OPERATE);
        assertThat(key.tasksPerMinute()).isEqualTo(30);
        assertThat(key.expiresAt()).isEqualTo(key.createdAt().plus(Duration.ofDays(90)));
    }

    @Test
    void revokesAKey() {
        String secret = keys("create", "--tenant=shop", "--name=lost").out().strip();
        String id = ApiKeys.idOf(secret).orElseThrow();
        assertThat(keys("revoke", id).out()).contains("key " + id + " is revoked");
        assertThat(stored(secret).key().revokedAt()).isNotNull();
        assertFails(keys("revoke", id), "no live key has the id " + id);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            create --tenant shop                              | --name
            create --tenant shop --name x --scopes all        | no scope 'all'; the scopes are submit, read, operate
            create --tenant shop --name x --expires-in soon   | 'soon' is no time
            revoke                                            | ID
            ""                                                | which command?
            """)
    void saysWhatIsWrongWithACommand(String line, String message) {
        CommandRun commandRun = line.isEmpty() ? CommandRun.of(List.of("keys")) : keys(line.split(" "));
        assertThat(commandRun.exit()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(commandRun.err()).contains(message);
    }

    @Test
    void saysInOneLineWhatIsRefused() {
        assertFails(keys("create", "--tenant", "Shop 1", "--name", "x"), "a tenant is");
        assertFails(keys("create", "--tenant=shop", "--name=x", "--tasks-per-minute=0"), "must be > 0, was 0");
        assertFails(
                CommandRun.of(List.of("keys", "list", "--data-dir", folder + "/none")), "no local stack has run in");
        assertFails(
                CommandRun.of(List.of("keys", "list", "--database-url", "jdbc:postgresql://127.0.0.1:1/x")),
                "PAWLINE_DATABASE_PASSWORD");
    }

    private static ApiKeys.Stored stored(String secret) {
        return new ApiKeys(database).find(ApiKeys.idOf(secret).orElseThrow()).orElseThrow();
    }

    private static void assertFails(CommandRun commandRun, String message) {
        assertThat(commandRun.exit()).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(commandRun.out()).isEmpty();
        assertThat(commandRun.err().lines())
                .singleElement()
                .asString()
                .startsWith("pawline: ")
                .contains(message);
    }

    private static CommandRun keys(String... arguments) {
        List<String> all = new ArrayList<>(List.of("keys"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--data-dir", folder.toString()));
        return CommandRun.of(all);
    }
}

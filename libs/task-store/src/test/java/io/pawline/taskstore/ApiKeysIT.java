package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.taskstore.ApiKeys.Created;
import io.pawline.taskstore.ApiKeys.Stored;
import io.pawline.taskstore.ApiKeys.Terms;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysIT {

    private static final Terms SHOP = new Terms("shop", "web shop", Set.of(Scope.SUBMIT, Scope.READ), null, null);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static ApiKeys keys;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        keys = new ApiKeys(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.jdbi().useHandle(handle -> handle.execute("delete from api_key"));
    }

    @Test
    void recognisesItsOwnKeysOnly() {
        Created created = keys.create(SHOP, NOW);
        Stored stored = keys.find(ApiKeys.idOf(created.secret()).orElseThrow()).orElseThrow();
        assertThat(stored.key()).isEqualTo(created.key());
        assertThat(stored.matches(created.secret())).isTrue();
        char last = created.secret().charAt(created.secret().length() - 1);
        String other = created.secret().substring(0, created.secret().length() - 1) + (last == '0' ? '1' : '0');
        assertThat(ApiKeys.idOf(other)).as("the checksum is wrong").isEmpty();
        assertThat(stored.matches(other)).isFalse();
        assertThat(stored.matches(keys.create(SHOP, NOW).secret())).isFalse();
    }

    @Test
    void keepsNothingThatRevealsAKey() {
        Created created = keys.create(SHOP, NOW);
        String secret = created.secret().substring(created.secret().lastIndexOf('_') + 1);
        String row = database.jdbi()
                .withHandle(handle -> handle.createQuery("select api_key::text from api_key")
                        .mapTo(String.class)
                        .one());
        assertThat(row).contains(created.key().id()).doesNotContain(secret);
        byte[] hash = keys.find(created.key().id()).orElseThrow().hash();
        assertThat(new String(hash, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
        assertThat(created.toString()).doesNotContain(secret);
    }

    @Test
    void makesNoKeyTwice() {
        Set<String> secrets = new HashSet<>();
        IntStream.range(0, 200).forEach(_ -> secrets.add(keys.create(SHOP, NOW).secret()));
        assertThat(secrets).hasSize(200).allMatch(secret -> ApiKeys.idOf(secret).isPresent());
    }

    @Test
    void keepsTheTerms() {
        Terms terms = new Terms("shop", "night job", Set.of(Scope.values()), 30, NOW.plusSeconds(60));
        ApiKey key = keys.find(keys.create(terms, NOW).key().id()).orElseThrow().key();
        assertThat(key.scopes()).containsExactlyInAnyOrder(Scope.values());
        assertThat(key.tasksPerMinute()).isEqualTo(30);
        assertThat(key.isLive(NOW.plusSeconds(59))).isTrue();
        assertThat(key.isLive(NOW.plusSeconds(60))).isFalse();
    }

    @Test
    void revokesOnceAndForGood() {
        String id = keys.create(SHOP, NOW).key().id();
        assertThat(keys.revoke(id, NOW.plusSeconds(1))).isTrue();
        assertThat(keys.revoke(id, NOW.plusSeconds(2))).isFalse();
        assertThat(keys.revoke("000000000000", NOW)).isFalse();
        ApiKey key = keys.find(id).orElseThrow().key();
        assertThat(key.revokedAt()).isEqualTo(NOW.plusSeconds(1));
        assertThat(key.isLive(NOW)).isFalse();
    }

    @Test
    void notesItsUseOnceAMinute() {
        ApiKey key = keys.create(SHOP, NOW).key();
        keys.used(key, NOW.plusSeconds(10));
        keys.used(key, NOW.plusSeconds(50));
        assertThat(stored(key).lastUsedAt()).isEqualTo(NOW.plusSeconds(10));
        keys.used(stored(key), NOW.plusSeconds(71));
        assertThat(stored(key).lastUsedAt()).isEqualTo(NOW.plusSeconds(71));
    }

    @Test
    void recognisesAKeyFromBeforeThereWasAChecksum() {
        String old = keys.create(SHOP, NOW).secret().substring(0, "pwk_".length() + 12 + 1 + 48);
        database.jdbi().useHandle(handle -> handle.execute("update api_key set hash = sha256(?)", old.getBytes(UTF_8)));

        assertThat(ApiKeys.idOf(old)).isPresent();
        assertThat(keys.find(ApiKeys.idOf(old).orElseThrow()).orElseThrow().matches(old))
                .isTrue();
    }

    @Test
    void listsAllOldestFirst() {
        List<String> ids = IntStream.range(0, 3)
                .mapToObj(second ->
                        keys.create(SHOP, NOW.plusSeconds(second)).key().id())
                .toList();
        assertThat(keys.all()).extracting(ApiKey::id).containsExactlyElementsOf(ids);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pwk_",
                "pwk__",
                "pwk_0123456789ab_",
                "PWK_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef",
                "pwk_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdeg",
                "pwk_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef0",
                "pwk_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef\n",
            })
    void takesNothingElseForAKey(String text) {
        assertThat(ApiKeys.idOf(text)).isEmpty();
    }

    @Test
    void refusesInvalidTerms() {
        for (Terms terms : Arrays.asList(
                new Terms("Shop", "a", Set.of(Scope.READ), null, null),
                new Terms("", "a", Set.of(Scope.READ), null, null),
                new Terms("shop", " ", Set.of(Scope.READ), null, null),
                new Terms("shop", "a\nb", Set.of(Scope.READ), null, null),
                new Terms("shop", "a", Set.of(), null, null),
                new Terms("shop", "a", Set.of(Scope.READ), 0, null))) {
            assertThatThrownBy(() -> keys.create(terms, NOW)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(keys.all()).isEmpty();
    }

    private static ApiKey stored(ApiKey key) {
        return keys.find(key.id()).orElseThrow().key();
    }
}

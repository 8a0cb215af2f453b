package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Creates, finds and revokes the keys of the API: {@code pwk_<id>_<secret><checksum>}. The secret has 192 random bits,
 * and the table keeps only the SHA-256 of the key. So nobody who reads the table can use a key, and nobody can guess
 * one; a slow hash would not help. The checksum is the CRC-32 of what is before it, in hexadecimal. So a mistyped or
 * invented key is known for one without a query, as
 * <a href="https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/">GitHub's
 * tokens</a> are. Keys from before there was a checksum are valid without it. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class ApiKeys {

    private static final Pattern FORM = Pattern.compile("(pwk_([0-9a-f]{12})_[0-9a-f]{48})([0-9a-f]{8})?");
    private static final Duration USE_GRANULARITY = Duration.ofMinutes(1);
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 24;

    private static final String CREATE = """
            insert into api_key (id, hash, tenant, name, scopes, tasks_per_minute, created_at, expires_at)
            values (:id, :hash, :tenant, :name, :scopes, :tasksPerMinute, :createdAt, :expiresAt)
            """;

    private static final String REVOKE = """
            update api_key set revoked_at = :at where id = :id and revoked_at is null
            """;

    private static final String USED = """
            update api_key set last_used_at = :at where id = :id and (last_used_at is null or last_used_at < :before)
            """;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final TaskDatabase database;

    public ApiKeys(TaskDatabase database) {
        this.database = database;
    }

    /**
     * The properties of a new key; see {@link ApiKey}.
     *
     * @param expiresAt null: never
     */
    public record Terms(
            String tenant,
            String name,
            Set<Scope> scopes,
            @Nullable Integer tasksPerMinute,
            @Nullable Instant expiresAt) {}

    /**
     * A new key with the text that its holder sends. The text exists only here.
     *
     * @param secret the whole key
     */
    public record Created(ApiKey key, String secret) {
        @Override
        public String toString() {
            return "Created[" + key.id() + "]";
        }
    }

    /** The row of a key. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    public record Stored(ApiKey key, byte[] hash) {

        /** Whether this is the key. The time taken does not show how much of the text is right. */
        public boolean matches(String presented) {
            return MessageDigest.isEqual(hash, sha256(presented));
        }
    }

    /** The id in a text that looks like a key; empty if it does not, or if its checksum is wrong. */
    public static Optional<String> idOf(String presented) {
        Matcher form = FORM.matcher(presented);
        if (!form.matches()) {
            return Optional.empty();
        }
        String checksum = form.group(3);
        return checksum == null || checksum.equals(checksum(form.group(1)))
                ? Optional.of(form.group(2))
                : Optional.empty();
    }

    static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /**
     * Makes a new key.
     *
     * @throws IllegalArgumentException if the terms are not valid; the message says why
     */
    public Created create(Terms terms, Instant now) {
        String id = random(ID_BYTES);
        String unchecked = "pwk_" + id + "_" + random(SECRET_BYTES);
        String secret = unchecked + checksum(unchecked);
        ApiKey key = new ApiKey(
                id,
                terms.tenant(),
                terms.name(),
                terms.scopes(),
                terms.tasksPerMinute(),
                now,
                terms.expiresAt(),
                null,
                null);
        database.with(handle -> handle.createUpdate(CREATE)
                .bind("id", key.id())
                .bind("hash", sha256(secret))
                .bind("tenant", key.tenant())
                .bind("name", key.name())
                .bindArray(
                        "scopes",
                        String.class,
                        key.scopes().stream().map(Scope::code).toList())
                .bind("tasksPerMinute", Optional.ofNullable(key.tasksPerMinute()))
                .bind("createdAt", timestamp(now))
                .bind("expiresAt", Optional.ofNullable(key.expiresAt()).map(TaskRow::timestamp))
                .execute());
        return new Created(key, secret);
    }

    /** The key of this id, revoked or not; empty if there is none. */
    public Optional<Stored> find(String id) {
        return database.reads()
                .with(handle -> handle.createQuery("select * from api_key where id = :id")
                        .bind("id", id)
                        .map((row, _) -> new Stored(key(row), row.getBytes("hash")))
                        .findOne());
    }

    /** The ids of all keys that are not revoked. */
    Set<String> liveIds() {
        return database.reads()
                .with(handle -> handle.createQuery("select id from api_key where revoked_at is null")
                        .mapTo(String.class)
                        .set());
    }

    /** All keys, oldest first. */
    public List<ApiKey> all() {
        return database.with(handle -> handle.createQuery("select * from api_key order by created_at, id")
                .map((ResultSet row, StatementContext _) -> key(row))
                .list());
    }

    /** Revokes a key for good; false if there is no key of this id, or it is already revoked. */
    public boolean revoke(String id, Instant now) {
        return database.with(handle -> handle.createUpdate(REVOKE)
                        .bind("id", id)
                        .bind("at", timestamp(now))
                        .execute()
                == 1);
    }

    /** Notes that a key has been used, unless that has been noted within the last minute. */
    public void used(ApiKey key, Instant now) {
        Instant before = now.minus(USE_GRANULARITY);
        if (key.lastUsedAt() != null && !key.lastUsedAt().isBefore(before)) {
            return;
        }
        database.with(handle -> handle.createUpdate(USED)
                .bind("id", key.id())
                .bind("at", timestamp(now))
                .bind("before", timestamp(before))
                .execute());
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getString("tenant"),
                row.getString("name"),
                Arrays.stream((String[]) row.getArray("scopes").getArray())
                        .map(Scope::ofCode)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toSet()),
                row.getObject("tasks_per_minute", Integer.class),
                Objects.requireNonNull(TaskRow.nullableInstant(row, "created_at")),
                TaskRow.nullableInstant(row, "expires_at"),
                TaskRow.nullableInstant(row, "revoked_at"),
                TaskRow.nullableInstant(row, "last_used_at"));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}

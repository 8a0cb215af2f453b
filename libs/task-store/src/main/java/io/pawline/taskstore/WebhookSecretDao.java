package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads and changes which versions of a tenant's webhook secret sign: the table {@code webhook_secret}. Each change is
 * one statement, so two processes cannot undo each other's change. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class WebhookSecretDao {

    private static final String FIND =
            "select version, previous_until, shared_signs from webhook_secret where tenant = :tenant";

    private static final String ROTATE = """
            insert into webhook_secret (tenant, version, previous_until, shared_signs, changed_at)
            values (:tenant, 2, :until, true, :now)
            on conflict (tenant) do update
            set version = webhook_secret.version + 1, previous_until = :until, changed_at = :now
            where webhook_secret.previous_until is null or webhook_secret.previous_until <= :now
            returning version, previous_until, shared_signs
            """;

    private static final String END_PREVIOUS = """
            update webhook_secret set previous_until = null, changed_at = :now
            where tenant = :tenant and previous_until is not null
            """;

    private static final String SHARED = """
            insert into webhook_secret (tenant, version, shared_signs, changed_at)
            values (:tenant, 1, :signs, :now)
            on conflict (tenant) do update set shared_signs = :signs, changed_at = :now
            returning version, previous_until, shared_signs
            """;

    private final TaskDatabase database;

    public WebhookSecretDao(TaskDatabase database) {
        this.database = database;
    }

    /** The versions of a tenant. */
    public WebhookSecretVersions of(String tenant) {
        return database.with(handle -> handle.createQuery(FIND)
                .bind("tenant", tenant)
                .map((row, _) -> versions(row))
                .findOne()
                .orElse(WebhookSecretVersions.FIRST));
    }

    /**
     * Makes the next version the current one. The version until now signs beside it for a time.
     *
     * @param overlap how long the version until now still signs; zero: not any more
     * @return the versions; empty if a version before the current one still signs, and nothing was changed
     */
    public Optional<WebhookSecretVersions> rotate(String tenant, Duration overlap, Instant now) {
        return database.with(handle -> handle.createQuery(ROTATE)
                .bind("tenant", tenant)
                .bind("now", timestamp(now))
                .bind("until", overlap.isZero() ? Optional.empty() : Optional.of(timestamp(now.plus(overlap))))
                .map((row, _) -> versions(row))
                .findOne());
    }

    /** Ends the version before the current one at once. Nothing happens if it does not sign any more. */
    public WebhookSecretVersions endPrevious(String tenant, Instant now) {
        database.with(handle -> handle.createUpdate(END_PREVIOUS)
                .bind("tenant", tenant)
                .bind("now", timestamp(now))
                .execute());
        return of(tenant);
    }

    /** Switches the secret that all tenants share on or off for this tenant. */
    public WebhookSecretVersions signShared(String tenant, boolean signs, Instant now) {
        return database.with(handle -> handle.createQuery(SHARED)
                .bind("tenant", tenant)
                .bind("now", timestamp(now))
                .bind("signs", signs)
                .map((row, _) -> versions(row))
                .one());
    }

    private static WebhookSecretVersions versions(ResultSet row) throws SQLException {
        return new WebhookSecretVersions(
                row.getInt("version"), TaskRow.nullableInstant(row, "previous_until"), row.getBoolean("shared_signs"));
    }
}

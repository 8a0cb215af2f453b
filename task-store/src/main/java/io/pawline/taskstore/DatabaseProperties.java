package io.pawline.taskstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the task database is: {@code pawline.database.*}.
 *
 * @param url JDBC address, {@code jdbc:postgresql://host:port/database}
 * @param poolSize connections kept open by one process, 1 or more; 10 if not given
 */
public record DatabaseProperties(
        String url,
        String username,
        String password,
        @Nullable Integer poolSize) {

    private static final int DEFAULT_POOL_SIZE = 10;

    public DatabaseProperties {
        required(url, "url");
        required(username, "username");
        required(password, "password");
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "pawline.database.url must start with jdbc:postgresql: and name host, port and database");
        }
        poolSize = Objects.requireNonNullElse(poolSize, DEFAULT_POOL_SIZE);
        if (poolSize < 1) {
            throw new IllegalArgumentException("pawline.database.pool-size must be > 0, was " + poolSize);
        }
    }

    // A missing setting binds null in spite of the declared type.
    private static void required(@Nullable String value, String name) {
        if (value == null) {
            throw new IllegalArgumentException("pawline.database." + name + " is not set");
        }
    }

    int connections() {
        return Objects.requireNonNullElse(poolSize, DEFAULT_POOL_SIZE);
    }

    @Override
    public String toString() {
        return "DatabaseProperties[username=" + username + ", poolSize=" + poolSize + "]";
    }
}

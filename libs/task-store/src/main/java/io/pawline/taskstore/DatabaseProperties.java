package io.pawline.taskstore;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the task database: {@code pawline.database.*}.
 *
 * @param url JDBC address, {@code jdbc:postgresql://host:port/database}
 * @param username of a user that may create tables
 * @param password of that user
 * @param poolSize connections kept open by one process, 1 or more
 * @param migrate whether a service brings the tables up to date when it starts; else it only checks that they are, and
 *     the {@code setup} of ingest-service does it before
 */
@ConfigurationProperties("pawline.database")
public record DatabaseProperties(
        String url,
        String username,
        String password,
        @DefaultValue("10") int poolSize,
        @DefaultValue("true") boolean migrate) {

    public DatabaseProperties {
        required(url, "url");
        required(username, "username");
        required(password, "password");
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "pawline.database.url must start with jdbc:postgresql: and name host, port and database");
        }
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

    @Override
    public String toString() {
        return "DatabaseProperties[username=" + username + ", poolSize=" + poolSize + "]";
    }
}

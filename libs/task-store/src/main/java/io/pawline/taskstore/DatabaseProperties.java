package io.pawline.taskstore;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the task database: {@code pawline.database.*}.
 *
 * @param url JDBC address, {@code jdbc:postgresql://host:port/database}
 * @param username of a user that may create tables
 * @param password of that user
 * @param poolSize connections kept open by one process for what it writes, 1 or more
 * @param migrate whether a service brings the tables up to date when it starts; else it only checks that they are, and
 *     the {@code setup} of ingest-service does it before
 * @param readPoolSize most connections of one process for lists and look-ups, 1 or more; ingest-service has them beside
 *     those of {@code pool-size}
 * @param reportPoolSize most connections of one process for reports and searches, 1 or more; ops-service has them beside
 *     those of {@code pool-size}
 * @param reportTimeout longest time for one statement of a report, a search, or a change to many dead letters; from 1 second to 1
 *     hour. The server ends it then
 */
@ConfigurationProperties("pawline.database")
public record DatabaseProperties(
        String url,
        String username,
        String password,
        @DefaultValue("10") int poolSize,
        @DefaultValue("true") boolean migrate,
        @DefaultValue("6") int readPoolSize,
        @DefaultValue("4") int reportPoolSize,
        @DefaultValue("60s") Duration reportTimeout) {

    private static final int USUAL_READ_POOL_SIZE = 6;
    private static final int USUAL_REPORT_POOL_SIZE = 4;
    private static final Duration USUAL_REPORT_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration MAX_REPORT_TIMEOUT = Duration.ofHours(1);

    @ConstructorBinding
    public DatabaseProperties {
        required(url, "url");
        required(username, "username");
        required(password, "password");
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "pawline.database.url must start with jdbc:postgresql: and name host, port and database");
        }
        checkSize("pool-size", poolSize);
        checkSize("read-pool-size", readPoolSize);
        checkSize("report-pool-size", reportPoolSize);
        if (reportTimeout.toSeconds() < 1 || reportTimeout.compareTo(MAX_REPORT_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "pawline.database.report-timeout must be from 1 second to 1 hour, was " + reportTimeout);
        }
    }

    /** The usual settings for lists, look-ups and reports. */
    public DatabaseProperties(String url, String username, String password, int poolSize, boolean migrate) {
        this(
                url,
                username,
                password,
                poolSize,
                migrate,
                USUAL_READ_POOL_SIZE,
                USUAL_REPORT_POOL_SIZE,
                USUAL_REPORT_TIMEOUT);
    }

    private static void checkSize(String name, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("pawline.database.%s must be > 0, was %d".formatted(name, size));
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

package io.pawline.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.Extension;

/** How long any test here waits for what it awaits, unless it says so: on a busy machine ten seconds are soon over. */
public final class PatientTests implements Extension {

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }
}

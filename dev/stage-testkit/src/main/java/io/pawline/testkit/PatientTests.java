package io.pawline.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.Extension;

/** Sets how long tests wait for what they await, unless they say so. On a busy machine ten seconds are soon over. */
public final class PatientTests implements Extension {

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }
}

package io.pawline.detect;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service of the first stage: is there a pet in the photo, and what does it look like. */
@SpringBootApplication
public class DetectApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(DetectApplication.class, "detect-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

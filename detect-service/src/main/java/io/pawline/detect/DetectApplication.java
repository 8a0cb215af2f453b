package io.pawline.detect;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs detect-service, which looks for a pet in the photo and describes it. */
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

package io.pawline.generate;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs generate-service, which makes a picture from the description of the pet and the style. */
@SpringBootApplication
public class GenerateApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(GenerateApplication.class, "generate-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

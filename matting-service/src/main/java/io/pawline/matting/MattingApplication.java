package io.pawline.matting;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs matting-service, which removes the background of the picture. */
@SpringBootApplication
public class MattingApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(MattingApplication.class, "matting-service");
    }

    public static void main(String[] args) {
        application().run(args);
    }
}

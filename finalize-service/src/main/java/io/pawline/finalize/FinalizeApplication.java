package io.pawline.finalize;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs finalize-service, which checks the cut-out, makes its thumbnails and stores the result. */
@SpringBootApplication
public class FinalizeApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(FinalizeApplication.class, "finalize-service");
    }

    public static void main(String[] args) {
        application().run(args);
    }
}

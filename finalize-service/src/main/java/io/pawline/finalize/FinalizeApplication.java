package io.pawline.finalize;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Stage 4: the result is checked, thumbnailed and stored. */
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

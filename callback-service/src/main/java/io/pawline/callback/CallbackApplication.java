package io.pawline.callback;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs callback-service, which closes the row of each task and notifies the front end. */
@SpringBootApplication
public class CallbackApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(CallbackApplication.class, "callback-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

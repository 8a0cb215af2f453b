package io.pawline.callback;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** callback-service: closes each task's row, and tells the front end how it ended. */
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

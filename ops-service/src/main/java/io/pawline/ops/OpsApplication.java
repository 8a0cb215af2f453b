package io.pawline.ops;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts ops-service: dead letters and their replay, the ledger of calls, the live view, for those who run Pawline. */
@SpringBootApplication
public class OpsApplication {

    /** Makes the service without starting it. */
    public static SpringApplication application() {
        return ServiceApplication.of(OpsApplication.class, "ops-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

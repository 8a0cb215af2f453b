package io.pawline.ops;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** ops-service: the dead letters and their replay, and the ledger of calls, for those who run Pawline. */
@SpringBootApplication
public class OpsApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(OpsApplication.class, "ops-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

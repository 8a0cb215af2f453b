package io.pawline.ingest;

import io.pawline.stage.spring.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** ingest-service: accepts tasks over HTTP and tells how they stand. */
@SpringBootApplication
public class IngestApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(IngestApplication.class, "ingest-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

package io.pawline.ingest;

import io.pawline.service.ServiceApplication;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts ingest-service, which accepts tasks over HTTP and shows how they are. */
@SpringBootApplication
public class IngestApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(IngestApplication.class, "ingest-service");
    }

    static void main(String[] args) {
        if (args.length > 0 && args[0].equals(SetupApplication.ARGUMENT)) {
            SetupApplication.run(Arrays.copyOfRange(args, 1, args.length));
        } else {
            application().run(args);
        }
    }
}

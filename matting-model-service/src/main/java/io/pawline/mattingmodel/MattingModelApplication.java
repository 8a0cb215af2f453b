package io.pawline.mattingmodel;

import io.pawline.service.ServiceApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;

/** Starts matting-model-service, which removes the background of pictures by itself. It needs no Kafka and no database. */
@SpringBootApplication(exclude = KafkaAutoConfiguration.class)
public class MattingModelApplication {

    /** The service, not yet running. */
    public static SpringApplication application() {
        return ServiceApplication.of(MattingModelApplication.class, "matting-model-service");
    }

    static void main(String[] args) {
        application().run(args);
    }
}

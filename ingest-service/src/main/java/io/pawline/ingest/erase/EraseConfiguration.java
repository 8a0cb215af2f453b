package io.pawline.ingest.erase;

import io.pawline.images.ImageDeletion;
import io.pawline.images.ImageStore;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskErasure;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the deletion of tasks. */
@Configuration(proxyBeanMethods = false)
public class EraseConfiguration {

    @Bean
    TaskErasure taskErasure(TaskDatabase database) {
        return new TaskErasure(database);
    }

    @Bean
    ImageDeletion imageDeletion(ImageStore images) {
        return new ImageDeletion(images);
    }
}

package io.pawline.ingest;

import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.ManagedImageStore;
import io.pawline.service.DatabaseHealth;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Opens the task database and the image store, which several features share. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    TaskDatabase taskDatabase(DatabaseProperties properties) {
        return TaskDatabase.open(properties);
    }

    @Bean
    HealthIndicator taskDatabaseHealth(TaskDatabase database) {
        return new DatabaseHealth(database::answers);
    }

    /** Looks tasks up for clients. */
    @Bean
    TaskDao taskDao(TaskDatabase database) {
        return new TaskDao(database.reads());
    }

    /** Looks up for clients what tasks have reached. */
    @Bean
    ProgressDao progressDao(TaskDatabase database) {
        return new ProgressDao(database.reads());
    }

    @Bean
    ManagedImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }
}

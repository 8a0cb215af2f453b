package io.pawline.ingest.follow;

import io.pawline.ingest.IngestProperties;
import io.pawline.service.Periodic;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskVersions;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the subscriptions, and the periodic work that serves them. */
@Configuration(proxyBeanMethods = false)
public class FollowConfiguration {

    @Bean
    TaskSubscriptions taskSubscriptions(
            TaskDatabase database, TaskDao tasks, ProgressDao progress, IngestProperties settings) {
        return new TaskSubscriptions(
                new StoredTasks(new TaskVersions(database.reads()), tasks, progress),
                settings.follow().subscriptionLimit(Runtime.getRuntime().maxMemory()));
    }

    @Bean
    Periodic subscriptionRefresh(TaskSubscriptions taskSubscriptions, IngestProperties settings) {
        return Periodic.start("subscriptions", settings.follow().lookEvery(), taskSubscriptions::refresh);
    }

    /** Ends what waits before the web server waits for its requests to end: of all beans, the last phase stops first. */
    @Bean
    SmartLifecycle endOfWaits(TaskSubscriptions taskSubscriptions) {
        return new SmartLifecycle() {

            private volatile boolean running;

            @Override
            public void start() {
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                taskSubscriptions.stop();
            }

            @Override
            public boolean isRunning() {
                return running;
            }
        };
    }

    @Bean
    Periodic heartbeats(TaskSubscriptions taskSubscriptions, IngestProperties settings) {
        return Periodic.start("heartbeats", settings.follow().heartbeat(), taskSubscriptions::heartbeat);
    }
}

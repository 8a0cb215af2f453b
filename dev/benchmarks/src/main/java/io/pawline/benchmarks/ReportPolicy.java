package io.pawline.benchmarks;

import io.pawline.events.Ending;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import io.pawline.taskstore.FinalState.Failure;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/**
 * Gives the pipeline the policy of the system in the incident report: a fixed number of workers, three attempts without
 * a pause between them, and a front end that is notified of successes only. Where no setting does this, the benchmark
 * replaces a service's own bean.
 */
final class ReportPolicy {

    // Calls at once on the report's day. The report does not say how many; these numbers lead to its figures.
    static final int DETECT_WORKERS = 200;
    static final int GENERATE_WORKERS = 1_160;
    static final int MATTING_WORKERS = 130;
    static final int CALLBACK_WORKERS = 300;

    private ReportPolicy() {}

    /** Changes the service that calls back, known by its name, before it starts. */
    static void adapt(String name, SpringApplication service) {
        if (name.equals("callback-service")) {
            service.addPrimarySources(List.of(SuccessesOnly.class));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SuccessesOnly {

        @Bean
        @Primary
        Handler<TaskFinished> successesOnly(@Qualifier("handler") Handler<TaskFinished> own, TaskDatabase database) {
            TaskDao tasks = new TaskDao(database);
            return (task, attempt) -> {
                if (task.getEnding() == Ending.SUCCESS) {
                    return own.handle(task, attempt);
                }
                var _ = tasks.close(attempt.taskId(), task.getContext().getGeneration(), failure(task));
                return Outcome.done();
            };
        }

        private static Failure failure(TaskFinished task) {
            return new Failure(
                    task.getFinishedAt(),
                    TaskState.FAILED,
                    task.getReason().flatMap(Reason::ofCode).orElse(Reason.UNCLASSIFIED),
                    task.getStage().flatMap(Stage::ofCode).orElse(null),
                    task.getDetail().orElse(null));
        }
    }
}

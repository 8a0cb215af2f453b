package io.pawline.benchmarks;

import io.pawline.callback.CallbackApplication;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.testkit.TestingEvents;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Measures how long a callback takes from the published final state to the request, for twenty receivers that answer
 * after 20 ms: first alone, then with one beside them that answers after 30 s.
 */
final class ReceiverRow {

    private static final int GOOD = 20;
    private static final int GOOD_PER_SECOND = 100;
    /** After this many callbacks to good receivers, one goes to the receiver that hangs. */
    private static final int HANGING_EACH = 5;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ReceiverRow() {}

    /** @param ratio p99 beside the receiver that hangs by p99 alone, in the same run */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int callbacks,
            int perSecond,
            int hanging,
            double p50AloneMs,
            double p99AloneMs,
            double p50BesideMs,
            double p99BesideMs,
            double ratio) {}

    static BenchmarkRow.Findings receivers(BenchmarkRow.Setting setting) throws Exception {
        int warmUp = setting.scale().of(1_000, 20);
        int callbacks = setting.scale().of(6_000, 50);
        LocalStack.Options options = new LocalStack.Options(setting.folder(), Ports.anyFree(), Optional.empty());
        try (LocalStack stack = LocalStack.start(options, _ -> {});
                ConfigurableApplicationContext _ = service(stack);
                Source source = new Source(properties(stack));
                TimedReceivers receivers = new TimedReceivers(GOOD)) {
            source.send(receivers, warmUp, false);
            double[] _ = receivers.millis(warmUp, PATIENCE);
            source.send(receivers, callbacks, false);
            double[] alone = receivers.millis(callbacks, PATIENCE);
            int hanging = source.send(receivers, callbacks, true);
            double[] beside = receivers.millis(callbacks, PATIENCE);
            Figures figures = figures(alone, beside, hanging);
            List<String> wrong = new ArrayList<>();
            if (receivers.repeated() > 0) {
                wrong.add(receivers.repeated() + " callbacks came twice");
            }
            return new BenchmarkRow.Findings(summary(figures), figures, figures.ratio() <= 1.2, wrong);
        }
    }

    private static Figures figures(double[] alone, double[] beside, int hanging) {
        double before = quantile(alone, 0.99);
        double after = quantile(beside, 0.99);
        return new Figures(
                beside.length,
                GOOD_PER_SECOND,
                hanging,
                quantile(alone, 0.5),
                before,
                quantile(beside, 0.5),
                after,
                Math.round(after / before * 100) / 100.0);
    }

    private static String summary(Figures figures) {
        return String.format(
                Locale.ROOT,
                "p99 %.1f ms alone, %.1f ms beside one that takes 30 s and %d callbacks (%.2f times); p50 %.1f and %.1f ms",
                figures.p99AloneMs(),
                figures.p99BesideMs(),
                figures.hanging(),
                figures.ratio(),
                figures.p50AloneMs(),
                figures.p50BesideMs());
    }

    private static double quantile(double[] sorted, double share) {
        return Math.round(sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] * 100) / 100.0;
    }

    private static ConfigurableApplicationContext service(LocalStack stack) {
        return CallbackApplication.application()
                .run(
                        "--spring.config.additional-location=file:" + stack.settings(),
                        "--spring.kafka.producer.value-serializer=" + TestingEvents.Writer.class.getName(),
                        "--spring.kafka.consumer.value-deserializer=" + TestingEvents.Reader.class.getName(),
                        // What still hangs at the end is not measured
                        "--pawline.callback.stage.drain=1s");
    }

    /** Reads the settings that the stack wrote for the services. */
    static Properties properties(LocalStack stack) throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(stack.settings())) {
            properties.load(file);
        }
        return properties;
    }

    /** Accepts tasks and publishes their final states, at a steady rate. */
    private static final class Source implements AutoCloseable {

        private final FinishedTasks tasks;

        Source(Properties stack) {
            TaskDatabase database = TaskDatabase.open(new DatabaseProperties(
                    stack.getProperty("pawline.database.url"),
                    stack.getProperty("pawline.database.username"),
                    stack.getProperty("pawline.database.password"),
                    4,
                    false));
            tasks = new FinishedTasks(
                    database,
                    new KafkaProducer<>(
                            Map.of("bootstrap.servers", stack.getProperty("spring.kafka.bootstrap-servers")),
                            new ByteArraySerializer(),
                            new ByteArraySerializer()),
                    TestingEvents.serializer());
        }

        /** Returns how many more went to the receiver that hangs. */
        int send(TimedReceivers receivers, int callbacks, boolean hangingToo) throws InterruptedException {
            long start = System.nanoTime();
            int hanging = 0;
            for (int i = 0; i < callbacks; i++) {
                TimeUnit.NANOSECONDS.sleep(
                        start + i * (TimeUnit.SECONDS.toNanos(1) / GOOD_PER_SECOND) - System.nanoTime());
                if (hangingToo && i % HANGING_EACH == 0) {
                    tasks.publish(receivers.hanging(), _ -> {});
                    hanging++;
                }
                tasks.publish(receivers.good(i % GOOD), receivers::published);
            }
            tasks.flush();
            return hanging;
        }

        @Override
        public void close() {
            tasks.close();
        }
    }
}

package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.ImageRef;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.AvroSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Gives detect-service, with the heap of the chart, more large uploads at once than its memory holds. */
final class LargePhotosRow {

    private static final int HEAP_MEGABYTES = 384;
    private static final int PHOTO_BYTES = 9_600_000;
    private static final int MOST_SENT_BYTES = 600_000;
    private static final int LEAST_IN_FLIGHT = 16;

    /** Of the 1,024 MB that the chart gives a pod, with the child that decodes HEIC and AVIF. */
    private static final int MOST_RESIDENT_MEGABYTES = 900;

    /** With more deaths than this, nothing goes on any more. */
    private static final int MOST_DEATHS = 5;

    private static final Duration STANDSTILL = Duration.ofMinutes(3);

    private LargePhotosRow() {}

    /**
     * Holds what became of the photos.
     *
     * @param photoBytes of a photo as it came, on average
     * @param done tasks with a result
     * @param mostInFlight calls whose request was whole and that were not answered, at one moment
     * @param sentBytesAt95 bytes of what the vision model got, at the 95th percentile
     * @param peakRssMb most resident memory of detect-service
     * @param peakChildMb most resident memory of a child that decodes HEIC or AVIF, as far as it was looked at
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int tasks,
            long photoBytes,
            double callS,
            int heapMb,
            int deaths,
            int done,
            int mostInFlight,
            long sentBytesAt95,
            double seconds,
            long peakRssMb,
            long peakChildMb) {}

    /** Photos of 12 million pixels that lie on their side, with a film behind them. */
    static BenchmarkRow.Findings photos(BenchmarkRow.Setting setting) throws Exception {
        return measure(setting, List.of(BenchmarkPhotos.large(PHOTO_BYTES)), Integer.MAX_VALUE);
    }

    /** Photos of all formats and sizes, half of them turned. */
    static BenchmarkRow.Findings everyKind(BenchmarkRow.Setting setting) throws Exception {
        return measure(
                setting, BenchmarkPhotos.everyKind(setting.scale() == BenchmarkRow.Scale.SMALL), MOST_SENT_BYTES);
    }

    private static BenchmarkRow.Findings measure(BenchmarkRow.Setting setting, List<byte[]> photos, int mostSent)
            throws Exception {
        int tasks = setting.scale().of(200, 8);
        Duration call = setting.scale().of(Duration.ofSeconds(20), Duration.ofSeconds(1));
        Ports ports = Ports.anyFree();
        Path folder = setting.folder().resolve("stack");
        try (LocalStack stack = LocalStack.start(new LocalStack.Options(folder, ports, Optional.empty()), _ -> {});
                FixedProviders providers = new FixedProviders(call, new byte[0])) {
            Set<String> sent = upload(settings(stack), tasks, folder.resolve("images"), photos);
            List<String> arguments = new ArrayList<>(Arrays.asList(providers.settings()));
            arguments.add("--spring.config.additional-location=file:"
                    + stack.settings().toAbsolutePath());
            arguments.add("--pawline.memory.share=0.5");
            long began = System.nanoTime();
            try (ChartProcess detect = new ChartProcess(
                    "detect", HEAP_MEGABYTES, ChartProcess.ALL_COMPILERS, setting.folder(), arguments)) {
                int done = awaitResults(settings(stack), sent, detect, setting.journal());
                Figures figures = new Figures(
                        tasks,
                        photos.stream().mapToLong(photo -> photo.length).sum() / photos.size(),
                        call.toMillis() / 1e3,
                        HEAP_MEGABYTES,
                        detect.deaths(),
                        done,
                        providers.mostLooking(),
                        providers.photoBytesAt95(),
                        Math.round((System.nanoTime() - began) / 1e8) / 10.0,
                        detect.peakMegabytes(),
                        detect.peakOfChildrenMegabytes());
                return findings(figures, setting.scale().of(LEAST_IN_FLIGHT, 1), mostSent);
            }
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures, int leastInFlight, int mostSent) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.deaths(), "deaths");
        BenchmarkRow.complain(wrong, figures.tasks() - figures.done(), "tasks without a result");
        String summary = String.format(
                Locale.ROOT,
                "%d uploads of %.1f MB, a heap of %d MB: %d deaths, %d tasks done, at most %d calls in flight, %d KB"
                        + " sent at p95, %.0f s, peak of resident memory %d MB, of a child's %d MB",
                figures.tasks(),
                figures.photoBytes() / 1e6,
                figures.heapMb(),
                figures.deaths(),
                figures.done(),
                figures.mostInFlight(),
                figures.sentBytesAt95() / 1000,
                figures.seconds(),
                figures.peakRssMb(),
                figures.peakChildMb());
        boolean reached = figures.mostInFlight() >= leastInFlight
                && figures.sentBytesAt95() <= mostSent
                && figures.peakRssMb() + figures.peakChildMb() <= MOST_RESIDENT_MEGABYTES;
        return new BenchmarkRow.Findings(summary, figures, reached, wrong);
    }

    private static Properties settings(LocalStack stack) throws IOException {
        Properties settings = new Properties();
        try (var file = Files.newInputStream(stack.settings())) {
            settings.load(file);
        }
        return settings;
    }

    /** Puts the photos into the image store, as they came, and the accepted tasks into Kafka. */
    private static Set<String> upload(Properties settings, int tasks, Path images, List<byte[]> photos)
            throws IOException, InterruptedException, ExecutionException {
        List<Path> files = new ArrayList<>();
        for (byte[] photo : photos) {
            files.add(Files.write(images.resolveSibling("photo-" + files.size()), photo));
        }
        Set<String> sent = new HashSet<>();
        try (AvroSerializer events = new AvroSerializer();
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(kafka(settings), new ByteArraySerializer(), new ByteArraySerializer())) {
            events.configure(
                    Map.of("schema.registry.url", settings.getProperty("spring.kafka.properties.schema.registry.url")),
                    false);
            for (int i = 0; i < tasks; i++) {
                TaskId id = TaskId.next();
                Path upload = images.resolve(ImageKey.photo(id).value());
                Files.createDirectories(upload.getParent());
                Files.createLink(upload, files.get(i % files.size()));
                byte[] event = events.serialize(Stage.DETECT.workTopic(), accepted(id));
                producer.send(new ProducerRecord<>(
                                Stage.DETECT.workTopic(), id.toString().getBytes(UTF_8), event))
                        .get();
                sent.add(id.toString());
            }
        }
        return sent;
    }

    private static TaskAccepted accepted(TaskId id) {
        Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS);
        return TaskAccepted.newBuilder()
                .setContext(TaskContext.newBuilder()
                        .setTaskId(id.toString())
                        .setTenant("bench")
                        .setStyle("watercolor")
                        .setSubmittedAt(now)
                        .setDeadline(now.plus(Duration.ofHours(1)))
                        .setGeneration(1)
                        .build())
                .setPhoto(new ImageRef(ImageKey.photo(id).value(), null))
                .build();
    }

    private static Map<String, Object> kafka(Properties settings) {
        return Map.of(
                "bootstrap.servers",
                settings.getProperty("spring.kafka.bootstrap-servers"),
                "isolation.level",
                "read_committed");
    }

    /** Waits for the results, starts the process again when it dies, and returns how many results came. */
    private static int awaitResults(Properties settings, Set<String> sent, ChartProcess detect, Journal journal) {
        Set<String> done = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> results =
                new KafkaConsumer<>(kafka(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = results.partitionsFor(Stage.GENERATE.workTopic()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            results.assign(partitions);
            results.seekToBeginning(partitions);
            long last = System.nanoTime();
            while (done.size() < sent.size()
                    && detect.deaths() < MOST_DEATHS
                    && System.nanoTime() - last < STANDSTILL.toNanos()) {
                int before = done.size();
                results.poll(Duration.ofMillis(100)).forEach(result -> done.add(new String(result.key(), UTF_8)));
                detect.look();
                if (done.size() > before) {
                    last = System.nanoTime();
                    if (done.size() / 50 > before / 50) {
                        journal.step("  " + done.size() + " done");
                    }
                }
            }
        }
        done.retainAll(sent);
        return done.size();
    }
}

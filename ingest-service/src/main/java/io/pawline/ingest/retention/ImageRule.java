package io.pawline.ingest.retention;

import io.pawline.images.ImageKey;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.StoredImage;
import io.pawline.taskstore.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says when images of one kind are deleted.
 *
 * @param kept how long they are kept after the final state of their task
 * @param of the tenants that it holds for; empty: all but those that have a rule of their own
 * @param others the tenants that have one
 */
record ImageRule(Kind kind, Duration kept, Set<String> of, Set<String> others) {

    /** A kind of image. */
    enum Kind {
        /** What is neither an uploaded photo nor a result. */
        INTERMEDIATE(RetentionProperties::intermediates, RetentionProperties.Tenant::intermediates),
        /** An uploaded photo. */
        PHOTO(RetentionProperties::photos, RetentionProperties.Tenant::photos),
        /** A result. What else there is of its task goes with it: by then, nobody needs it. */
        RESULT(RetentionProperties::results, RetentionProperties.Tenant::results);

        @SuppressWarnings("ImmutableEnumChecker") // a reference to a method
        private final Function<RetentionProperties, Duration> general;

        @SuppressWarnings("ImmutableEnumChecker") // a reference to a method
        private final Function<RetentionProperties.Tenant, @Nullable Duration> own;

        Kind(
                Function<RetentionProperties, Duration> general,
                Function<RetentionProperties.Tenant, @Nullable Duration> own) {
            this.general = general;
            this.own = own;
        }
    }

    ImageRule {
        of = Set.copyOf(of);
        others = Set.copyOf(others);
    }

    /** The rules of these settings: for each kind one for all tenants, and one for each other time. */
    static List<ImageRule> of(RetentionProperties settings) {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> rules(kind, settings))
                .toList();
    }

    private static Stream<ImageRule> rules(Kind kind, RetentionProperties settings) {
        Map<String, Duration> own = settings.ownTimes().entrySet().stream()
                .flatMap(tenant -> Optional.ofNullable(kind.own.apply(tenant.getValue())).stream()
                        .map(time -> Map.entry(tenant.getKey(), time)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Map<Duration, Set<String>> byTime = own.entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toSet())));
        return Stream.concat(
                Stream.of(new ImageRule(kind, kind.general.apply(settings), Set.of(), own.keySet())),
                byTime.entrySet().stream().map(time -> new ImageRule(kind, time.getKey(), time.getValue(), Set.of())));
    }

    /** Its name, under which is kept how far it has come. It differs from those of all others. */
    String name() {
        return "%s-%ds%s".formatted(kind.name().toLowerCase(Locale.ROOT), kept.toSeconds(), of.isEmpty() ? "" : "-own");
    }

    /** Whether the image is due. One of which there is no task was left over, and is due at once. */
    boolean isDue(ImageKey key, @Nullable Task task, Instant now) {
        if (task == null) {
            return of.isEmpty();
        }
        String tenant = task.submission().tenant();
        return (of.isEmpty() ? !others.contains(tenant) : of.contains(tenant))
                && task.finalState().filter(state -> isOver(state, now)).isPresent()
                && holdsFor(key, task);
    }

    private boolean isOver(FinalState state, Instant now) {
        return !state.at().plus(kept).isAfter(now);
    }

    private boolean holdsFor(ImageKey key, Task task) {
        return switch (kind) {
            case PHOTO -> key.isPhoto();
            case INTERMEDIATE -> !key.isPhoto() && !isResult(key, task);
            case RESULT -> true;
        };
    }

    private static boolean isResult(ImageKey key, Task task) {
        return task.finalState()
                .filter(FinalState.Success.class::isInstance)
                .map(FinalState.Success.class::cast)
                .map(FinalState.Success::pictures)
                .filter(pictures -> Stream.concat(Stream.of(pictures.image()), pictures.thumbnails().stream())
                        .map(StoredImage::key)
                        .anyMatch(key.value()::equals))
                .isPresent();
    }
}

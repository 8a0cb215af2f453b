package io.pawline.ops.deadletters;

import io.pawline.ops.deadletters.DeadLetterDetail.CallView;
import io.pawline.ops.deadletters.DeadLetterDetail.HeaderView;
import io.pawline.ops.deadletters.DeadLetterDetail.PayloadView;
import io.pawline.ops.deadletters.DeadLetterDetail.ReplayView;
import io.pawline.ops.deadletters.DeadLetterDetail.TaskView;
import io.pawline.ops.deadletters.DeadLetterDetail.VersionView;
import io.pawline.ops.deadletters.IndexedDeadLetter.Header;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDao;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Puts together all that is known of a dead letter. */
final class DeadLetterDetails {

    private final DeadLetterQueries queries;
    private final DeadLetterChanges changes;
    private final DeadLetterReplays replays;
    private final TaskDao tasks;
    private final EventJson events;

    DeadLetterDetails(
            DeadLetterQueries queries,
            DeadLetterChanges changes,
            DeadLetterReplays replays,
            TaskDao tasks,
            EventJson events) {
        this.queries = queries;
        this.changes = changes;
        this.replays = replays;
        this.tasks = tasks;
        this.events = events;
    }

    DeadLetterDetail of(DeadLetter deadLetter) {
        DeadLetterQueries.Content content = queries.content(deadLetter.id());
        Optional<TaskId> task = Optional.ofNullable(deadLetter.taskId()).map(TaskId::new);
        return new DeadLetterDetail(
                DeadLetterView.of(deadLetter),
                payload(deadLetter, content.value() == null ? new byte[0] : content.value()),
                changes.versions(deadLetter.id()).stream()
                        .map(version -> version(deadLetter, version))
                        .toList(),
                content.headers().stream().map(DeadLetterDetails::header).toList(),
                task.map(id -> queries.calls(id.value())).orElse(List.of()).stream()
                        .map(CallView::of)
                        .toList(),
                replays.of(deadLetter.id()).stream().map(ReplayView::of).toList(),
                task.flatMap(tasks::find).map(TaskView::of).orElse(null));
    }

    private PayloadView payload(DeadLetter deadLetter, byte[] value) {
        Optional<EventJson.Shown> event = events.read(deadLetter.topic(), value);
        return new PayloadView(
                value.length,
                HexFormat.of().formatHex(value),
                Bytes.readable(value),
                event.map(EventJson.Shown::type).orElse(null),
                event.map(EventJson.Shown::json).orElse(null),
                event.map(EventJson.Shown::schema).orElse(null));
    }

    private VersionView version(DeadLetter deadLetter, DeadLetterChanges.Version version) {
        return new VersionView(
                version.version(),
                version.madeBy(),
                version.why(),
                version.madeAt(),
                events.read(deadLetter.topic(), version.value())
                        .map(EventJson.Shown::json)
                        .orElse(null));
    }

    private static HeaderView header(Header header) {
        byte[] value = header.value();
        if (value == null) {
            return new HeaderView(header.name(), null, null);
        }
        return Bytes.isText(value)
                ? new HeaderView(header.name(), Bytes.readable(value), null)
                : new HeaderView(header.name(), null, HexFormat.of().formatHex(value));
    }
}

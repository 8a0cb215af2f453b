package io.pawline.ops.http;

import io.pawline.ops.http.WholeLetter.CallView;
import io.pawline.ops.http.WholeLetter.HeaderView;
import io.pawline.ops.http.WholeLetter.PayloadView;
import io.pawline.ops.http.WholeLetter.ReplayView;
import io.pawline.ops.http.WholeLetter.TaskView;
import io.pawline.ops.http.WholeLetter.VersionView;
import io.pawline.ops.letters.EventJson;
import io.pawline.ops.letters.IndexedLetter.Header;
import io.pawline.ops.letters.Letter;
import io.pawline.ops.letters.LetterQueries;
import io.pawline.ops.replay.LetterChanges;
import io.pawline.ops.replay.ReplayReports;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDao;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Puts together what is known of a letter. */
@Component
final class WholeLetters {

    private final LetterQueries letters;
    private final LetterChanges changes;
    private final ReplayReports replays;
    private final TaskDao tasks;
    private final EventJson events;

    WholeLetters(LetterQueries letters, LetterChanges changes, ReplayReports replays, TaskDao tasks, EventJson events) {
        this.letters = letters;
        this.changes = changes;
        this.replays = replays;
        this.tasks = tasks;
        this.events = events;
    }

    WholeLetter of(Letter letter) {
        LetterQueries.Content content = letters.content(letter.id());
        Optional<TaskId> task = Optional.ofNullable(letter.taskId()).map(TaskId::new);
        return new WholeLetter(
                LetterView.of(letter),
                payload(letter, content.value() == null ? new byte[0] : content.value()),
                changes.versions(letter.id()).stream()
                        .map(version -> version(letter, version))
                        .toList(),
                content.headers().stream().map(WholeLetters::header).toList(),
                task.map(id -> letters.calls(id.value())).orElse(List.of()).stream()
                        .map(CallView::of)
                        .toList(),
                replays.ofLetter(letter.id()).stream().map(ReplayView::of).toList(),
                task.flatMap(tasks::find).map(TaskView::of).orElse(null));
    }

    private PayloadView payload(Letter letter, byte[] value) {
        Optional<EventJson.Shown> event = events.read(letter.topic(), value);
        return new PayloadView(
                value.length,
                HexFormat.of().formatHex(value),
                Bytes.readable(value),
                event.map(EventJson.Shown::type).orElse(null),
                event.map(EventJson.Shown::json).orElse(null),
                event.map(EventJson.Shown::schema).orElse(null));
    }

    private VersionView version(Letter letter, LetterChanges.Version version) {
        return new VersionView(
                version.version(),
                version.madeBy(),
                version.why(),
                version.madeAt(),
                events.read(letter.topic(), version.value())
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

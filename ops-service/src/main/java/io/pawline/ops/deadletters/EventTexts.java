package io.pawline.ops.deadletters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** Collects the texts of an event, for the search. */
final class EventTexts {

    private EventTexts() {}

    /** Gives all texts in the event, with spaces between them. */
    static String of(IndexedRecord event) {
        List<String> texts = new ArrayList<>();
        collect(event, texts);
        return String.join(" ", texts);
    }

    private static void collect(Object value, List<String> texts) {
        switch (value) {
            case null -> {}
            case IndexedRecord record -> {
                for (Schema.Field field : record.getSchema().getFields()) {
                    collect(record.get(field.pos()), texts);
                }
            }
            case CharSequence text -> texts.add(text.toString());
            case Enum<?> constant -> texts.add(constant.name());
            case Collection<?> all -> all.forEach(each -> collect(each, texts));
            case Map<?, ?> all -> all.values().forEach(each -> collect(each, texts));
            default -> {}
        }
    }
}

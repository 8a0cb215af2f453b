package io.pawline.ops.report;

import io.pawline.ops.report.Block.Heading;
import io.pawline.ops.report.Block.Paragraph;
import io.pawline.ops.report.Block.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the blocks of a text, with headings and tables in the words of one language. For one thread. */
final class BlockWriter {

    private final Words words;
    private final List<Block> blocks = new ArrayList<>();

    BlockWriter(Words words) {
        this.words = words;
    }

    void add(Block block) {
        blocks.add(block);
    }

    void heading(int level, String key) {
        add(new Heading(level, words.say("h." + key)));
    }

    /** Adds a table without bars. */
    void table(String key, List<List<String>> rows) {
        table(key, rows, -1);
    }

    /** Adds a table with the head of this key; without rows it adds a sentence instead. */
    void table(String key, List<List<String>> rows, int bars) {
        if (rows.isEmpty()) {
            nothing();
        } else {
            add(new Table(numbered(key), Arrays.asList(words.say("t." + key).split("\\|", -1)), rows, bars));
        }
    }

    /** Gives tables names in their order, so that files of them are in it. */
    private String numbered(String key) {
        return "%02d-%s"
                .formatted(blocks.stream().filter(Table.class::isInstance).count() + 1, key);
    }

    /** Adds the sentence that there is nothing to show. */
    void nothing() {
        add(new Paragraph(words.say("nothing")));
    }

    List<Block> blocks() {
        return List.copyOf(blocks);
    }
}

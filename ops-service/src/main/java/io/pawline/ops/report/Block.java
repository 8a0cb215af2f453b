package io.pawline.ops.report;

import java.util.List;

/** Holds a part of a text for people, whatever it is written as. */
sealed interface Block {

    /**
     * A heading of a section.
     *
     * @param level 1 for the title
     */
    record Heading(int level, String text) implements Block {}

    record Paragraph(String text) implements Block {}

    record Bullets(List<String> items) implements Block {
        public Bullets {
            items = List.copyOf(items);
        }
    }

    /** Lines of a log or a file, as they stand there. */
    record Lines(String text) implements Block {}

    /**
     * A picture.
     *
     * @param name of its file, without the suffix
     * @param title one sentence that says what is seen
     */
    record Picture(String name, String title, Svg svg) implements Block {}

    /**
     * Rows of cells. The first column is text, the others are numbers or texts.
     *
     * @param name of its file, without the suffix
     * @param bars number of the column of which the page draws bars; -1: none
     */
    record Table(String name, List<String> head, List<List<String>> rows, int bars) implements Block {
        public Table {
            head = List.copyOf(head);
            rows = rows.stream().map(List::copyOf).toList();
            int columns = head.size();
            if (rows.stream().anyMatch(row -> row.size() != columns)) {
                throw new IllegalArgumentException("each row must have " + columns + " cells, was " + rows);
            }
        }
    }
}

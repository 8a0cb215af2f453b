package io.pawline.e2e;

import static java.util.stream.Collectors.joining;

import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Describes a value of a Helm chart, as <a href="https://github.com/norwoodj/helm-docs">helm-docs</a> reads them: a key
 * under a comment that begins with two dashes. A map with such a comment is one value; without, its entries are values.
 *
 * @param description blank if there is no comment
 */
record ChartValue(String key, String byDefault, String description) {

    private static final String MARK = "-- ";

    static List<ChartValue> allIn(Reader yaml) {
        LoaderOptions withComments = new LoaderOptions();
        withComments.setProcessComments(true);
        List<ChartValue> values = new ArrayList<>();
        collect("", (MappingNode) new Yaml(withComments).compose(yaml), values);
        return List.copyOf(values);
    }

    private static void collect(String prefix, MappingNode map, List<ChartValue> values) {
        for (NodeTuple entry : map.getValue()) {
            ScalarNode key = (ScalarNode) entry.getKeyNode();
            String path = prefix + key.getValue();
            String description = descriptionOf(key.getBlockComments());
            if (description.isBlank()
                    && entry.getValueNode() instanceof MappingNode nested
                    && !nested.getValue().isEmpty()) {
                collect(path + ".", nested, values);
            } else {
                values.add(new ChartValue(path, inline(entry.getValueNode()), description));
            }
        }
    }

    private static String descriptionOf(@Nullable List<CommentLine> comments) {
        if (comments == null) {
            return "";
        }
        return comments.stream()
                .map(line -> line.getValue().strip())
                .dropWhile(line -> !line.startsWith(MARK))
                .collect(joining(" "))
                .replaceFirst("^" + MARK, "");
    }

    /** The value in YAML's flow style, on one line. */
    private static String inline(Node node) {
        return switch (node) {
            case ScalarNode scalar -> scalar.getValue().isEmpty() ? "\"\"" : scalar.getValue();
            case SequenceNode sequence ->
                sequence.getValue().stream().map(ChartValue::inline).collect(joining(", ", "[", "]"));
            case MappingNode map ->
                map.getValue().stream()
                        .map(entry -> inline(entry.getKeyNode()) + ": " + inline(entry.getValueNode()))
                        .collect(joining(", ", "{", "}"));
            default -> throw new IllegalArgumentException("no value: " + node);
        };
    }
}

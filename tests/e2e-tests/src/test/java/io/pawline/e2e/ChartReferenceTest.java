package io.pawline.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartReferenceTest {

    private static final Path VALUES = ProjectFiles.root().resolve("helm/pawline/values.yaml");

    @Test
    void everyValueOfTheChartHasAComment() throws IOException {
        assertThat(values())
                .isNotEmpty()
                .allSatisfy(value -> assertThat(value.description())
                        .as("comment '# -- ' above %s in %s", value.key(), VALUES)
                        .isNotBlank());
    }

    @Test
    void theReferenceListsEveryValue() throws IOException {
        new GeneratedSection("helm/README.md", "values")
                .shouldBe(GeneratedSection.header("Value", "Default", "Meaning")
                        + values().stream()
                                .map(value -> GeneratedSection.row(
                                        "`" + value.key() + "`", "`" + value.byDefault() + "`", value.description()))
                                .collect(joining()));
    }

    private static List<ChartValue> values() throws IOException {
        try (Reader yaml = Files.newBufferedReader(VALUES)) {
            return ChartValue.allIn(yaml);
        }
    }
}

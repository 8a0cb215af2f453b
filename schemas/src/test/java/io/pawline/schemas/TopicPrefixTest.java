package io.pawline.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.admin.NewTopic;

class TopicPrefixTest {

    /** Prints what a process of its own calls everything in Kafka; the argument is chosen first. */
    static final class Names {
        private Names() {}

        public static void main(String[] arguments) {
            Arrays.stream(arguments).forEach(TopicPrefix::choose);
            all().forEach(System.out::println);
        }

        /** Every name, also one that is added to {@link Topics} later. */
        static Stream<String> all() {
            return Stream.of(
                            Arrays.stream(Topics.class.getFields())
                                    .filter(field -> Modifier.isStatic(field.getModifiers()))
                                    .filter(field -> field.getType() == String.class)
                                    .map(Names::value),
                            Topics.all(1, (short) 1).stream().map(NewTopic::name),
                            Arrays.stream(Stage.values())
                                    .flatMap(stage -> Stream.concat(
                                            stage.readTopics().stream(),
                                            Stream.of(
                                                    stage.workTopic(),
                                                    stage.retryTopic(),
                                                    stage.longRetryTopic().orElse(stage.retryTopic()),
                                                    stage.deadLetterTopic(),
                                                    stage.consumerGroup()))))
                    .flatMap(names -> names);
        }

        private static String value(Field field) {
            try {
                return String.valueOf(field.get(null));
            } catch (IllegalAccessException hidden) {
                throw new IllegalStateException(hidden);
            }
        }
    }

    @Example
    void noNameHasAPrefixByDefault() throws Exception {
        assertThat(Names.all()).hasSizeGreaterThan(40).allMatch(name -> name.startsWith("pawline."));
        assertThat(names(List.of(), Map.of())).isEqualTo(namesWith(""));
    }

    @Example
    void everyNameBeginsWithThePrefix() throws Exception {
        assertThat(names(List.of(), Map.of("PAWLINE_TOPIC_PREFIX", "staging-"))).isEqualTo(namesWith("staging-"));
    }

    @Example
    void whatIsChosenCountsThenThePropertyThenTheEnvironment() throws Exception {
        Map<String, String> environment = Map.of("PAWLINE_TOPIC_PREFIX", "environment-");

        assertThat(names(List.of("-Dpawline.topic-prefix=property."), environment))
                .isEqualTo(namesWith("property."));
        assertThat(names(List.of("-Dpawline.topic-prefix=property."), environment, "chosen_"))
                .isEqualTo(namesWith("chosen_"));
    }

    @Example
    void aWrongPrefixMakesNoNames() throws Exception {
        assertThat(names(List.of(), Map.of("PAWLINE_TOPIC_PREFIX", "Staging")))
                .contains("PAWLINE_TOPIC_PREFIX", "it was 'Staging'")
                .doesNotContain("Stagingpawline.control");
    }

    @Example
    void anotherPrefixComesTooLateWhenThereAreNames() {
        assertThat(Topics.CONTROL).isEqualTo("pawline.control");

        assertThatCode(() -> TopicPrefix.choose("")).doesNotThrowAnyException();
        assertThatThrownBy(() -> TopicPrefix.choose("staging-"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("pawline.topic-prefix cannot become 'staging-': this process has names with ''");
        assertThat(Stage.DETECT.workTopic()).isEqualTo("pawline.detect");
    }

    @Property
    void aPrefixIsAccepted(@ForAll("prefixes") String prefix) {
        assertThat(TopicPrefix.valid(prefix)).isSameAs(prefix);
    }

    @Property
    void whatIsNoPrefixIsRefusedWithTheNameOfTheSetting(@ForAll("others") String other) {
        assertThatThrownBy(() -> TopicPrefix.valid(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("pawline.topic-prefix (PAWLINE_TOPIC_PREFIX)", "'" + other + "'");
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.oneOf(Arbitraries.just(""), prefixes(38).filter(prefix -> !prefix.contains("pawline.")));
    }

    @Provide
    Arbitrary<String> others() {
        Arbitrary<String> wrong = Arbitraries.of("A", "Z", " ", "\n", "/", "é", "犬", "#", "\0");
        return Arbitraries.oneOf(
                Combinators.combine(prefixes(20), wrong, prefixes(15)).as((first, one, last) -> first + one + last),
                prefixes(38).map(prefix -> prefix.substring(0, prefix.length() - 1) + "a"),
                prefixes(38).map(prefix -> "-" + prefix.substring(1)),
                Combinators.combine(prefixes(38).filter(prefix -> prefix.length() > 20), prefixes(38))
                        .as((first, last) -> first + last)
                        .filter(prefix -> prefix.length() > 40),
                prefixes(20).map(prefix -> prefix + "pawline.ops."));
    }

    private static Arbitrary<String> prefixes(int middle) {
        return Combinators.combine(
                        Arbitraries.strings().withCharRange('a', 'z').numeric().ofLength(1),
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .numeric()
                                .withChars("._-")
                                .ofMaxLength(middle),
                        Arbitraries.of(".", "-", "_"))
                .as((first, more, last) -> first + more + last);
    }

    private static String namesWith(String prefix) {
        return Names.all().map(name -> prefix + name).collect(Collectors.joining("\n"));
    }

    /** What a process of its own prints. */
    private static String names(List<String> options, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = Stream.of(
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        options,
                        List.of("-cp", System.getProperty("java.class.path"), Names.class.getName()),
                        List.of(arguments))
                .flatMap(List::stream)
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "PAWLINE_TOPIC_PREFIX"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output.strip();
    }
}

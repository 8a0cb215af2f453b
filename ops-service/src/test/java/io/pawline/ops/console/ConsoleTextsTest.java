package io.pawline.ops.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.http.OpsProblem;
import io.pawline.schemas.Reason;
import io.pawline.web.CommonProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares the console's texts with each other, and with what its pages ask for. */
class ConsoleTextsTest {

    private static final Path CONSOLE = Path.of("src/main/resources/console");
    private static final Pattern VALUE = Pattern.compile("\\{(\\w+)}");
    private static final Pattern LATIN = Pattern.compile("[A-Za-z]{2,}");

    /** Texts of these groups are chosen by codes of the API. */
    private static final Pattern BY_CODE = Pattern.compile("(code|reason|problem|unit|age|skipped|filter|waits)\\..*");

    private static final Map<String, JsonNode> ENGLISH = texts("en");
    private static final Map<String, JsonNode> CHINESE = texts("zh");

    @Test
    void bothLanguagesHaveTheSameTexts() {
        assertThat(CHINESE.keySet()).isEqualTo(ENGLISH.keySet());
        CHINESE.forEach(
                (key, text) -> assertThat(values(text)).as(key).isEqualTo(values(ENGLISH.getOrDefault(key, text))));
    }

    @Test
    void eachLanguageHasTheFormsThatItsNumbersNeed() {
        ENGLISH.values().stream()
                .filter(JsonNode::isObject)
                .forEach(text -> assertThat(text.propertyNames()).containsExactlyInAnyOrder("one", "other"));
        CHINESE.values().stream()
                .filter(JsonNode::isObject)
                .forEach(text -> assertThat(text.propertyNames()).containsExactly("other"));
    }

    @Test
    void theChineseTextsAreChinese() {
        assertThat(CHINESE).allSatisfy((key, text) -> {
            String words = String.join(" ", forms(text)).replaceAll("\\{\\w+}", "");
            assertThat(LATIN.matcher(words).results().map(found -> found.group()))
                    .as(key)
                    .isSubsetOf("Pawline", "ops", "service", "Kafka", "API", "xx", "JSON", "none");
        });
    }

    @Test
    void pagesAskForTextsThatThereAreAndForAll() {
        String prefixes = ENGLISH.keySet().stream()
                .map(key -> key.substring(0, key.indexOf('.')))
                .distinct()
                .collect(Collectors.joining("|"));
        Pattern key = Pattern.compile("'((?:" + prefixes + ")\\.[a-z0-9_]+)'");
        Set<String> asked = new TreeSet<>();
        for (String script : scripts()) {
            key.matcher(script).results().forEach(found -> asked.add(found.group(1)));
        }

        assertThat(ENGLISH.keySet()).containsAll(asked);
        assertThat(asked)
                .containsAll(ENGLISH.keySet().stream()
                        .filter(text -> !BY_CODE.matcher(text).matches())
                        .toList());
    }

    /** A code that the API has and the console lacks would be shown in English. */
    @Test
    void everyReasonAndProblemHasAText() {
        assertThat(ENGLISH.keySet())
                .containsAll(Stream.of(Reason.values())
                        .map(reason -> "reason." + reason.code())
                        .toList())
                .containsAll(Stream.of(Stream.of(CommonProblem.values()), Stream.of(OpsProblem.values()))
                        .flatMap(problems -> problems)
                        .map(problem -> "problem." + problem.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static Set<String> values(JsonNode text) {
        return forms(text).stream()
                .flatMap(form -> VALUE.matcher(form).results().map(found -> found.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> forms(JsonNode text) {
        return text.isObject()
                ? text.propertyStream().map(form -> form.getValue().asString()).toList()
                : List.of(text.asString());
    }

    private static Map<String, JsonNode> texts(String language) {
        Map<String, JsonNode> texts = new TreeMap<>();
        JsonMapper.shared()
                .readTree(read(CONSOLE.resolve("texts/" + language + ".json")))
                .propertyStream()
                .forEach(text -> texts.put(text.getKey(), text.getValue()));
        return texts;
    }

    private static List<String> scripts() {
        try (Stream<Path> files = Files.walk(CONSOLE)) {
            return files.filter(file -> file.toString().endsWith(".js"))
                    .map(ConsoleTextsTest::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

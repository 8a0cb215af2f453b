package io.pawline.e2e;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import io.pawline.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One name means one thing, and the name of a test can be read at a glance. */
class NamesTest {

    private static final int LONGEST = 60;
    private static final Set<String> OF_EVERY_PACKAGE = Set.of("package-info.java", "module-info.java");

    /** What marks a test, with JUnit and with jqwik. */
    private static final Set<String> TESTS =
            Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "Property", "Example");

    @Test
    void noTwoJavaFilesHaveTheSameName() {
        Map<String, List<Path>> files = RepositoryFiles.endingWith(".java").stream()
                .collect(groupingBy(file -> String.valueOf(file.getFileName())));
        assertThat(files).hasSizeGreaterThan(500);
        assertThat(files.entrySet().stream()
                        .filter(file -> file.getValue().size() > 1)
                        .filter(file -> !OF_EVERY_PACKAGE.contains(file.getKey())))
                .isEmpty();
    }

    @Test
    void noTestHasANameOfMoreThan60Characters() throws IOException {
        List<String> tests = new ArrayList<>();
        scan("/src/test/", (unit, file) -> new TestNames(file).scan(unit, tests));
        assertThat(tests).hasSizeGreaterThan(500);
        assertThat(tests.stream()
                        .filter(test -> test.substring(test.indexOf('#') + 1).length() > LONGEST))
                .isEmpty();
    }

    /** What is put together otherwise has no prefix either, and PrefixedTopicsIT finds it. */
    @Test
    void onlyTheSchemasNameWhatIsInKafka() throws IOException {
        List<String> names = new ArrayList<>();
        scan("/src/main/", (unit, file) -> new KafkaNames(file).scan(unit, names));
        assertThat(names).isEmpty();
    }

    private static void scan(String folder, BiConsumer<CompilationUnitTree, Path> each) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<Path> sources = RepositoryFiles.endingWith(".java").stream()
                    .filter(file -> file.toString().contains(folder))
                    .toList();
            assertThat(sources).hasSizeGreaterThan(200);
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(sources));
            for (CompilationUnitTree unit : task.parse()) {
                each.accept(unit, Path.of(unit.getSourceFile().toUri()));
            }
        }
    }

    /**
     * Adds the literals that name a topic, a group or a transactional id to a list, each behind the name of its file: the
     * names that there are, and whatever begins with {@code pawline.} where Kafka takes a name.
     */
    private static final class KafkaNames extends TreeScanner<@Nullable Object, List<String>> {

        private static final Set<String> KNOWN = Stream.concat(
                        Topics.all(1, (short) 1).stream().map(NewTopic::name),
                        Stream.of(
                                Topics.FINAL_STATES_GROUP,
                                Topics.PROGRESS_GROUP,
                                Topics.BUDGET_GROUP,
                                Topics.LEDGER_GROUP,
                                Topics.DEAD_LETTERS_GROUP,
                                Topics.LIVE_TABLES_GROUP,
                                Topics.LIVE_COUNT,
                                Topics.REPLAY))
                .collect(toSet());

        private static final Pattern ID =
                Pattern.compile(".*\\b(GROUP_ID|GROUP_INSTANCE_ID|TRANSACTIONAL_ID|APPLICATION_ID)_CONFIG");

        private final Path file;
        private boolean isKafkas;

        KafkaNames(Path file) {
            this.file = file;
        }

        @Override
        public @Nullable Object visitLiteral(LiteralTree literal, List<String> found) {
            if (literal.getValue() instanceof String text
                    && (isKafkas ? text.startsWith("pawline") : KNOWN.contains(text))) {
                found.add(file.getFileName() + " " + text);
            }
            return null;
        }

        @Override
        public @Nullable Object visitAnnotation(AnnotationTree annotation, List<String> found) {
            return switch (annotation.getAnnotationType().toString()) {
                // Settings have such names, too
                case "ConfigurationProperties" -> null;
                case "KafkaListener" -> kafkas(() -> super.visitAnnotation(annotation, found));
                default -> super.visitAnnotation(annotation, found);
            };
        }

        @Override
        public @Nullable Object visitMethodInvocation(MethodInvocationTree call, List<String> found) {
            if (call.getMethodSelect().toString().endsWith(".bindOrCreate")) {
                return null;
            }
            return call.getArguments().stream()
                            .anyMatch(
                                    argument -> ID.matcher(argument.toString()).matches())
                    ? kafkas(() -> super.visitMethodInvocation(call, found))
                    : super.visitMethodInvocation(call, found);
        }

        @Override
        public @Nullable Object visitNewClass(NewClassTree made, List<String> found) {
            return made.getIdentifier().toString().matches("(ProducerRecord|TopicPartition|NewTopic)\\b.*")
                    ? kafkas(() -> super.visitNewClass(made, found))
                    : super.visitNewClass(made, found);
        }

        private @Nullable Object kafkas(Supplier<@Nullable Object> visit) {
            boolean before = isKafkas;
            isKafkas = true;
            Object visited = visit.get();
            isKafkas = before;
            return visited;
        }
    }

    /** Adds the names of the tests in a file to a list, each behind the name of its file. */
    private static final class TestNames extends TreeScanner<@Nullable Object, List<String>> {

        private final Path file;

        TestNames(Path file) {
            this.file = file;
        }

        @Override
        public @Nullable Object visitMethod(MethodTree method, List<String> found) {
            if (method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            TESTS.contains(annotation.getAnnotationType().toString()))) {
                found.add(file.getFileName() + "#" + method.getName());
            }
            return super.visitMethod(method, found);
        }
    }
}

package io.pawline.e2e;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
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
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<Path> sources = RepositoryFiles.endingWith(".java").stream()
                    .filter(file -> file.toString().contains("/src/test/"))
                    .toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(sources));
            for (CompilationUnitTree unit : task.parse()) {
                new TestNames(Path.of(unit.getSourceFile().toUri())).scan(unit, tests);
            }
        }
        assertThat(tests).hasSizeGreaterThan(500);
        assertThat(tests.stream()
                        .filter(test -> test.substring(test.indexOf('#') + 1).length() > LONGEST))
                .isEmpty();
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

package io.pawline.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Names the programs that a test runs, each a witness that nobody here wrote. Where one is not on the PATH the test is
 * not run, and {@code ./pawline test} names it at the end; with {@code CI=true} it fails instead.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ToolCondition.class)
public @interface NeedsTools {

    Tool[] value();

    /** Names a program, by the commands of which one must be there. */
    enum Tool {
        CHROMIUM("chromium|chromium-browser|google-chrome|google-chrome-stable"),
        CWEBP("cwebp"),
        EXIFTOOL("exiftool"),
        NODE("node"),
        NPM("npm"),
        PNGCHECK("pngcheck"),
        PROMETHEUS("prometheus"),
        PROMTOOL("promtool");

        private final String commands;

        /** @param commands separated by bars, the one to be named first */
        Tool(String commands) {
            this.commands = commands;
        }

        List<String> commands() {
            return List.of(commands.split("\\|"));
        }
    }
}

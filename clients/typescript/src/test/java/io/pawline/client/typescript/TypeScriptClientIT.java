package io.pawline.client.typescript;

import static io.pawline.testkit.NeedsTools.Tool.NODE;
import static io.pawline.testkit.NeedsTools.Tool.NPM;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.NpmPackage;
import io.pawline.testkit.ProjectFiles;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Builds the npm package from the OpenAPI document, and runs its tests. */
@NeedsTools({NODE, NPM})
class TypeScriptClientIT {

    private static final NpmPackage CLIENT = new NpmPackage(ProjectFiles.root().resolve("clients/typescript"));

    @BeforeAll
    static void build() throws InterruptedException {
        CLIENT.install();
        CLIENT.run("npm", "run", "build");
    }

    @Test
    void itsTestsPass() throws InterruptedException {
        String printed = CLIENT.run("npm", "test");
        assertThat(printed).containsPattern("(?m)^(?:#|ℹ) fail 0$").containsPattern("(?m)^(?:#|ℹ) pass [3-9]\\d$");
    }

    @Test
    void thePackageIsWhatIsBuiltAndNeedsNothing() throws Exception {
        JsonNode packed = JsonMapper.shared()
                .readTree(CLIENT.run("npm", "pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"))
                .get(0);
        List<String> files = packed.get("files")
                .valueStream()
                .map(file -> file.path("path").asString(""))
                .toList();
        assertThat(files).contains("dist/index.js", "dist/index.d.ts", "dist/generated/openapi.d.ts", "README.md");
        assertThat(files).allMatch(file -> file.matches("dist/.*|README(\\.zh)?\\.md|package\\.json|LICENSE"));
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(CLIENT.folder().resolve("package.json")))
                        .has("dependencies"))
                .isFalse();
    }
}

package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Tests the contract as a whole. {@link io.pawline.testkit.Contract} checks each exchange of every test against it. */
class IngestContractIT {

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(postgres, images);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @Test
    void isServedWithoutAKeyAsJsonAndAsYaml() throws IOException {
        TestingIngest anonymous = ingest.as(Optional.empty());
        Answer json = anonymous.get("/v1/openapi.json");
        Answer yaml = anonymous.get("/v1/openapi.yaml");
        assertThat(json.json().get("openapi").asString()).startsWith("3.1.");
        assertThat(YAMLMapper.shared().readTree(new String(yaml.body(), StandardCharsets.UTF_8)))
                .isEqualTo(json.json());
    }

    @Test
    void describesExactlyTheOperationsThatExist() {
        Set<String> served = ingest
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .stream()
                .flatMap(mapping -> mapping.getPatternValues().stream()
                        .flatMap(pattern -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " "
                                        + pattern.replace("{*key}", "/{key}").replace("//", "/"))))
                .collect(Collectors.toSet());
        assertThat(TestingIngest.CONTRACT.operations()).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void listsEveryTypeOfAProblem() {
        JsonNode types = TestingIngest.CONTRACT.document().at("/components/schemas/Problem/properties/type/enum");
        assertThat(types.valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(Stream.<ProblemType>concat(
                                Arrays.stream(CommonProblem.values()), Arrays.stream(IngestProblem.values()))
                        .map(type -> type.uri().toString())
                        .toList());
    }

    @Test
    void saysWhichOperationsNeedNoKey() {
        JsonNode paths = TestingIngest.CONTRACT.document().get("paths");
        for (String operation : TestingIngest.CONTRACT.operations()) {
            String[] parts = operation.split(" ", 2);
            String path = parts[1].replace("{id}", "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f")
                    .replace("{key}", "none");
            int status = ingest.as(Optional.empty()).call(parts[0], path).status();
            boolean open = paths.at("/" + parts[1].replace("/", "~1") + "/" + parts[0].toLowerCase(Locale.ROOT))
                    .has("security");
            assertThat(status == 401).as(operation).isEqualTo(!open);
        }
    }
}

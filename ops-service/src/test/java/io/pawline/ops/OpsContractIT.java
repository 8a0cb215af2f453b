package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.http.OpsProblem;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemType;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Checks the contract as a whole; {@link io.pawline.testkit.Contract} holds each exchange of every test against it. */
class OpsContractIT {

    private static final TestingOps OPS = new TestingOps(TestingDatabase.create(), "--pawline.ops.open-access=false");

    @AfterAll
    static void stop() {
        OPS.close();
    }

    @Test
    void isServedToEverybodyAsJsonAndAsYaml() {
        JsonNode json = OPS.get("/v1/openapi.json").json();

        assertThat(json.get("openapi").asString()).startsWith("3.1.");
        assertThat(YAMLMapper.shared().readTree(OPS.get("/v1/openapi.yaml").body()))
                .isEqualTo(json);
    }

    @Test
    void describesEveryOperationThatThereIsAndNoOther() {
        Set<String> served = OPS
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .stream()
                .flatMap(mapping -> mapping.getPatternValues().stream()
                        .flatMap(pattern -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + pattern)))
                .collect(Collectors.toSet());

        assertThat(TestingOps.CONTRACT.operations()).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void listsEveryTypeOfAProblem() {
        JsonNode types = TestingOps.CONTRACT.document().at("/components/schemas/Problem/properties/type/enum");

        assertThat(types.valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(Stream.<ProblemType>concat(
                                Arrays.stream(CommonProblem.values()), Arrays.stream(OpsProblem.values()))
                        .map(type -> type.uri().toString())
                        .toList());
    }
}

package io.pawline.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.detect.Detection.NoPet;
import io.pawline.detect.Detection.Pet;
import io.pawline.detect.Detection.Unknown;
import io.pawline.schemas.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class VisionAnswerTest {

    private final JsonMapper json = new JsonMapper();
    private final VisionAnswer answer = new VisionAnswer(40);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"has_pet\":true,\"description\":\"a fluffy cat\"}",
                "  \n{\"description\":\"a fluffy cat\",\"has_pet\":true}\n",
                "```json\n{\"has_pet\": true, \"description\": \"a fluffy cat\"}\n```",
                "```\n{\"has_pet\": true, \"description\": \"a fluffy cat\"}\n```\nAnything else?",
                "Sure! Here it is: {\"has_pet\": true, \"description\": \"a fluffy cat\", \"confidence\": 0.9} Hope it helps {}.",
                "In the form {\"has_pet\", \"description\"}: {\"has_pet\": true, \"description\": \"a fluffy cat\"}",
                "{\"note\":1} {\"has_pet\": true, \"description\": \"a fluffy cat\"}",
                "{\"result\": {\"has_pet\": true, \"description\": \"a fluffy cat\"}}",
                "{\"has_pet\":\"True\",\"description\":\"a fluffy cat\"}",
                "{\"has_pet\":\"yes\",\"description\":\" a \\t fluffy\\n\\u0000cat \"}"
            })
    void findsTheDescriptionHoweverItIsWrapped(String content) {
        assertThat(read(content, "stop")).isEqualTo(new Pet("a fluffy cat"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"has_pet\":false,\"description\":\"\"}",
                "{\"has_pet\":false,\"description\":\"a chair\"}",
                "{\"has_pet\":false}",
                "{\"has_pet\":\"false\",\"description\":null}",
                "```json\n{\"has_pet\": false}\n```"
            })
    void seesThatThereIsNoPet(String content) {
        assertThat(read(content, "stop")).isEqualTo(new NoPet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a fluffy cat",
                "{",
                "{\"has_pet\":true",
                "{\"has_pet\":true}",
                "{\"has_pet\":true,\"description\":\"\"}",
                "{\"has_pet\":true,\"description\":\" \\u0000\\u200b \"}",
                "{\"has_pet\":true,\"description\":7}",
                "{\"has_pet\":true,\"description\":[\"a cat\"]}",
                "{\"has_pet\":null,\"description\":\"a cat\"}",
                "{\"has_pet\":\"perhaps\",\"description\":\"a cat\"}",
                "{\"has_pet\":{},\"description\":\"a cat\"}",
                "{\"pet\":true,\"description\":\"a cat\"}",
                "[true, \"a cat\"]"
            })
    void callsEverythingElseMalformed(String content) {
        assertThat(read(content, "stop"))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.reason()).isEqualTo(Reason.MALFORMED_ANSWER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"choices\":[]}",
                "{\"choices\":{}}",
                "{\"choices\":[7]}",
                "{\"choices\":[{\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":null}}]}",
                "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":{\"has_pet\":true}}}]}",
                "{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"tool_calls\":[]}}]}"
            })
    void callsACompletionWithoutTextMalformed(String body) {
        assertThat(answer.read(json.readTree(body)))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.reason()).isEqualTo(Reason.MALFORMED_ANSWER));
    }

    @Test
    void readsAFilteredAnswerAsAModeratedPhoto() {
        assertThat(read("", "content_filter"))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.reason()).isEqualTo(Reason.MODERATED_PHOTO));
    }

    @Test
    void doesNotUseAnAnswerThatWasCutOff() {
        assertThat(read("{\"has_pet\":true,\"description\":\"a fluffy cat\"}", "length"))
                .isInstanceOfSatisfying(Unknown.class, unknown -> {
                    assertThat(unknown.reason()).isEqualTo(Reason.MALFORMED_ANSWER);
                    assertThat(unknown.detail()).contains("max-tokens");
                });
    }

    @Test
    void cutsALongDescriptionBetweenCharacters() {
        Detection detection = read("{\"has_pet\":true,\"description\":\"" + "🐈".repeat(50) + "\"}", "stop");

        assertThat(detection).isEqualTo(new Pet("🐈".repeat(40)));
    }

    @Test
    void dropsHalfCharactersThatNoEncodingHolds() {
        assertThat(read("{\"has_pet\":true,\"description\":\"a \\ud83d cat\"}", "stop"))
                .isEqualTo(new Pet("a cat"));
    }

    @Test
    void survivesManyBraces() {
        assertThat(read("{".repeat(100_000), "stop")).isInstanceOf(Unknown.class);
    }

    private Detection read(String content, String finishReason) {
        ObjectNode body = json.createObjectNode();
        ObjectNode choice = body.putArray("choices").addObject().put("finish_reason", finishReason);
        choice.putObject("message").put("content", content);
        JsonNode sent = json.readTree(json.writeValueAsBytes(body));
        return answer.read(sent);
    }
}

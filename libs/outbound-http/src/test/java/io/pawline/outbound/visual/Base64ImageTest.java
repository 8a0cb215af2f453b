package io.pawline.outbound.visual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

class Base64ImageTest {

    private static final byte[] PICTURE = random(5_000);
    private static final String TEXT = Base64.getEncoder().encodeToString(PICTURE);

    /** So short are the texts that the parser takes. */
    private static final int LONGEST = 200;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'code':10000,'data':{'binary_data_base64':['PICTURE']}}",
                "{'code':10000,'data':{'binary_data_base64' : [ \n\t'PICTURE' ],'image_urls':['a']},'message':'b'}",
                "{'message':'the \\'binary_data_base64\\':[\\'A\\'] of','data':{'binary_data_base64':['PICTURE','AAAA']}}",
                "{'data':{'binary_data_base64':['PICTURE'],'algorithm_base_resp':{'status_code':0}}}"
            })
    void theParserNeverSeesAPicture(String answer) {
        assertThat(image(answer)).isEqualTo(PICTURE);
    }

    @Test
    void readsWhatStandsBehindThePicture() {
        AnswerBody body = read("{'data':{'binary_data_base64':['PICTURE']},'code':10000,'request_id':'r1'}", LONGEST);

        assertThat(body.code()).isEqualTo(10000);
        assertThat(body.anyRequestId()).hasValue("r1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'binary_data_base64':['PICTURE'],'data':{'binary_data_base64':['AAAA']}}",
                "{'message':'binary_data_base64','data':{'binary_data_base64':['AAAA']}}",
                "{'data':{'binary_data_base64':['AAAA','PICTURE']}}",
            })
    void takesNoOtherTextForThePicture(String answer) {
        assertThat(read(answer, 10_000).image()).hasValue(new byte[3]);
    }

    @Test
    void readsAPictureWithLineEndsAsAnyOtherText() {
        String lines = TEXT.replaceAll(".{100}", "$0\\\\n");

        assertThat(read("{'data':{'binary_data_base64':['" + lines + "']}}", 10_000)
                        .image())
                .hasValue(PICTURE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':{'binary_data_base64':['PICTURE",
                "{'data':{'binary_data_base64':['PICTURE'",
                "{'data':{'binary_data_base64':['PICTURE']}",
                "{'data':{'binary_data_base64':['PICTURE!']}}"
            })
    void refusesAnAnswerThatIsTornOrNoBase64(String answer) {
        assertThatThrownBy(() -> read(answer, 10_000)).isInstanceOf(JacksonException.class);
    }

    private static byte[] image(String answer) {
        return read(answer, LONGEST).image().orElseThrow();
    }

    private static AnswerBody read(String answer, int longest) {
        ObjectReader reader = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(longest)
                                .build())
                        .build())
                .build()
                .readerFor(AnswerBody.class);
        String json = answer.replace('\'', '"').replace("PICTURE", TEXT);
        return Objects.requireNonNull(Base64Image.read(reader, json.getBytes(UTF_8)));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}

package io.pawline.images.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.TaskId;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PictureLabelTest {

    private static final TaskId TASK = TaskId.next();

    private final byte[] png = picture();
    private final JsonMapper json = new JsonMapper();

    @Test
    void saysWhoMadeThePictureForWhichTask() throws Exception {
        byte[] labelled = label("爪线科技", "商店").into(png, "shop", TASK);

        JsonNode said = said(labelled);
        assertThat(said).isEqualTo(json.readTree("""
                                {"Label":"1","ContentProducer":"爪线科技","ProduceID":"%1$s","ReservedCode1":"",
                                "ContentPropagator":"商店","PropagateID":"%1$s","ReservedCode2":""}
                                """.formatted(TASK)));
        assertThat(inXmp(labelled)).isEqualTo(said);
        assertThat(new String(labelled, StandardCharsets.UTF_8)).contains("/trainedAlgorithmicMedia<");
        assertThat(pixels(labelled)).isEqualTo(pixels(png));
    }

    @Test
    void labelsAPictureOnceHoweverOftenItIsLabelled() throws Exception {
        PictureLabel label = label("Pawline", "");
        byte[] once = label.into(png, "shop", TASK);

        assertThat(label.into(once, "shop", TASK)).isEqualTo(once);
    }

    @Test
    void keepsTheProducerOfALabelThatIsThere() throws Exception {
        byte[] theirs = label("Volcengine", "").into(png, "shop", TaskId.next());
        String id = said(theirs).path("ProduceID").stringValue("");

        JsonNode ours = said(label("Pawline", "").into(theirs, "shop", TASK));

        assertThat(ours.path("ContentProducer").stringValue("")).isEqualTo("Volcengine");
        assertThat(ours.path("ProduceID").stringValue("")).isEqualTo(id);
        assertThat(ours.path("ContentPropagator").stringValue("")).isEqualTo("Pawline");
        assertThat(ours.path("PropagateID").stringValue("")).isEqualTo(TASK.toString());
    }

    @Test
    void keepsTheProducerOfTheFileThatAPictureWasMadeFrom() throws Exception {
        byte[] theirs = label("Volcengine", "").into(png, "shop", TaskId.next());

        JsonNode ours = said(label("Pawline", "").into(png, theirs, "shop", TASK));

        assertThat(ours.path("ContentProducer").stringValue("")).isEqualTo("Volcengine");
        assertThat(ours.path("PropagateID").stringValue("")).isEqualTo(TASK.toString());
    }

    @Test
    void hasOtherValuesForATenant() throws Exception {
        PictureLabel label = new PictureLabel(new LabelProperties(
                true,
                "Pawline",
                "",
                VisibleLabelProperties.DEFAULTS,
                Map.of(
                        "zoo", new LabelProperties.Tenant(null, "Zoo & <Sons>", null, null),
                        "lab", new LabelProperties.Tenant(false, null, null, null))));

        assertThat(said(label.into(png, "zoo", TASK)).path("ContentProducer").stringValue(""))
                .isEqualTo("Zoo & <Sons>");
        assertThat(new String(label.into(png, "zoo", TASK), StandardCharsets.UTF_8))
                .contains("Zoo &amp; &lt;Sons&gt;");
        assertThat(said(label.into(png, "shop", TASK)).path("ContentProducer").stringValue(""))
                .isEqualTo("Pawline");
        assertThat(label.into(png, "lab", TASK)).isSameAs(png);
    }

    @Test
    void leavesWhatIsNoPngAsItIs() {
        byte[] jpeg = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xE0};
        assertThat(label("Pawline", "").into(jpeg, "shop", TASK)).isSameAs(jpeg);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " Pawline", "line\nbreak"})
    void refusesAProducerThatNobodyCouldRead(String producer) {
        assertThatThrownBy(() -> label(producer, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pawline.label.producer must have 1 to 200 characters");
    }

    /** Whatever is wrong with a file, every byte behind its header is still there, and nothing is thrown. */
    @Property(tries = 1_000)
    void losesNoByteOfADamagedFile(
            @ForAll @IntRange(min = 33, max = 10_000) int at, @ForAll byte value, @ForAll @IntRange(max = 64) int cut) {
        byte[] damaged = Arrays.copyOf(picture(), picture().length - cut);
        damaged[33 + at % (damaged.length - 33)] = value;

        byte[] labelled = label("Pawline", "").into(damaged, "shop", TASK);

        byte[] rest = Arrays.copyOfRange(damaged, 33, damaged.length);
        assertThat(labelled).startsWith(Arrays.copyOf(damaged, 33)).endsWith(rest);
    }

    private static PictureLabel label(String producer, String propagator) {
        return new PictureLabel(
                new LabelProperties(true, producer, propagator, VisibleLabelProperties.DEFAULTS, Map.of()));
    }

    private JsonNode said(byte[] png) {
        return json.readTree(PngText.of(png).orElseThrow().find("AIGC", 8_192).orElseThrow());
    }

    private JsonNode inXmp(byte[] png) throws Exception {
        String file = new String(png, StandardCharsets.UTF_8);
        String packet = file.substring(file.indexOf("<x:xmpmeta"), file.indexOf("<?xpacket end"));
        DocumentBuilderFactory parsers = DocumentBuilderFactory.newDefaultNSInstance();
        return json.readTree(parsers.newDocumentBuilder()
                .parse(new InputSource(new StringReader(packet)))
                .getElementsByTagNameNS("http://www.tc260.org.cn/ns/AIGC/1.0/", "AIGC")
                .item(0)
                .getTextContent());
    }

    private static int[] pixels(byte[] png) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private static byte[] picture() {
        BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_4BYTE_ABGR);
        for (int x = 0; x < 20; x++) {
            image.setRGB(x, x / 2, 0x80_00_00_00 + 0x010203 * x);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return file.toByteArray();
    }
}

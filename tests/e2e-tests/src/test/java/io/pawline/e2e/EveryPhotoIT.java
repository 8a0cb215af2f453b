package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.NeedsTools.Tool;
import io.pawline.testkit.PhotoKind;
import io.pawline.testkit.PhotoSamples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Uploads photos of every format, and looks at all that is stored of them and sent to a provider. */
@Timeout(240)
class EveryPhotoIT {

    private static final String SETTINGS = """
            pawline:
              generate:
                model: doubao-seedream-4-0-250828
                size: 1024x1024
                reference-photo: true
            """;

    private static final int HEIGHT = 100;

    /** Of each format, the kinds that have most to lose. The test of detect-service has all kinds. */
    private static final List<PhotoKind> KINDS = List.of(
            PhotoKind.TURNED_JPEG,
            PhotoKind.PROGRESSIVE_JPEG,
            PhotoKind.INK_JPEG,
            PhotoKind.DOUBLE_JPEG,
            PhotoKind.MOTION_PHOTO,
            PhotoKind.TURNED_PNG,
            PhotoKind.ANIMATED_GIF,
            PhotoKind.PALETTE_BMP,
            PhotoKind.TURNED_TIFF,
            PhotoKind.TURNED_WEBP,
            PhotoKind.HEIC,
            PhotoKind.ANIMATED_AVIF);

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path folder;

    @Test
    @NeedsTools({Tool.AVIFENC, Tool.CWEBP, Tool.EXIFTOOL, Tool.HEIF_CONVERT, Tool.HEIF_ENC})
    void nothingOfAPhotoButItsPixelsGoesOn() throws Exception {
        Ports ports = Ports.anyFree();
        Path settings = Files.writeString(folder.resolve("settings.yaml"), SETTINGS);
        Path submitted = Files.createDirectory(folder.resolve("submitted"));
        Path sent = Files.createDirectory(folder.resolve("sent"));
        Path stored = folder.resolve("stack/images");
        Map<String, PhotoKind> tasks = new LinkedHashMap<>();
        try (LocalStack stack = LocalStack.start(
                        new LocalStack.Options(folder.resolve("stack"), ports, Optional.of("instant")), _ -> {});
                LocalServices _ = LocalServices.startPipeline(stack.settings(), Optional.of(settings), (_, _) -> {});
                TestingFrontEnd frontEnd = new TestingFrontEnd(ports.ingest(), LocalStack.WEBHOOK_SECRET)) {
            for (PhotoKind kind : KINDS) {
                byte[] photo = kind.photo(width(kind), HEIGHT);
                Files.write(submitted.resolve(kind.name()), photo);
                tasks.put(frontEnd.submit(photo, "cartoon"), kind);
            }
            await().atMost(Duration.ofSeconds(150)).untilAsserted(() -> {
                for (Map.Entry<String, PhotoKind> task : tasks.entrySet()) {
                    assertThat(frontEnd.task(task.getKey()).path("state").asString(""))
                            .as("%s", task.getValue())
                            .isEqualTo("success");
                }
            });
            String simulator = "http://127.0.0.1:" + ports.simulator() + "/received";
            Map<String, List<Integer>> widths = new LinkedHashMap<>();
            for (JsonNode picture : JSON.readTree(frontEnd.download(simulator))) {
                assertIsAPlainUprightJpeg(picture);
                String provider = picture.path("provider").stringValue();
                String hash = picture.path("sha256").stringValue();
                widths.computeIfAbsent(provider, _ -> new ArrayList<>())
                        .add(picture.path("width").intValue());
                Files.write(sent.resolve(provider + "-" + hash), frontEnd.download(simulator + "/" + hash));
            }
            assertThat(widths).containsOnlyKeys("vision", "text-to-image");
            Integer[] ofAllKinds = KINDS.stream().map(EveryPhotoIT::width).toArray(Integer[]::new);
            assertThat(widths.values())
                    .allSatisfy(received -> assertThat(received).containsExactlyInAnyOrder(ofAllKinds));
        }

        assertThat(submitted)
                .satisfies(files -> assertThat(metadata(files).toString()).contains("GPS", "SERIAL-4711"));
        for (JsonNode file : metadata(sent)) {
            assertNamesNobody(file);
        }
        JsonNode all = metadata(stored);
        assertThat(all).hasSizeGreaterThan(3 * tasks.size());
        for (JsonNode file : all) {
            assertNamesNobody(file);
            String path = file.path("SourceFile").stringValue();
            if (path.endsWith(".png")) {
                assertIsLabelled(
                        file, stored.relativize(Path.of(path)).getName(0).toString());
            }
        }
    }

    /** Each kind has a width of its own, by which it is known again. */
    private static int width(PhotoKind kind) {
        return 150 + 2 * KINDS.indexOf(kind);
    }

    private static void assertIsAPlainUprightJpeg(JsonNode picture) {
        assertThat(picture.path("type").stringValue()).isEqualTo("image/jpeg");
        assertThat(picture.path("declared_type").stringValue()).isEqualTo("image/jpeg");
        assertThat(picture.path("metadata")).isEmpty();
        assertThat(picture.path("height").intValue()).isEqualTo(HEIGHT);
        assertThat(PhotoSamples.isUpright(picture.path("corners")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList()))
                .as("%s", picture)
                .isTrue();
    }

    private static void assertNamesNobody(JsonNode file) {
        assertThat(file.toString()).doesNotContain("GPS", "EXIF:", "IFD0:", "XMP-exif:");
        assertThat(PhotoSamples.SECRETS).noneMatch(file.toString()::contains);
    }

    /** Checks the label in both places, in a result or a thumbnail. */
    private static void assertIsLabelled(JsonNode file, String task) {
        // exiftool writes names that it does not know in a way of its own
        for (String place : List.of("PNG:AIGC", "XMP-TC260:AIGC")) {
            String text = file.propertyNames().stream()
                    .filter(place::equalsIgnoreCase)
                    .map(name -> file.path(name).asString(""))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no %s in %s".formatted(place, file)));
            JsonNode label = JSON.readTree(text);
            assertThat(label.path("Label").stringValue()).isEqualTo("1");
            assertThat(label.path("ContentProducer").stringValue()).isEqualTo("Pawline");
            assertThat(label.path("ProduceID").stringValue()).isEqualTo(task);
        }
    }

    /** What exiftool finds in the files of a folder, whatever their names are. */
    private static JsonNode metadata(Path files) throws IOException, InterruptedException {
        Process exiftool = new ProcessBuilder(
                        "exiftool", "-json", "-a", "-u", "-G1", "-r", "-ext", "*", files.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String found = new String(exiftool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        exiftool.waitFor();
        return JSON.readTree(found);
    }
}

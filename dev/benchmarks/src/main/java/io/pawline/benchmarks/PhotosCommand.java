package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the step that makes of photos what a vision model gets, and tries to break it. */
@Command(
        name = "photos",
        description = {
            "What normalising a photo costs, and whether any file breaks it. Needs heif-enc, heif-convert, avifenc and"
                    + " cwebp. Takes half an hour, most of it for HEIC and AVIF.",
            "Rows: photo_ms, every_kind, every_upload, mutated_photos."
        },
        mixinStandardHelpOptions = true)
final class PhotosCommand extends RowsCommand {

    @Option(
            names = "--mutations",
            paramLabel = "NUMBER",
            defaultValue = "20000",
            description = "Changed photos of each format (default: ${DEFAULT-VALUE}).")
    private int mutations;

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow("photo_ms", "12 megapixels <= 250 ms of CPU, a small one <= 1 ms", PhotoRows::times),
                new BenchmarkRow(
                        "every_kind",
                        "200 of all formats, heap 384 MB: 0 deaths, p95 <= 600 KB, 900 MB resident",
                        LargePhotosRow::everyKind),
                new BenchmarkRow(
                        "every_upload",
                        "200 of all formats, heap 384 MB: all accepted, 750 MB resident",
                        UploadsRow::everyKind),
                new BenchmarkRow(
                        "mutated_photos",
                        "%,d of each format: a picture or a refusal".formatted(mutations),
                        setting -> PhotoRows.mutated(setting, mutations)));
    }
}

package io.pawline.cli.check;

import io.pawline.cli.connection.ImageStoreOptions;
import io.pawline.cli.connection.LocalStackFolder;
import io.pawline.cli.terminal.Failures;
import io.pawline.images.ImageStoreException;
import io.pawline.images.ImageStoreProbe;
import io.pawline.images.ImageStoreProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Looks at the image store: whether a small object can be written, read and deleted. */
public final class ImageStoreCheck {

    private static final String IMAGES = "images";

    private final ImageStoreOptions options;
    private final LocalStackFolder localStack;

    /** Makes a check of the store that the options name, or else of the local stack's. */
    public ImageStoreCheck(ImageStoreOptions options, LocalStackFolder localStack) {
        this.options = options;
        this.localStack = localStack;
    }

    /** Returns what was found; never throws for what it finds. */
    public Finding finding() {
        Optional<ImageStoreProperties> named;
        try {
            named = options.properties(localStack);
        } catch (IllegalStateException | IllegalArgumentException incomplete) {
            return Finding.fail(IMAGES, "-", Failures.inOneLine(incomplete), "");
        }
        return named.map(ImageStoreCheck::finding)
                .orElseGet(() -> Finding.skipped(
                        IMAGES,
                        "-",
                        "none is named, and no local stack has run here",
                        "name it with --s3-bucket or --image-folder"));
    }

    private static Finding finding(ImageStoreProperties store) {
        return switch (store.kind()) {
            case FOLDER -> {
                Path folder = Objects.requireNonNull(store.folder(), "folder");
                // To open a store makes its folder
                yield Files.isDirectory(folder)
                        ? probe(store, folder.toString(), "let the user who runs the services write this folder")
                        : Finding.fail(
                                IMAGES, folder.toString(), "there is no such folder", "make it, or name another");
            }
            case S3 ->
                probe(
                        store,
                        "bucket " + store.s3().bucket()
                                + Optional.ofNullable(store.s3().endpoint())
                                        .map(endpoint -> " at " + endpoint)
                                        .orElse(""),
                        "see that the endpoint, region, bucket and keys are right, and the keys may get, put, list and"
                                + " delete objects");
        };
    }

    private static Finding probe(ImageStoreProperties store, String where, String advice) {
        try {
            return switch (ImageStoreProbe.run(store)) {
                case ImageStoreProbe.Result.Gone _ ->
                    Finding.ok(IMAGES, where, "an object was written, read and deleted");
                case ImageStoreProbe.Result.LeftBehind left ->
                    Finding.fail(
                            IMAGES,
                            where,
                            "an object was written and read, and cannot be deleted: " + left.key(),
                            "let the keys delete objects, or images stay for ever");
                case ImageStoreProbe.Result.Altered altered ->
                    Finding.fail(IMAGES, where, "another object is read than was written: " + altered.key(), advice);
            };
        } catch (ImageStoreException failed) {
            return Finding.fail(IMAGES, where, Failures.inOneLine(failed), advice);
        }
    }
}

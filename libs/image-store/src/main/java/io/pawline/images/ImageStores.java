package io.pawline.images;

import java.time.Clock;
import java.util.Objects;

/** Opens the image store that the settings name. */
public final class ImageStores {

    private ImageStores() {}

    /**
     * Opens the store. The caller closes it if it is {@link AutoCloseable}, as Spring does with a bean.
     *
     * @throws ImageStoreException if a folder cannot be made; an S3 store is not called before it is used
     */
    public static ManagedImageStore open(ImageStoreProperties properties) {
        return switch (properties.kind()) {
            case FOLDER ->
                new FolderImageStore(
                        Objects.requireNonNull(properties.folder(), "folder"),
                        Objects.requireNonNull(properties.publicBaseUrl(), "publicBaseUrl"),
                        properties.urlExpiry(),
                        Clock.systemUTC());
            case S3 -> new S3ImageStore(properties.s3(), properties.publicBaseUrl());
        };
    }
}

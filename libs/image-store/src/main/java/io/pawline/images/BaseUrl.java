package io.pawline.images;

import java.net.URI;

/** A URL that a path is put behind, with one slash between. */
final class BaseUrl {

    private BaseUrl() {}

    static URI append(URI base, String path) {
        String text = base.toString();
        return URI.create(text.endsWith("/") ? text + path : text + "/" + path);
    }
}

package io.pawline.images;

import java.net.URI;

/** Appends a path to a URL with one slash between them. */
final class BaseUrl {

    private BaseUrl() {}

    static URI append(URI base, String path) {
        String text = base.toString();
        return URI.create(text.endsWith("/") ? text + path : text + "/" + path);
    }
}

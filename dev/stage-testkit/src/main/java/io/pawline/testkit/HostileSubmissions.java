package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Makes what ingest-service expects: tasks as JSON and as forms, batches, uploads and photos. */
public final class HostileSubmissions implements HostileBodies {

    private final byte[] photo;

    /** @param photo that forms upload */
    public HostileSubmissions(byte[] photo) {
        this.photo = photo.clone();
    }

    @Override
    public Body body(String path, String mark, Random random) {
        if (path.startsWith("/v1/uploads/")) {
            return new Body(photo.clone(), "image/png");
        }
        if (path.equals("/v1/uploads")) {
            return Body.json("{\"media_type\":\"image/png\",\"length\":%d,\"sha256\":\"%s\"}"
                    .formatted(photo.length, sha256(mark)));
        }
        String task = task(mark, random);
        if (path.endsWith("/batch") || path.endsWith("/batches")) {
            return Body.json("{\"tasks\":[" + task + ",{\"style\":5}," + task(mark, random) + "]}");
        }
        return switch (random.nextInt(4)) {
            case 0 -> new Body(form(mark, random), "multipart/form-data; boundary=" + BOUNDARY);
            case 1 -> Body.json("{\"callback_url\":\"http://127.0.0.1:1/\"}");
            default ->
                new Body(task.getBytes(UTF_8), random.nextInt(3) == 0 ? "application/ld+json" : "application/json");
        };
    }

    private static String task(String mark, Random random) {
        String photo = random.nextInt(8) == 0
                ? "\"upload_id\":\"0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f\""
                : "\"image_url\":\"https://photos.example/%s.jpg\"".formatted(mark);
        return """
                {%s,"style":"ink %s","client_ref":"%s","metadata":{"a":[1,2.5,null],"b":"%s"},"ttl":"5m","priority":"bulk"}""".formatted(photo, mark, mark, mark);
    }

    private byte[] form(String mark, Random random) {
        byte[] fields = "--%1$s\r\nContent-Disposition: form-data; name=\"style\"\r\n\r\nink %2$s\r\n"
                .concat("--%1$s\r\nContent-Disposition: form-data; name=\"client_ref\"\r\n\r\n%2$s, %2$s\r\n")
                .concat("--%1$s\r\nContent-Disposition: form-data; name=\"image\"; filename=\"cat.png\"\r\n\r\n")
                .formatted(BOUNDARY, mark)
                .getBytes(UTF_8);
        byte[] end = "\r\n--%s--\r\n".formatted(BOUNDARY).getBytes(UTF_8);
        byte[] image = photo.clone();
        if (random.nextBoolean()) {
            image[random.nextInt(image.length)] = (byte) random.nextInt();
        }
        return ByteBuffer.allocate(fields.length + image.length + end.length)
                .put(fields)
                .put(image)
                .put(end)
                .array();
    }

    /** The hash that an upload with this mark claims, as it is kept. */
    public static String sha256(String mark) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(mark.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}

package io.pawline.simulator;

import io.pawline.simulator.picture.PictureCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Simulates a matting service that speaks {@code pawline-matting}: the body of the request is the picture, and the body
 * of the answer is the cut-out. It behaves as the profile says of matting. Thread-safe.
 */
final class PawlineMatting {

    /** Of so many pictures the cut-out is kept, for a profile has few drawings, and cutting out takes time. */
    private static final int KEPT = 64;

    private final Workload workload;
    private final PictureRenderer pictureRenderer;
    private final Map<String, Optional<byte[]>> cutOuts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<byte[]>> eldest) {
            return size() > KEPT;
        }
    };

    PawlineMatting(Workload workload, PictureRenderer pictureRenderer) {
        this.workload = workload;
        this.pictureRenderer = pictureRenderer;
    }

    SimulatedReply handle(SimulatedCall simulatedCall) throws InterruptedException {
        byte[] picture = simulatedCall.body();
        String name = Hashes.sha256(picture);
        return cutOut(name, picture).isPresent()
                ? workload.perform(simulatedCall, new Cutting(name, picture))
                : workload.refuse(problem(422, "picture-not-an-image"));
    }

    private synchronized Optional<byte[]> cutOut(String name, byte[] picture) {
        return cutOuts.computeIfAbsent(name, _ -> pictureRenderer.cutOut(picture));
    }

    private static SimulatedReply.Answer problem(int status, String type) {
        byte[] body = SimulatedReply.JSON.writeValueAsBytes(Map.of("type", type, "status", status));
        Map<String, String> headers = status == 429 ? Map.of("Retry-After", "1") : Map.of();
        return new SimulatedReply.Answer(status, "http-" + status, "application/problem+json", body, headers);
    }

    private final class Cutting implements Workload.Job {

        private final String name;
        private final byte[] picture;

        Cutting(String name, byte[] picture) {
            this.name = name;
            this.picture = picture;
        }

        @Override
        public Workload.Subject subject() {
            return Workload.Subject.of(name, name);
        }

        @Override
        public SimulatedReply.Answer done() {
            return SimulatedReply.bytes("image/png", cutOut(name, picture).orElseThrow());
        }

        @Override
        public SimulatedReply.Answer failed(Fault fault) {
            return switch (fault.kind()) {
                case EMPTY_CUT_OUT ->
                    SimulatedReply.bytes(
                            "image/png",
                            pictureRenderer.nothing(PictureCodec.size(picture).orElseThrow()));
                default -> problem(fault.status(), fault.status() == 429 ? "too-many-pictures" : "internal-error");
            };
        }
    }
}

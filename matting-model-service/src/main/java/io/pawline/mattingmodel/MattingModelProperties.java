package io.pawline.mattingmodel;

import io.pawline.mattingmodel.cutout.Normalisation;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of matting-model-service: {@code pawline.matting-model.*}.
 *
 * @param path ONNX file of the model. It takes one picture as 1 x 3 x height x width floats, and its first output is the
 *     saliency. Without it, the u2netp that the build has packed into the service is taken.
 * @param inputSide Pixels of each side of what the model takes, 32 to 2048. It counts only if the file leaves them open.
 * @param mean What is subtracted from red, green and blue, which are 0 to 1.
 * @param deviation What the differences are divided by, each more than 0.
 * @param workers Pictures that are cut out at the same time, each on one processor. 0 is one for each processor.
 * @param maxWaiting Most pictures that wait for a worker, 0 or more. One more is refused with 429.
 * @param maxSize Most bytes of a picture as it comes, more than 0.
 * @param maxPixels Most pixels (width times height) of a picture, more than 0.
 * @param memoryShare Share of the heap that pictures may take, more than 0 and less than 1.
 */
@ConfigurationProperties("pawline.matting-model")
record MattingModelProperties(
        @Nullable Path path,
        @DefaultValue("320") int inputSide,
        @DefaultValue({"0.485", "0.456", "0.406"}) List<Double> mean,
        @DefaultValue({"0.229", "0.224", "0.225"}) List<Double> deviation,
        @DefaultValue("0") int workers,
        @DefaultValue("8") int maxWaiting,
        @DefaultValue("20MB") DataSize maxSize,
        @DefaultValue("16777216") long maxPixels,
        @DefaultValue("0.6") double memoryShare) {

    MattingModelProperties {
        path = path == null || path.toString().isBlank() ? null : path;
        require(inputSide >= 32 && inputSide <= 2048, "input-side", "32 to 2048", inputSide);
        require(workers >= 0 && workers <= 1024, "workers", "0 to 1024", workers);
        require(maxWaiting >= 0 && maxWaiting <= 100_000, "max-waiting", "0 to 100000", maxWaiting);
        require(
                maxSize.toBytes() >= 1 && maxSize.toBytes() <= Integer.MAX_VALUE / 2,
                "max-size",
                "> 0 and < 1 GB",
                maxSize);
        require(maxPixels >= 1 && maxPixels <= 100_000_000, "max-pixels", "1 to 100000000", maxPixels);
        require(memoryShare > 0 && memoryShare < 1, "memory-share", "> 0 and < 1", memoryShare);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        normalisation(mean, deviation);
    }

    Normalisation normalisation() {
        return normalisation(mean, deviation);
    }

    /** The number of workers on this machine. */
    int workersHere() {
        return workers > 0 ? workers : Runtime.getRuntime().availableProcessors();
    }

    private static Normalisation normalisation(List<Double> mean, List<Double> deviation) {
        try {
            return new Normalisation(mean, deviation);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("pawline.matting-model." + wrong.getMessage(), wrong);
        }
    }

    private static void require(boolean holds, String name, String bounds, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "pawline.matting-model.%s must be %s, was %s".formatted(name, bounds, value));
        }
    }
}

package io.pawline.mattingmodel.cutout;

import java.util.List;

/**
 * Says how colours become what a model takes: each channel, 0 to 1, less its mean, divided by its deviation.
 *
 * @param means of red, green, blue
 * @param deviations of red, green, blue, more than 0
 */
public record Normalisation(List<Double> means, List<Double> deviations) {

    public Normalisation {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
        if (means.size() != 3) {
            throw new IllegalArgumentException("mean must be three numbers, was " + means);
        }
        if (deviations.size() != 3 || deviations.stream().anyMatch(deviation -> !(deviation > 0))) {
            throw new IllegalArgumentException("deviation must be three numbers > 0, was " + deviations);
        }
    }

    /** Turns a sample of a channel, 0 to 255, into what the model takes. */
    float apply(int channel, float sample) {
        return (float) ((sample / 255 - means.get(channel)) / deviations.get(channel));
    }
}

package io.pawline.images.label;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the labels that say that a machine made a picture: {@code pawline.label.*}.
 *
 * @param implicit Whether the pictures say in their metadata that a machine made them. Laws of China and of the European
 *     Union ask for it.
 * @param producer Name or code of whoever runs the service that makes the pictures, 1 to 200 characters.
 * @param propagator Name or code of whoever publishes them; empty if it is the same.
 * @param explicit The words on each picture.
 * @param tenants Other values for single tenants: {@code pawline.label.tenants.<tenant>.producer}, {@code .propagator},
 *     {@code .implicit}, and {@code .explicit.*}.
 */
@ConfigurationProperties("pawline.label")
public record LabelProperties(
        @DefaultValue("true") boolean implicit,
        @DefaultValue("Pawline") String producer,
        @DefaultValue("") String propagator,
        @DefaultValue @NestedConfigurationProperty VisibleLabelProperties explicit,
        @DefaultValue Map<String, Tenant> tenants) {

    private static final int LONGEST = 200;

    /** The label of all tenants, without exceptions. */
    public static final LabelProperties DEFAULTS =
            new LabelProperties(true, "Pawline", "", VisibleLabelProperties.DEFAULTS, Map.of());

    public LabelProperties {
        check("producer", producer, 1);
        check("propagator", propagator, 0);
        explicit.check("pawline.label.explicit");
        tenants = Map.copyOf(tenants);
        tenants.forEach((name, tenant) -> {
            if (tenant.producer != null) {
                check("tenants." + name + ".producer", tenant.producer, 1);
            }
            if (tenant.propagator != null) {
                check("tenants." + name + ".propagator", tenant.propagator, 0);
            }
            if (tenant.explicit != null) {
                tenant.explicit.over(explicit).check("pawline.label.tenants." + name + ".explicit");
            }
        });
    }

    /**
     * Holds what is different for one tenant; null where it is as for all.
     *
     * @param implicit whether its pictures are labelled in their metadata
     * @param producer who makes its pictures
     * @param propagator who publishes them
     * @param explicit the words on its pictures
     */
    public record Tenant(
            @Nullable Boolean implicit,
            @Nullable String producer,
            @Nullable String propagator,
            VisibleLabelProperties.@Nullable Tenant explicit) {}

    boolean implicitFor(String tenant) {
        Tenant own = tenants.get(tenant);
        return (own == null || own.implicit == null) ? implicit : own.implicit;
    }

    String producerFor(String tenant) {
        Tenant own = tenants.get(tenant);
        return (own == null || own.producer == null) ? producer : own.producer;
    }

    /** Who publishes the tenant's pictures; the producer if nobody else is set. */
    String propagatorFor(String tenant) {
        Tenant own = tenants.get(tenant);
        String other = (own == null || own.propagator == null) ? propagator : own.propagator;
        return other.isEmpty() ? producerFor(tenant) : other;
    }

    /** The words on the tenant's pictures. */
    VisibleLabelProperties explicitFor(String tenant) {
        Tenant own = tenants.get(tenant);
        return (own == null || own.explicit == null) ? explicit : own.explicit.over(explicit);
    }

    private static void check(String name, String value, int shortest) {
        boolean printable = value.codePoints().noneMatch(Character::isISOControl);
        if (!printable || !value.equals(value.strip()) || value.length() < shortest || value.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "pawline.label.%s must have %d to %d characters, without control characters and spaces at its ends"
                            .formatted(name, shortest, LONGEST));
        }
    }
}

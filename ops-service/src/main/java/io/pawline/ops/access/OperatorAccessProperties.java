package io.pawline.ops.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Says who may use ops-service, by settings of {@code pawline.ops.*}.
 *
 * @param openAccess whether whoever reaches the port may look and act without a key; for development, and behind a
 *     proxy that asks who it is
 * @param tenant whose API keys are taken: that of the people who run Pawline. They look at the work of all tenants, so
 *     a front end should have keys of another
 */
@ConfigurationProperties("pawline.ops")
record OperatorAccessProperties(
        @DefaultValue("false") boolean openAccess,
        @DefaultValue("default") String tenant) {

    OperatorAccessProperties {
        if (tenant.isBlank()) {
            throw new IllegalArgumentException("pawline.ops.tenant must not be empty");
        }
    }
}

package io.pawline.ops.audit;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What ops-service notes by itself: {@code pawline.ops.audit.*}.
 *
 * @param deployment what runs now, such as a version and a hash of its settings; when it changes, the audit gets an
 *     entry, and the curves of the console and the report get a mark; empty: deployments are not noted
 */
@ConfigurationProperties("pawline.ops.audit")
record AuditProperties(@Nullable String deployment) {}

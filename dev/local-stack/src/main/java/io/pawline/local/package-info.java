/**
 * The whole system on one machine: what the services need ({@link io.pawline.local.LocalStack}), the services
 * themselves ({@link io.pawline.local.LocalServices}), and the commands of {@code ./pawline} that run them.
 */
@NullMarked
package io.pawline.local;

import org.jspecify.annotations.NullMarked;

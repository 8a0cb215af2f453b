/**
 * Says who calls, what this client may do, and how much of it: API keys, scopes and quotas.
 * A request gets its {@link io.pawline.ingest.access.ApiClient} here before anything of its body is read.
 */
@NullMarked
package io.pawline.ingest.access;

import org.jspecify.annotations.NullMarked;

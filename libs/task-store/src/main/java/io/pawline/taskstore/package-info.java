/**
 * Keeps tasks in PostgreSQL: the migrations, the records, and the classes that read and write them. {@link
 * io.pawline.taskstore.TaskDatabase} is the way to the database for all of them.
 *
 * <ul>
 *   <li>A task comes in: {@code SubmissionStore}, {@code SubmissionBatch}, {@code Outbox}.
 *   <li>It is worked on and ends: {@code TaskDao}, {@code ProgressDao}, {@code Cancellations},
 *       {@code GenerationOpener}.
 *   <li>It is shown and delivered: {@code TaskListing}, {@code TaskVersions}, {@code UndeliveredCallbacks},
 *       {@code CallbackAttempts}.
 *   <li>API keys are in the same database: {@code ApiKeys}, {@code KeyRing}.
 *   <li>So are the versions of each tenant's webhook secret: {@code WebhookSecretDao}, {@code WebhookSecretCache}.
 * </ul>
 */
@NullMarked
package io.pawline.taskstore;

import org.jspecify.annotations.NullMarked;

/** The task table in PostgreSQL: its migrations, its records, and the objects that read and write it. */
@NullMarked
package io.pawline.taskstore;

import org.jspecify.annotations.NullMarked;

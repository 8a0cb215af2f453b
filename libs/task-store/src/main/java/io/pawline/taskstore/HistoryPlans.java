package io.pawline.taskstore;

import org.jdbi.v3.core.Handle;

/**
 * Has the server plan the statements of a transaction by the rows that they read. It is for statements over tables that
 * hold the history, where each has an index that leads straight to its rows.
 *
 * <p>The server's own estimates mislead it there. It takes rows of a kind to be spread evenly over the history, and
 * reading a table in its order to be nearly free. So it walks the newest tasks of all tenants to find those of one that
 * has not submitted for months. Without a cost for pages, the index that fits most conditions is the cheapest.
 */
public final class HistoryPlans {

    // Values of parameters decide which index fits, so no plan is kept for all values.
    private static final String SETTINGS = """
            set local seq_page_cost = 0; set local random_page_cost = 0; set local enable_seqscan = off;
            set local plan_cache_mode = force_custom_plan; set local jit = off
            """;

    private HistoryPlans() {}

    /** Sets it for the rest of the transaction of this handle. */
    public static void use(Handle handle) {
        handle.execute(SETTINGS);
    }
}

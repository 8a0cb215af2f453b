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

    /** One statement, which a connection prepares once: five that set one thing each are parsed each time. */
    private static final String SETTINGS = "select set_config('seq_page_cost', '0', true),"
            + " set_config('random_page_cost', '0', true), set_config('enable_seqscan', 'off', true),"
            + " set_config('jit', 'off', true), set_config('plan_cache_mode', '%s', true)";

    private static final String OF_VALUES = SETTINGS.formatted("force_custom_plan");
    private static final String KEPT = SETTINGS.formatted("force_generic_plan");

    private HistoryPlans() {}

    /** Sets it for the rest of the transaction of this handle. Each statement is planned anew, by its values. */
    public static void use(Handle handle) {
        set(handle, OF_VALUES);
    }

    /**
     * Sets it for the rest of the transaction of this handle, for statements that one index serves best whatever their
     * values are. Each is planned once for a connection: to plan a list takes ten times as long as to read it.
     */
    public static void useKept(Handle handle) {
        set(handle, KEPT);
    }

    private static void set(Handle handle, String settings) {
        handle.createQuery(settings).mapTo(String.class).one();
    }

    /**
     * Sets for the rest of the transaction of this handle that nothing is sorted that an index has in the order that is
     * asked for. It is for statements over the tasks that run. The statistics may be of a time when none did: then all
     * indexes of running tasks seem to be empty and equally good, and with a wrong one a submission reads all that run.
     */
    static void useOrderOfIndex(Handle handle) {
        handle.execute("set local enable_sort = off");
    }
}

package io.pawline.taskstore;

import java.util.Locale;

/** Lists how far the callback of a final state can have come. */
public enum DeliveryState {
    /** No attempt has failed yet, and the task has ended only now. */
    PENDING,
    /** The receiver has accepted it. */
    DELIVERED,
    /** An attempt has failed, or it has waited longer than {@link Delivery#PENDING_TIME}. */
    UNDELIVERED;

    /** The name of the state in the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}

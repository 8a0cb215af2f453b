package io.pawline.stage.spring;

import io.pawline.stage.MemoryBudget;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the memory that tasks may hold: {@code pawline.memory.*}.
 *
 * @param share Share of the heap that the pictures of all tasks at work may take, between 0 and 1. A task waits while
 *     others hold too much. Records that wait may take a quarter as much more.
 */
@ConfigurationProperties("pawline.memory")
public record MemoryProperties(@DefaultValue("0.5") double share) {

    public MemoryProperties {
        MemoryBudget.ofHeap(share);
    }

    /** Bytes that the records of the work topic may take, and retries as many. */
    long bytesOfRecords() {
        return Math.max(1, (long) (share / 8 * Runtime.getRuntime().maxMemory()));
    }
}

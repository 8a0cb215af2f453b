package io.pawline.ops.live;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds the memory of the live count's stores, all of this process together. A store has a database for each span of its
 * time and each partition, and each would take up to 100 MiB. Thread-safe.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {

    private static final long MEBIBYTE = 1024 * 1024;

    /** What is read, what is written, and the indexes of both. */
    private static final long MEMORY = 48 * MEBIBYTE;

    private static final long TO_WRITE = 24 * MEBIBYTE;
    private static final long BUFFER = 4 * MEBIBYTE;

    // Of the process, and never closed: databases that are open use them
    private static final Cache CACHE = new LRUCache(MEMORY, -1, false, 0.1);
    private static final WriteBufferManager BUFFERS = new WriteBufferManager(TO_WRITE, CACHE);

    @Override
    public void setConfig(String store, Options options, Map<String, Object> settings) {
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
            table.setBlockCache(CACHE);
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinTopLevelIndexAndFilter(true);
            options.setTableFormatConfig(table);
        }
        options.setWriteBufferManager(BUFFERS);
        options.setWriteBufferSize(BUFFER);
        options.setMaxWriteBufferNumber(2);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    @Override
    public void close(String store, Options options) {
        // What all stores share stays open
    }
}

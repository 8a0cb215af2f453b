package io.pawline.ops.live;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the results of the live count into their tables. */
public final class LiveListener {

    private static final Logger log = LoggerFactory.getLogger(LiveListener.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final LiveStore store;

    public LiveListener(LiveStore store) {
        this.store = store;
    }

    @KafkaListener(
            id = "live",
            groupId = "#{T(io.pawline.schemas.Topics).LIVE_TABLES_GROUP}",
            topics = "#{T(io.pawline.schemas.Topics).LIVE}",
            batch = "true",
            properties = {
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "fetch.max.wait.ms=200"
            })
    public void keep(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, LiveUpdate> newest = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                LiveUpdate update = JSON.readValue(record.value(), LiveUpdate.class);
                newest.put(update.key(), update);
            } catch (JacksonException | IllegalArgumentException noUpdate) {
                log.warn("no result of a count in {} at {}", record.topic(), record.offset());
            }
        }
        Collection<LiveUpdate> updates = newest.values();
        store.keep(updates);
    }
}

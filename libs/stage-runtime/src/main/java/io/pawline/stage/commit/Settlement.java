package io.pawline.stage.commit;

import io.pawline.events.CallAttempt;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Says what is published for one attempt, in one transaction with the record's completion.
 *
 * @param calls the attempt's outside calls, should the result have to be dropped
 * @param last whether the record has left the stage, not to be tried again
 */
public record Settlement(List<ProducerRecord<byte[], byte[]>> records, List<CallAttempt> calls, boolean last) {

    /** Publishes these records and is done with the task in this stage. */
    public static Settlement last(List<ProducerRecord<byte[], byte[]>> records) {
        return new Settlement(records, List.of(), true);
    }

    /** Publishes this record, which will be back. */
    public static Settlement again(ProducerRecord<byte[], byte[]> record) {
        return new Settlement(List.of(record), List.of(), false);
    }

    public Settlement after(List<CallAttempt> made) {
        return new Settlement(records, List.copyOf(made), last);
    }
}

package io.pawline.stage;

import org.apache.kafka.clients.consumer.GroupProtocol;

/** Runs the tests under the group protocol in which the broker divides the partitions (KIP-848). */
class ConsumerRebalanceIT extends RebalanceIT {

    ConsumerRebalanceIT() {
        super(GroupProtocol.CONSUMER);
    }
}

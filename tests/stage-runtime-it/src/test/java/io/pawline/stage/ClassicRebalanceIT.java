package io.pawline.stage;

import org.apache.kafka.clients.consumer.GroupProtocol;

/** Runs the tests under the group protocol in which the members divide the partitions (KIP-429). */
class ClassicRebalanceIT extends RebalanceIT {

    ClassicRebalanceIT() {
        super(GroupProtocol.CLASSIC);
    }
}

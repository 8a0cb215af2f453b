package io.pawline.ops.live;

import io.pawline.schemas.Stage;
import io.pawline.service.Certificates;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Answers the questions of the alerts by what Kafka and this process know. Thread-safe. */
record KafkaProcesses(StageMembers stages, ReaderDelays readers, KafkaDisks disks, Certificates certificates)
        implements Alerts.LiveProcesses {

    @Override
    public Optional<Map<Stage, Set<String>>> members() {
        return stages.now();
    }

    @Override
    public Map<String, Duration> delays() {
        return readers.all();
    }

    @Override
    public Optional<KafkaDisks.Disk> fullestDisk() {
        return disks.fullest();
    }

    @Override
    public Optional<Certificates.Ending> firstCertificateToEnd() {
        return certificates.first();
    }
}

package io.pawline.benchmarks;

import java.util.List;

/** Lists the rows of the runtime benchmark, in the order in which they are measured. */
final class RuntimeRows {

    static final List<BenchmarkRow> ALL = List.of(
            new BenchmarkRow("in_flight", "2,000 in one process with a heap of 512 MB", InFlightRow::inFlight),
            new BenchmarkRow("records_per_s", ">= 10,000, of one partition and of four", SpeedRows::recordsPerSecond),
            new BenchmarkRow("hop_ms", "p50 <= 25 ms, p99 <= 100 ms", SpeedRows::hop),
            new BenchmarkRow(
                    "kills",
                    "nothing lost, nothing duplicated, no more repeated than was in flight or not committed"
                            + " (<= 4 of a kill on average), work resumes within 5 s",
                    KillRows::kills),
            new BenchmarkRow("sigterm", "nothing lost, nothing repeated", KillRows::sigterm),
            new BenchmarkRow(
                    "capacity_halves",
                    "new level within 10 s, 90 % of the provider used, time-outs below 5 %",
                    ProviderRows::capacityHalves),
            new BenchmarkRow("plain_failures", "limit not reduced, calls by tasks <= 1.6", ProviderRows::plainFailures),
            new BenchmarkRow("outage", "goodput 95 % again within twice the outage", ProviderRows::outage),
            new BenchmarkRow("outage_control", "does not recover", ProviderRows::outageControl),
            new BenchmarkRow(
                    "hedges", "p99 <= 2 x p50 with <= 2 % more calls, while 2 % of the calls hang", HedgeRow::hedges),
            new BenchmarkRow(
                    "receivers",
                    "the good receivers' p99 at most 1.2 times what it is without the one that hangs",
                    ReceiverRow::receivers),
            new BenchmarkRow(
                    "outcomes_while_receiver_fails",
                    "all say success, each within 1 s of its last stage",
                    OutcomesRow::outcomes),
            new BenchmarkRow("hostile", "no session ended, no call repeated, every task key ends", HostileRow::hostile),
            new BenchmarkRow("large_photos", "no death, >= 16 in flight, all tasks done", LargePhotosRow::photos),
            new BenchmarkRow("large_pictures", "no death, all tasks succeed", LargePicturesRow::pictures),
            new BenchmarkRow(
                    "held_retries", "<= 300 MB of a heap of 384 MB, each tried when due", HeldRetriesRow::held));

    private RuntimeRows() {}
}

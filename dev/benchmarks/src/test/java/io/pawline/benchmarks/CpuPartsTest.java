package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuPartsTest {

    @ParameterizedTest
    @CsvSource({
        "io.pawline.images.FolderImageStore, io.pawline.finalize.FinalizeHandler, image store",
        "io.pawline.images.label.PngText, io.pawline.matting.MattingHandler, pictures: label",
        "io.airlift.compress.v3.deflate.DeflateDecompressor, io.pawline.finalize.PngCodec, pictures: check and reduce",
        "okhttp3.internal.http1.Http1ExchangeCodec, io.pawline.outbound.visual.VisualClient, outbound HTTP: visual API",
        "org.postgresql.core.v3.QueryExecutorImpl, io.pawline.ingest.submit.TaskSubmit, task store",
        "tools.jackson.core.json.JsonParser, org.eclipse.jetty.server.Server, HTTP in",
        "org.apache.kafka.common.record.MemoryRecords, kafka.server.KafkaApis, 'Kafka broker, schema registry'",
        "org.apache.kafka.common.record.MemoryRecords, org.apache.kafka.streams.KafkaStreams, ops-service",
        "java.net.Socket, io.pawline.simulator.HttpEndpoint, simulator and load"
    })
    void knowsAPartByTheFramesOfAStack(String leaf, String caller, String part) {
        List<String> stack = List.of("java.util.HashMap", leaf, caller, "io.pawline.stage.session.TaskExecution");

        assertThat(CpuParts.of("finalize-task-7", stack)).isEqualTo(part);
    }

    @ParameterizedTest
    @CsvSource({
        "detect-task-12, stage: detect",
        "callback-commit, stage: callback",
        "kafka-producer-network-thread | pawline.matting-local, stage: matting",
        "kafka-producer-network-thread | pawline.matting-local-ledger, ledger",
        "kafka-producer-network-thread | pawline.relay, Kafka clients of no stage"
    })
    void knowsAStageByTheNameOfItsThread(String thread, String part) {
        List<String> stack = List.of("java.nio.ByteBuffer", "org.apache.kafka.clients.NetworkClient");

        assertThat(CpuParts.of(thread, stack)).isEqualTo(part);
    }

    @Test
    void countsTheEventLoopsOfTheLoadToTheLoad() {
        assertThat(CpuParts.of("front-end-1-1", List.of("io.netty.channel.nio.NioIoHandler")))
                .isEqualTo(CpuParts.LOAD);
    }

    @Test
    void countsWhatItDoesNotKnowToTheRest() {
        assertThat(CpuParts.of("ForkJoinPool-1-worker-1", List.of("java.lang.VirtualThread")))
                .isEqualTo(CpuParts.REST);
        assertThat(CpuParts.of("", List.of())).isEqualTo(CpuParts.REST);
    }
}

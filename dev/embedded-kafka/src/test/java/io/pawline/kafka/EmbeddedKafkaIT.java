package io.pawline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedKafkaIT {

    @Test
    void keepsItsRecordsFromOneStartToTheNext(@TempDir Path folder) throws Exception {
        byte[] written = "kept".getBytes(StandardCharsets.UTF_8);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, Map.of())) {
            try (Admin admin = Admin.create(client(kafka))) {
                admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            try (var producer =
                    new KafkaProducer<>(client(kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("topic", written)).get(30, TimeUnit.SECONDS);
            }
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, Map.of());
                var consumer =
                        new KafkaConsumer<>(client(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("topic", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.poll(Duration.ofSeconds(30)))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo(written));
        }
    }

    @Test
    void namesThePortThatAnotherProgramHas(@TempDir Path folder) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, other.getLocalPort(), Map.of()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + other.getLocalPort());
        }
    }

    @Test
    void nobodyTakesItsPortsBeforeItListens() throws Exception {
        int unused;
        try (ReservedPorts ports = new ReservedPorts()) {
            unused = ports.reserve(0);
            int port = ports.reserve(0);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            assertThatThrownBy(() -> new ServerSocket(port, 1, address.getAddress()).close())
                    .isInstanceOf(BindException.class);
            ServerSocketChannel socket = ports.openServerSocket("CLIENT", address, 50, 100_000);
            assertThat(socket.getLocalAddress()).isEqualTo(address);
            assertThat(socket.isBlocking()).isFalse();
            socket.close();
        }
        listenOn(unused);
    }

    /** Kafka's own node would end this process, or never end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void saysThatItDoesNotStartAndLeavesNothing(boolean ofBroker, @TempDir Path folder) throws Exception {
        EmbeddedKafka.start(folder, 0, Map.of()).close();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ReservedPorts ports = new ReservedPorts()) {
            int taken = other.getLocalPort();
            int free = ports.reserve(0);
            Properties node =
                    EmbeddedKafka.singleNode(folder, ofBroker ? taken : free, ofBroker ? free : taken, Map.of());
            assertThatThrownBy(() -> KafkaNode.start(node, true, ports))
                    .hasStackTraceContaining("Address already in use");
        }
        EmbeddedKafka.start(folder, 0, Map.of()).close();
    }

    private static void listenOn(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
    }

    private static Map<String, Object> client(EmbeddedKafka kafka) {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }
}

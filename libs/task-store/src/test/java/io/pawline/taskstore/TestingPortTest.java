package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestingPortTest {

    @Test
    void aKeptPortIsNotGivenUntilItIsLetGo() {
        TestingPort kept = TestingPort.any();
        assertKept(kept.number());
        kept.close();

        try (TestingPort again = TestingPort.first(IntStream.of(kept.number()))) {
            assertThat(again.number()).isEqualTo(kept.number());
        }
    }

    @Test
    void aPortThatAnotherProcessKeepsIsNotGiven() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Keeper.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int port;
        try (BufferedReader said = other.inputReader()) {
            port = Integer.parseInt(said.readLine());
            assertKept(port);
        } finally {
            other.destroyForcibly().waitFor();
        }
        TestingPort.first(IntStream.of(port)).close();
    }

    /** Keeps a port, says which, and ends when it is killed. */
    static final class Keeper {

        private Keeper() {}

        static void main() throws InterruptedException {
            System.out.println(TestingPort.any().number());
            Thread.currentThread().join();
        }
    }

    @Test
    void aPortThatSomebodyListensOnIsNotGiven() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertKept(listening.getLocalPort());
        }
    }

    private static void assertKept(int port) {
        assertThatIllegalStateException().isThrownBy(() -> TestingPort.first(IntStream.of(port)));
    }
}

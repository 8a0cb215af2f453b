package io.pawline.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void everyCauseIsNamedOnce() {
        IOException timeout = new SocketTimeoutException("timeout");
        timeout.initCause(new SocketException("Socket closed\nin a line below"));

        assertThat(Failures.inOneLine(new IllegalStateException("a task was not accepted", timeout)))
                .isEqualTo("a task was not accepted: timeout: Socket closed");
        assertThat(Failures.inOneLine(new IllegalStateException(timeout)))
                .isEqualTo("java.net.SocketTimeoutException: timeout: Socket closed");
    }

    @Test
    void aFailureWithoutWordsIsNamed() {
        assertThat(Failures.inOneLine(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}

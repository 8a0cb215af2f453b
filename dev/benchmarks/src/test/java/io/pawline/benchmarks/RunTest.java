package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class RunTest {

    @Test
    void endsWhenEveryTaskOfItIsCalledBackWhicheverIsKnownFirst() throws InterruptedException {
        Run run = new Run(2);
        run.submitted("one", 1);
        run.calledBack("one", "success");
        run.calledBack("two", "success");
        run.submitted("two", 2);

        run.await();

        assertThat(run.strangers()).isZero();
    }

    @Test
    void countsNeitherACallbackThatIsRepeatedNorOneOfAnotherRun() throws InterruptedException {
        Run run = new Run(1);
        run.calledBack("another", "success");
        run.submitted("one", 1);
        run.calledBack("one", "success");
        run.calledBack("one", "failed");

        run.await();

        assertThat(run.strangers()).isEqualTo(1);
    }

    @Test
    void failsWhenATaskDidNotSucceed() {
        Run run = new Run(1);
        run.submitted("one", 1);
        run.calledBack("one", "failed");

        assertThatIllegalStateException().isThrownBy(run::await).withMessage("1 of 1 tasks did not succeed");
    }
}

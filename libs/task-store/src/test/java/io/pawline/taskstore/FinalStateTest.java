package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;

class FinalStateTest {

    @Property
    void tellsTheWordsOfAProviderToOperatorsOnly(
            @ForAll Reason reason,
            @ForAll Stage stage,
            @ForAll @AlphaChars @StringLength(min = 12, max = 40) String words) {
        FinalState.Failure failure = new FinalState.Failure(NOW, TaskState.FAILED, reason, stage, words);

        assertThat(failure.message()).isEqualTo(reason.detailsAreOfThePhoto() ? words : reason.message());
        assertThat(failure.explanation()).isEqualTo(words);
    }

    /** Every message of a failure that no other submission would meet is said by Pawline itself. */
    @Property
    void tellsNobodyHowTheOperatorStandsWithAProvider(@ForAll Reason reason) {
        String message = new FinalState.Failure(NOW, TaskState.FAILED, reason, null, null).message();

        assertThat(message).isNotBlank();
        if (reason.scope() == Reason.Scope.ACCOUNT) {
            assertThat(message).doesNotContainIgnoringCase("account", "key", "overdue", "quota", "clock", "configured");
        }
    }
}

package io.pawline.testkit;

import io.pawline.schemas.CallReport;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Records the outside calls that a handler under test makes. */
public final class TestingAttempts {

    /** Is what {@link Attempt#requestId} returns. */
    public static final String REQUEST_ID = "our-name-for-the-call";

    private final List<CallReport> reports = new ArrayList<>();
    private final int place;

    /** Makes every call to the first provider. */
    public TestingAttempts() {
        this(0);
    }

    /** @param place of the provider to which every call is made */
    public TestingAttempts(int place) {
        this.place = place;
    }

    /** Makes an attempt whose calls are made, and recorded here. */
    public Attempt attempt(TaskId task, int number, Instant deadline) {
        return new Attempt(task, REQUEST_ID, number, deadline, new Attempt.Calls() {
            @Override
            public <T> T make(ProviderCall<T> call) throws InterruptedException {
                OutsideCall.Answer<T> answer = call.make(place);
                reports.add(answer.report());
                return answer.value();
            }
        });
    }

    /** Returns what came of the calls made so far. */
    public List<CallReport> reports() {
        return List.copyOf(reports);
    }
}

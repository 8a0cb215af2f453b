package io.pawline.e2e;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.joining;

import io.pawline.schemas.Reason;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ReasonReferenceTest {

    @Test
    void theReferenceListsEveryReason() {
        new GeneratedSection("docs/frontend/reasons.md", "reasons")
                .shouldBe(GeneratedSection.header("Code", "Number", "Kind", "Scope", "Meaning")
                        + Arrays.stream(Reason.values())
                                .sorted(comparingInt(Reason::number))
                                .map(ReasonReferenceTest::row)
                                .collect(joining()));
    }

    private static String row(Reason reason) {
        return GeneratedSection.row(
                "`" + reason.code() + "`",
                String.valueOf(reason.number()),
                reason.kind().name().toLowerCase(Locale.ROOT),
                reason.scope().name().toLowerCase(Locale.ROOT),
                reason.description());
    }
}

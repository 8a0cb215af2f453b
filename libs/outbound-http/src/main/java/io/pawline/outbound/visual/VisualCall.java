package io.pawline.outbound.visual;

import io.pawline.schemas.CallReport;
import java.util.Objects;

/**
 * Says what came of one call to a matting provider.
 *
 * @param report for the ledger, and for the provider's limit and breaker
 */
public record VisualCall(VisualAnswer answer, CallReport report) {
    public VisualCall {
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(report, "report");
    }
}

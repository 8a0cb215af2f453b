package io.pawline.ops.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.controls.TenantWeight;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows what people did to dead letters and to running processes: {@code /v1/audit}. */
@RestController
final class AuditController {

    private static final int AUDITED = 1_000;

    private final Audit audit;

    AuditController(Audit audit) {
        this.audit = audit;
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AuditView(
            Instant at,
            String by,
            String action,
            String why,
            @JsonRawValue @Nullable String filter,
            int letters,
            @JsonRawValue @Nullable String outcome,
            @Nullable UUID replayId,
            @Nullable Long letterId,
            @JsonRawValue @Nullable String patch,
            @Nullable String subject,
            @Nullable Integer limit,
            @Nullable BigDecimal weight,
            @Nullable Instant until) {
        static AuditView of(Audit.Audited audited) {
            Audit.Entry entry = audited.entry();
            Audit.ControlEntry control = audited.control();
            Integer number = control == null ? null : control.limit();
            boolean ofWeight = control != null && control.subject().startsWith("weight:");
            return new AuditView(
                    entry.at(),
                    entry.who(),
                    entry.action(),
                    entry.why(),
                    entry.filter(),
                    entry.deadLetters(),
                    audited.outcome(),
                    entry.replay(),
                    entry.deadLetter(),
                    entry.patch(),
                    control == null ? null : control.subject(),
                    ofWeight ? null : number,
                    ofWeight && number != null ? new BigDecimal(TenantWeight.text(number)) : null,
                    control == null ? null : control.until());
        }
    }

    record AuditPage(List<AuditView> audit) {}

    /** Lists the newest actions first. */
    @GetMapping("/v1/audit")
    AuditPage audit() {
        return new AuditPage(audit.newest(AUDITED).stream().map(AuditView::of).toList());
    }
}

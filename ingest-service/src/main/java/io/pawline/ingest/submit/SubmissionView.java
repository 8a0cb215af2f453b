package io.pawline.ingest.submit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Answers a submission as JSON. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record SubmissionView(
        String taskId, URI statusUrl, @Nullable Boolean collapsed) {

    /** @param publicBaseUrl the address of this service; null: the address of the request */
    static SubmissionView of(SubmittedTask submittedTask, @Nullable URI publicBaseUrl) {
        String base = publicBaseUrl == null
                ? ServletUriComponentsBuilder.fromCurrentContextPath().toUriString()
                : publicBaseUrl.toString();
        URI status = URI.create((base.endsWith("/") ? base : base + "/") + "v1/tasks/" + submittedTask.task());
        return new SubmissionView(submittedTask.task().toString(), status, submittedTask.collapsed() ? true : null);
    }
}

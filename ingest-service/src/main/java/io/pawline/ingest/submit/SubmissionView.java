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
        URI status = url("v1/tasks/" + submittedTask.task(), publicBaseUrl);
        return new SubmissionView(submittedTask.task().toString(), status, submittedTask.collapsed() ? true : null);
    }

    /**
     * The absolute address of a path of this service.
     *
     * @param publicBaseUrl the address of this service; null: the address of the request
     */
    static URI url(String path, @Nullable URI publicBaseUrl) {
        String base = publicBaseUrl == null
                ? ServletUriComponentsBuilder.fromCurrentContextPath().toUriString()
                : publicBaseUrl.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + path);
    }
}

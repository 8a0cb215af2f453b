package io.pawline.ingest.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ingest.accept.Receipt;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** What a submission is answered. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Accepted(String taskId, URI statusUrl, @Nullable Boolean collapsed) {

    /** @param publicBaseUrl where this service is reached; null: as the request has it */
    static Accepted of(Receipt receipt, @Nullable URI publicBaseUrl) {
        String base = publicBaseUrl == null
                ? ServletUriComponentsBuilder.fromCurrentContextPath().toUriString()
                : publicBaseUrl.toString();
        URI status = URI.create((base.endsWith("/") ? base : base + "/") + "v1/tasks/" + receipt.task());
        return new Accepted(receipt.task().toString(), status, receipt.collapsed() ? true : null);
    }
}

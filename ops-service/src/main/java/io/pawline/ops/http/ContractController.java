package io.pawline.ops.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code /v1/openapi.json} and {@code .yaml}: the contract, as it is written in ops-openapi.yaml. */
@RestController
final class ContractController {

    // Its name is not ingest-service's, because both may run in one JVM.
    private static final String DOCUMENT = "/ops-openapi.yaml";

    private final byte[] yaml = read();
    private final byte[] json =
            JsonMapper.shared().writeValueAsBytes(YAMLMapper.shared().readTree(yaml));

    @GetMapping("/v1/openapi.json")
    ResponseEntity<byte[]> json() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
    }

    @GetMapping("/v1/openapi.yaml")
    ResponseEntity<byte[]> yaml() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(yaml);
    }

    private static byte[] read() {
        try (InputStream contract =
                Objects.requireNonNull(ContractController.class.getResourceAsStream(DOCUMENT), DOCUMENT)) {
            return contract.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(DOCUMENT + " cannot be read", e);
        }
    }
}

package io.pawline.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Serves {@code /v1/openapi.json} and {@code .yaml}: the OpenAPI document of a service as it is written. Thread-safe.
 */
@RestController
public final class ContractController {

    private final byte[] yaml;
    private final byte[] json;

    /**
     * Reads one document.
     *
     * @param document the name of the document on the class path, such as {@code /openapi.yaml}; each service has a
     *     name of its own, because several may run in one JVM
     * @throws IllegalStateException if the document cannot be read
     */
    public ContractController(String document) {
        this.yaml = read(document);
        this.json = JsonMapper.shared().writeValueAsBytes(YAMLMapper.shared().readTree(yaml));
    }

    @GetMapping("/v1/openapi.json")
    ResponseEntity<byte[]> json() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
    }

    @GetMapping("/v1/openapi.yaml")
    ResponseEntity<byte[]> yaml() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(yaml);
    }

    private static byte[] read(String document) {
        try (InputStream contract =
                Objects.requireNonNull(ContractController.class.getResourceAsStream(document), document)) {
            return contract.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(document + " cannot be read", e);
        }
    }
}

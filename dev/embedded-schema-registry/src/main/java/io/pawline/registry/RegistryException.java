package io.pawline.registry;

import java.io.Serial;

/** Refuses a request with the status, the code and the words of Confluent's registry. */
final class RegistryException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final int code;

    private RegistryException(int status, int code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static RegistryException badRequest(String message) {
        return new RegistryException(400, 400, message);
    }

    static RegistryException noSuchPath() {
        return new RegistryException(404, 404, "HTTP 404 Not Found");
    }

    static RegistryException methodNotAllowed() {
        return new RegistryException(405, 405, "HTTP 405 Method Not Allowed");
    }

    static RegistryException tooLarge(int limit) {
        return new RegistryException(413, 413, "The request is longer than " + limit + " bytes");
    }

    static RegistryException unknownSubject(String subject) {
        return new RegistryException(404, 40401, "Subject '" + subject + "' not found.");
    }

    static RegistryException unknownVersion(String version) {
        return new RegistryException(404, 40402, "Version " + version + " not found.");
    }

    static RegistryException unknownSchema() {
        return new RegistryException(404, 40403, "Schema not found");
    }

    static RegistryException unknownSchema(String id) {
        return new RegistryException(404, 40403, "Schema " + id + " not found");
    }

    static RegistryException noLevel(String subject) {
        return new RegistryException(
                404, 40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    static RegistryException incompatible(String subject, String details) {
        return new RegistryException(
                409,
                409,
                "Schema being registered is incompatible with an earlier schema for subject \"" + subject
                        + "\", details: " + details);
    }

    static RegistryException invalidSchema(String why) {
        return new RegistryException(422, 42201, "Invalid schema: " + why);
    }

    static RegistryException invalidVersion(String version) {
        return new RegistryException(
                422,
                42202,
                "The specified version '" + version
                        + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");
    }

    static RegistryException invalidLevel(String valid) {
        return new RegistryException(422, 42203, "Invalid compatibility level. Valid values are " + valid);
    }

    static RegistryException invalidSubject() {
        return new RegistryException(
                422, 42208, "The specified subject is not valid: it is empty, too long or has control characters");
    }

    static RegistryException storeFailed() {
        return new RegistryException(500, 50001, "Error in the backend data store");
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }
}

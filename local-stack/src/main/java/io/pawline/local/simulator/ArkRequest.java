package io.pawline.local.simulator;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The JSON body of a request to Ark. */
record ArkRequest(JsonNode json) {

    static ArkRequest of(Call call) throws ArkErrors.Refused {
        try {
            JsonNode json = Reply.JSON.readTree(call.body());
            if (json.isObject()) {
                return new ArkRequest(json);
            }
        } catch (JacksonException e) {
            // the same as no object
        }
        throw ArkErrors.invalid("body", "no JSON object");
    }

    /** The model; a name that Ark does not have is refused as Ark does. */
    String model(String family) throws ArkErrors.Refused {
        String model = requiredText("model");
        if (!model.startsWith(family) && !model.startsWith("ep-")) {
            throw new ArkErrors.Refused(
                    404,
                    "InvalidEndpointOrModel.NotFound",
                    "model",
                    "The model or endpoint %s does not exist or you do not have access to it.".formatted(model));
        }
        return model;
    }

    String requiredText(String name) throws ArkErrors.Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw ArkErrors.missing(name);
        }
        if (!value.isString() || value.stringValue().isBlank()) {
            throw ArkErrors.invalid(name, "must be a text");
        }
        return value.stringValue();
    }

    String text(String name, String otherwise) throws ArkErrors.Refused {
        return json.hasNonNull(name) ? requiredText(name) : otherwise;
    }

    boolean bool(String name, boolean otherwise) throws ArkErrors.Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw ArkErrors.invalid(name, "must be true or false");
        }
        return value.booleanValue();
    }

    double number(String name, double from, double to, double otherwise) throws ArkErrors.Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber() || value.doubleValue() < from || value.doubleValue() > to) {
            throw ArkErrors.invalid(name, "must be a number between %s and %s".formatted(from, to));
        }
        return value.doubleValue();
    }
}

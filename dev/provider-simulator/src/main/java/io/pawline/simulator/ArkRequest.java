package io.pawline.simulator;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Holds the JSON body of a request to Ark. */
record ArkRequest(JsonNode json) {

    static ArkRequest of(SimulatedCall simulatedCall) throws SimulatedArkErrors.Refused {
        try {
            JsonNode json = SimulatedReply.JSON.readTree(simulatedCall.body());
            if (json.isObject()) {
                return new ArkRequest(json);
            }
        } catch (JacksonException e) {
            // A body that is no JSON counts as an empty object
        }
        throw SimulatedArkErrors.invalid("body", "no JSON object");
    }

    /** The model; refuses a name that Ark does not have, as Ark does. */
    String model(String family) throws SimulatedArkErrors.Refused {
        String model = requiredText("model");
        if (!model.startsWith(family) && !model.startsWith("ep-")) {
            throw new SimulatedArkErrors.Refused(
                    404,
                    "InvalidEndpointOrModel.NotFound",
                    "model",
                    "The model or endpoint %s does not exist or you do not have access to it.".formatted(model));
        }
        return model;
    }

    String requiredText(String name) throws SimulatedArkErrors.Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw SimulatedArkErrors.missing(name);
        }
        if (!value.isString() || value.stringValue().isBlank()) {
            throw SimulatedArkErrors.invalid(name, "must be a text");
        }
        return value.stringValue();
    }

    String text(String name, String otherwise) throws SimulatedArkErrors.Refused {
        return json.hasNonNull(name) ? requiredText(name) : otherwise;
    }

    boolean bool(String name, boolean otherwise) throws SimulatedArkErrors.Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw SimulatedArkErrors.invalid(name, "must be true or false");
        }
        return value.booleanValue();
    }

    double number(String name, double from, double to, double otherwise) throws SimulatedArkErrors.Refused {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber() || value.doubleValue() < from || value.doubleValue() > to) {
            throw SimulatedArkErrors.invalid(name, "must be a number between %s and %s".formatted(from, to));
        }
        return value.doubleValue();
    }
}

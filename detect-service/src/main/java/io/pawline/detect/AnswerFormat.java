package io.pawline.detect;

/** How strictly the model is bound to answer in JSON. */
enum AnswerFormat {
    /** To the schema of the answer. */
    SCHEMA,
    /** To any JSON object. */
    OBJECT,
    /** By the prompt alone. */
    NONE
}

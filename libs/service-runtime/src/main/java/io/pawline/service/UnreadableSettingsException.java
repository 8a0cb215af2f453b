package io.pawline.service;

/** Says which file of settings cannot be read, and at which line. It shows nothing of the file. It ends the start. */
final class UnreadableSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableSettingsException(String file, String problem) {
        super("The settings in %s cannot be read: %s".formatted(file, problem));
    }
}

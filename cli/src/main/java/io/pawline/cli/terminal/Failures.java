package io.pawline.cli.terminal;

/** Puts failures as a person at a terminal wants them: what failed and why, in one line, without a stack trace. */
public final class Failures {

    private Failures() {}

    /** Says what failed and, from cause to cause, why, as far as that has not been said. */
    public static String inOneLine(Throwable failure) {
        // Of the commands that start services: Spring's wrappers speak of beans, what they wrap speaks of settings.
        Throwable what = failure;
        while (what.getCause() != null && what.getClass().getName().startsWith("org.springframework.")) {
            what = what.getCause();
        }
        StringBuilder said = new StringBuilder(firstLine(what));
        for (Throwable why = what.getCause(); why != null; why = why.getCause()) {
            String reason = firstLine(why);
            if (said.indexOf(reason) < 0) {
                said.append(": ").append(reason);
            }
        }
        return said.toString();
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse(failure.getClass().getSimpleName());
    }
}

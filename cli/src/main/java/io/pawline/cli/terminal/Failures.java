package io.pawline.cli.terminal;

/** Puts failures as a person at a terminal wants them: what failed and why, in one line, without a stack trace. */
public final class Failures {

    private Failures() {}

    /** Says what failed and, where that does not say it, why. */
    public static String inOneLine(Throwable failure) {
        // Of the commands that start services: Spring's wrappers speak of beans, what they wrap speaks of settings.
        Throwable what = failure;
        while (what.getCause() != null && what.getClass().getName().startsWith("org.springframework.")) {
            what = what.getCause();
        }
        Throwable root = what;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String said = firstLine(what);
        String why = firstLine(root);
        return said.contains(why) ? said : said + ": " + why;
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

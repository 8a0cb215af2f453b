package io.pawline.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds things in the project, whatever folder the tests were started from. */
public final class ProjectFiles {

    private ProjectFiles() {}

    /** Returns the folder that holds the launcher and Maven's wrapper. */
    public static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("mvnw"))) {
                return folder;
            }
        }
        throw new IllegalStateException("no folder above " + Path.of("").toAbsolutePath() + " holds the launcher");
    }

    /** Returns a document, by its path below {@code docs}. */
    public static Path document(String path) {
        return root().resolve("docs").resolve(path);
    }

    /** Returns the runnable jar of a service. */
    public static Path app(String service) {
        return root().resolve(service + "-service/target/" + service + "-service-app.jar");
    }

    public static Path launcher() {
        return root().resolve("pawline");
    }

    public static Path samplePhoto() {
        return root().resolve("dev/provider-simulator/src/main/resources/sample/cat.png");
    }
}

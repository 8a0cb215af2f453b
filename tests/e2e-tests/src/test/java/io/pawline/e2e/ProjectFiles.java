package io.pawline.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things are in the project, whatever folder the tests were started from. */
final class ProjectFiles {

    private ProjectFiles() {}

    static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("pawline"))) {
                return folder;
            }
        }
        throw new IllegalStateException("no folder above " + Path.of("").toAbsolutePath() + " holds the launcher");
    }

    /** The runnable jar of a service. */
    static Path app(String service) {
        return root().resolve(service + "-service/target/" + service + "-service-app.jar");
    }

    static Path launcher() {
        return root().resolve("pawline");
    }

    static Path samplePhoto() {
        return root().resolve("local-stack/src/main/resources/sample/cat.png");
    }
}

package io.pawline.e2e;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lists the files of the repository, without what a build, a run or an editor has put beside them. */
final class RepositoryFiles {

    private static final Set<String> NOT_WRITTEN_BY_HAND = Set.of("target", "out", "node_modules", "dist", "dist-test");
    private static final Set<String> HIDDEN_BUT_WRITTEN = Set.of(".ci", ".github", ".mvn");

    private RepositoryFiles() {}

    /** The files whose name ends like this, in the order of their paths. */
    static List<Path> endingWith(String suffix) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(ProjectFiles.root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return isWritten(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    // In a work tree of git's, this is a file
                    if (file.toString().endsWith(suffix) && !file.endsWith(".git")) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return found.stream().sorted().toList();
    }

    /** The path as a reader of the repository knows it. */
    static String name(Path file) {
        return ProjectFiles.root().relativize(file).toString().replace('\\', '/');
    }

    private static boolean isWritten(Path folder) {
        String name = String.valueOf(folder.getFileName());
        return folder.equals(ProjectFiles.root())
                || HIDDEN_BUT_WRITTEN.contains(name)
                || (!name.startsWith(".") && !NOT_WRITTEN_BY_HAND.contains(name));
    }
}

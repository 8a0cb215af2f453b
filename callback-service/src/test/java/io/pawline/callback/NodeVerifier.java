package io.pawline.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** Verifies callbacks with a client that is not Pawline's: npm's {@code standardwebhooks}, run by Node.js. */
final class NodeVerifier {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path INSTALLED = Path.of("target/node-verifier");

    private NodeVerifier() {}

    /** Installs the packages that the lock file names. */
    static void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        for (String file : List.of("package.json", "package-lock.json", "verify.mjs")) {
            Files.write(INSTALLED.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
        }
        run("", "npm", "ci", "--no-audit", "--no-fund");
    }

    /** The verdict: {@code genuine} and the task's id, or {@code refused} and the reason. */
    static String verify(String secret, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        String input =
                JsonMapper.shared().writeValueAsString(Map.of("secret", secret, "headers", headers, "body", body));
        return run(input, "node", "verify.mjs").strip();
    }

    private static String run(String input, String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException absent) {
            throw new IllegalStateException(
                    "%s cannot be run: this test needs Node.js 20 or later, with npm, on the PATH"
                            .formatted(command[0]),
                    absent);
        }
        process.outputWriter(UTF_8).append(input).close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("%s failed: %s".formatted(String.join(" ", command), output));
        }
        return output;
    }
}

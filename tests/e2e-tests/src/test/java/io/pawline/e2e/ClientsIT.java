package io.pawline.e2e;

import static io.pawline.testkit.NeedsTools.Tool.CHROMIUM;
import static io.pawline.testkit.NeedsTools.Tool.NODE;
import static io.pawline.testkit.NeedsTools.Tool.NPM;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import io.pawline.client.PawlineClient;
import io.pawline.client.model.Accepted;
import io.pawline.client.model.Submission;
import io.pawline.client.model.Task;
import io.pawline.client.model.TaskToken;
import io.pawline.local.Ports;
import io.pawline.ops.console.TestingBrowser;
import io.pawline.ops.console.TestingBrowser.Screen;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.NpmPackage;
import io.pawline.testkit.ProjectFiles;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs both clients against the whole system: the examples of their READMEs, as programs that know nothing else, and
 * submissions whose answers get lost.
 */
class ClientsIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Path CLIENTS = ProjectFiles.root().resolve("clients");

    /** What a program with the Java client has on its class path, and nothing else. */
    private static final List<Class<?>> JAVA_CLIENT =
            List.of(PawlineClient.class, JsonMapper.class, JsonParser.class, JsonProperty.class, NullMarked.class);

    private static final NpmPackage TYPESCRIPT_CLIENT = new NpmPackage(CLIENTS.resolve("typescript"));

    @TempDir
    static Path folder;

    private static Ports ports;
    private static HttpServer site;
    private static ServiceProcess up;
    private static boolean typeScriptBuilt;

    @BeforeAll
    static void start() throws Exception {
        ports = Ports.anyFree();
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            try (exchange) {
                Path file = TYPESCRIPT_CLIENT
                        .folder()
                        .resolve(exchange.getRequestURI().getPath().substring(1));
                boolean script = file.toString().endsWith(".js") && Files.exists(file);
                byte[] bytes = script ? Files.readAllBytes(file) : "<!doctype html><title>shop</title>".getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", script ? "text/javascript" : "text/html");
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        site.start();
        Path config = Files.writeString(
                folder.resolve("mine.properties"), "pawline.ingest.access.allowed-origins=" + siteAddress() + "\n");
        up = ServiceProcess.start(
                folder.resolve("up.log"),
                List.of(
                        ProjectFiles.launcher().toString(),
                        "up",
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--simulator-profile",
                        "instant",
                        "--config",
                        config.toString(),
                        "--ports",
                        Integer.toString(ports.ingest())));
        await().atMost(Duration.ofMinutes(3)).until(() -> {
            assertThat(up.alive()).as(up.output()).isTrue();
            return up.output().contains("ready");
        });
    }

    @AfterAll
    static void stop() {
        up.close();
        site.stop(0);
    }

    @Test
    void theExamplesOfTheJavaReadmeRun(@TempDir Path program) throws Exception {
        ReadmeExamples examples = ReadmeExamples.of(CLIENTS.resolve("java/README.md"), "java", replaced());
        Path source = Files.writeString(
                program.resolve("Example.java"),
                "%sclass Example {\npublic static void main(String[] arguments) throws Exception {\n%s}\n}\n"
                        .formatted(examples.imports(), examples.withoutImports()));
        String classPath =
                JAVA_CLIENT.stream().map(ClientsIT::jarOf).distinct().collect(Collectors.joining(File.pathSeparator));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "--release", "17", "-cp", classPath, source.toString()))
                .as("javac's exit code")
                .isZero();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        assertThat(printedBy(program, java.toString(), "-cp", classPath + File.pathSeparator + program, "Example"))
                .containsExactlyElementsOf(examples.printed());
    }

    @Test
    @NeedsTools({NODE, NPM})
    void theExamplesOfTheTypeScriptReadmeRun(@TempDir Path program) throws Exception {
        ReadmeExamples examples = ReadmeExamples.of(CLIENTS.resolve("typescript/README.md"), "ts", replaced());
        install(program);
        Files.writeString(program.resolve("example.mts"), examples.code());
        NpmPackage example = new NpmPackage(program);
        Path modules = TYPESCRIPT_CLIENT.folder().resolve("node_modules");
        example.run(
                modules.resolve(".bin/tsc").toString(),
                "--strict",
                "--target",
                "es2022",
                "--module",
                "nodenext",
                "--lib",
                "es2022,dom",
                "--types",
                "node",
                "--typeRoots",
                modules.resolve("@types").toString(),
                "example.mts");
        assertThat(printedBy(program, "node", "example.mjs")).containsExactlyElementsOf(examples.printed());
    }

    @Test
    void anAnswerThatIsLostMakesNoSecondTaskInJava() throws Exception {
        try (LossyProxy proxy = new LossyProxy(ports.ingest(), 2)) {
            PawlineClient lossy =
                    PawlineClient.builder(URI.create(proxy.address())).build();
            byte[] photo = Files.readAllBytes(ProjectFiles.samplePhoto());
            Submission submission = new Submission().style("ink").clientRef("lossy-java");
            Task task = lossy.submitAndWait(photo, submission, LONG);
            assertThat(task.getState().getValue()).isEqualTo("success");
            assertThat(proxy.cutsMade()).isEqualTo(2);
        }
        assertThat(client().listTasks(Map.of("client_ref", "lossy-java")).getTasks())
                .hasSize(1);
    }

    @Test
    @NeedsTools({NODE, NPM})
    void anAnswerThatIsLostMakesNoSecondTaskInTypeScript(@TempDir Path program) throws Exception {
        install(program);
        Files.writeString(program.resolve("lossy.mjs"), """
                import { readFile } from "node:fs/promises";
                import { PawlineClient } from "@pawline/client";
                const client = new PawlineClient({ baseUrl: process.argv[2] });
                const image = await readFile("cat.png");
                const upload = { image, style: "ink", client_ref: "lossy-typescript" };
                console.log((await client.submitAndWait(upload, { timeoutMs: 120_000 })).state);
                """);
        try (LossyProxy proxy = new LossyProxy(ports.ingest(), 2)) {
            assertThat(printedBy(program, "node", "lossy.mjs", proxy.address())).containsExactly("success");
            assertThat(proxy.cutsMade()).isEqualTo(2);
        }
        assertThat(client().listTasks(Map.of("client_ref", "lossy-typescript")).getTasks())
                .hasSize(1);
    }

    @Test
    @NeedsTools({NODE, NPM, CHROMIUM})
    void aPageOfAnotherOriginFollowsATaskByItsToken() throws Exception {
        buildTypeScriptClient();
        Accepted accepted = client().submit(
                        Files.readAllBytes(ProjectFiles.samplePhoto()),
                        new Submission().style("ink").clientRef("browser"));
        TaskToken token = client().createTaskToken(accepted.getTaskId(), Duration.ofMinutes(5));
        try (TestingBrowser browser = new TestingBrowser()) {
            Page page = browser.open(Screen.LAPTOP, ColorScheme.LIGHT);
            page.navigate(siteAddress());
            Object state = page.evaluate(
                    """
                    async ([status_url, events_url]) => {
                      const { followTask } = await import("/dist/index.js");
                      return (await followTask({ status_url, events_url }, { timeoutMs: 60000 })).state;
                    }""",
                    List.of(
                            token.getStatusUrl().toString(),
                            token.getEventsUrl().toString()));
            assertThat(state).isEqualTo("success");
        }
    }

    private static PawlineClient client() {
        return PawlineClient.builder(URI.create("http://127.0.0.1:" + ports.ingest()))
                .build();
    }

    private static String siteAddress() {
        return "http://127.0.0.1:" + site.getAddress().getPort();
    }

    /** What a reader of the README replaces by his own. */
    private static Map<String, String> replaced() {
        return Map.of(
                "http://localhost:8080", "http://127.0.0.1:" + ports.ingest(),
                "https://photos.example/cat.jpg", "http://127.0.0.1:" + ports.simulator() + "/photos/cat.png",
                "9000", Integer.toString(Fleet.freePort()));
    }

    private static String jarOf(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    /** Builds the package for the first test that needs it, and for all others. */
    private static void buildTypeScriptClient() throws InterruptedException {
        if (!typeScriptBuilt) {
            TYPESCRIPT_CLIENT.install();
            TYPESCRIPT_CLIENT.run("npm", "run", "build");
            typeScriptBuilt = true;
        }
    }

    /** Installs the built package into a folder as npm does with one that is on this machine. */
    private static void install(Path program) throws IOException, InterruptedException {
        buildTypeScriptClient();
        Path scope = Files.createDirectories(program.resolve("node_modules/@pawline"));
        Files.createSymbolicLink(scope.resolve("client"), TYPESCRIPT_CLIENT.folder());
    }

    /** Runs a program beside a photo named cat.png, and returns the lines that it prints. */
    private static List<String> printedBy(Path program, String... command) throws IOException, InterruptedException {
        Files.copy(ProjectFiles.samplePhoto(), program.resolve("cat.png"));
        Path complaints = program.resolve("complaints.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(program.toFile()).redirectError(complaints.toFile());
        builder.environment().put("PAWLINE_KEY", "pwk_1_example");
        Process process = builder.start();
        List<String> printed;
        try (Stream<String> lines = process.inputReader().lines()) {
            printed = lines.toList();
        }
        assertThat(process.waitFor()).as(Files.readString(complaints)).isZero();
        return printed;
    }
}

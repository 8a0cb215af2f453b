package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Runs the services as a cluster does, as one or several processes each, on a local stack. For one thread. */
final class Fleet implements AutoCloseable {

    private static final OkHttpClient HTTP =
            new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(10)).build();

    private final Path folder;
    private final Ports ports = Ports.anyFree();
    private final List<String> settings;
    private final LocalStack stack;
    private final LocalSettingsFile local;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private int started;

    private record Member(String service, int port, List<String> settings, ServiceProcess process) {}

    /** @param settings of all services */
    Fleet(Path folder, List<String> settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.stack = LocalStack.start(new LocalStack.Options(folder, ports, Optional.of("default")), _ -> {});
        this.local = LocalSettingsFile.in(folder);
    }

    LocalSettingsFile local() {
        return local;
    }

    /** The address of the simulated providers and their photos. */
    String simulator() {
        return "http://127.0.0.1:" + ports.simulator();
    }

    /** Starts a process of a service and returns at once. */
    void start(String name, String service, String... own) {
        launch(name, service, freePort(), List.of(own));
    }

    private void launch(String name, String service, int port, List<String> own) {
        List<String> arguments = new ArrayList<>(settings);
        arguments.addAll(own);
        arguments.add("--spring.config.additional-location=file:" + stack.settings());
        arguments.add("--pawline." + service + ".port=" + port);
        arguments.add("--pawline.instance-id=" + name);
        Path log = folder.resolve("logs").resolve(name + "-" + started++ + ".log");
        try {
            members.put(name, new Member(service, port, own, ServiceProcess.unpacked(service, log, arguments)));
        } catch (IOException notStarted) {
            throw new UncheckedIOException(notStarted);
        }
    }

    /** Waits until these processes take work. */
    void awaitReady(String... names) {
        for (String name : names) {
            Health health = new Health(address(name));
            await().atMost(Duration.ofMinutes(3)).until(() -> {
                assertThat(member(name).process().alive())
                        .as(() -> name + " said: " + said(name))
                        .isTrue();
                return health.ready();
            });
        }
    }

    /** Sends SIGTERM to all of these at once; returns when they have ended as they should. */
    void stop(String... names) throws Exception {
        Map<String, Future<Integer>> exits = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String name : names) {
                ServiceProcess process = member(name).process();
                exits.put(name, threads.submit(process::stop));
            }
        }
        for (Map.Entry<String, Future<Integer>> exit : exits.entrySet()) {
            assertThat(exit.getValue().get())
                    .as("exit code of %s after SIGTERM", exit.getKey())
                    .isIn(0, 143);
        }
    }

    /** Stops all of these and starts them again as they were, as a rolling update does. */
    void restart(String... names) throws Exception {
        stop(names);
        for (String name : names) {
            Member old = member(name);
            launch(name, old.service(), old.port(), old.settings());
        }
        awaitReady(names);
    }

    String address(String name) {
        return "http://127.0.0.1:" + member(name).port();
    }

    /** The host and port of each running process of a service. */
    List<String> targets() {
        return members.values().stream()
                .filter(member -> member.process().alive())
                .map(member -> "127.0.0.1:" + member.port())
                .toList();
    }

    /** The number of attempts of this process that succeeded. */
    int done(String name) {
        return Pattern.compile("(?m)^pawline_stage_attempt_seconds_count\\{([^}]*)} ([0-9.eE+]+)$")
                .matcher(get(address(name) + "/actuator/prometheus"))
                .results()
                .filter(line -> line.group(1).contains("outcome=\"done\""))
                .map(line -> line.group(2))
                .mapToInt(count -> (int) Double.parseDouble(count))
                .sum();
    }

    /** The number of calls that the simulated providers were paid for more than once. */
    int paidTwice() {
        return Pattern.compile("\"duplicates_billed\":\\s*(\\d+)")
                .matcher(get(simulator() + "/stats"))
                .results()
                .map(MatchResult::group)
                .mapToInt(found -> Integer.parseInt(found.replaceAll("\\D", "")))
                .sum();
    }

    static String get(String url) {
        try (Response answer =
                HTTP.newCall(new Request.Builder().url(url).build()).execute()) {
            String body = answer.body().string();
            assertThat(answer.code()).as("%s answered: %s", url, body).isEqualTo(200);
            return body;
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        }
    }

    /** The output of the process. */
    String said(String name) {
        try {
            return member(name).process().output();
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private Member member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    /** A port below those that systems use for outgoing connections, so that it is still free after a restart. */
    static int freePort() {
        return Ports.anyFree().ingest();
    }

    @Override
    public void close() {
        members.values().stream()
                .map(member -> Thread.ofVirtual().start(member.process()::close))
                .toList()
                .forEach(Fleet::join);
        stack.close();
    }

    private static void join(Thread closing) {
        try {
            closing.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

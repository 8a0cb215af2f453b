package io.pawline.helm;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.pawline.local.PawlineCommand;
import io.pawline.local.Ports;
import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.UnpackedService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the containers of rendered pods as processes of this machine, with the environment, the files, the arguments and
 * the memory that the chart gives them, and nothing else. Only addresses within the cluster, ports, and the places of
 * mounted files are others. What a node could not give to a container is an error.
 */
final class TestingNode implements AutoCloseable {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Pattern TOO_LITTLE = Pattern.compile("/etc/pawline[\\w.-]*");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final List<HasMetadata> objects;
    private final Map<String, Map<String, String>> secrets;
    private final Map<String, String> identity;
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<Pattern, String> addresses = new LinkedHashMap<>();
    private final Map<String, Running> running = new LinkedHashMap<>();

    /** A container as it runs. */
    private record Running(Process process, Path output) {

        String said() {
            try {
                List<String> lines = Files.readAllLines(output);
                return lines.stream().skip(Math.max(0, lines.size() - 60)).collect(joining("\n"));
            } catch (IOException unreadable) {
                return String.valueOf(unreadable);
            }
        }
    }

    /**
     * Prepares the node.
     *
     * @param folder of the files of all containers; exists
     * @param objects what the chart renders
     * @param secrets the Secrets of the namespace, each with its keys
     * @param identity variables that the platform gives to each pod, because of its service account
     */
    TestingNode(
            Path folder,
            List<HasMetadata> objects,
            Map<String, Map<String, String>> secrets,
            Map<String, String> identity) {
        this.folder = folder;
        this.objects = objects;
        this.secrets = secrets;
        this.identity = identity;
        all(Deployment.class)
                .forEach(deployment -> container(podOf(deployment))
                        .getPorts()
                        .forEach(port -> ports.put(name(deployment) + "/" + port.getName(), freePort())));
        all(Service.class)
                .sorted(Comparator.comparingInt(service -> -name(service).length()))
                .forEach(this::takeAddress);
    }

    /** Starts the pod of each Deployment once, whatever its number of replicas is. */
    void startDeployments() throws IOException {
        for (Deployment deployment : all(Deployment.class).toList()) {
            start(name(deployment), podOf(deployment));
        }
    }

    /** Waits until the probes of all pods that were started succeed. */
    void awaitReady() {
        all(Deployment.class).forEach(deployment -> {
            Container container = container(podOf(deployment));
            List<Probe> probes = Stream.of(
                            container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())
                    .filter(Objects::nonNull)
                    .toList();
            await(name(deployment))
                    .atMost(LONG)
                    .failFast("a pod has ended", this::assertAllAlive)
                    .until(() -> probes.stream().allMatch(probe -> succeeds(name(deployment), probe.getHttpGet())));
        });
    }

    private void assertAllAlive() {
        all(Deployment.class).forEach(deployment -> {
            Running pod = Objects.requireNonNull(running.get(name(deployment)));
            assertThat(pod.process().isAlive())
                    .as("%s says: %s", name(deployment), pod.said())
                    .isTrue();
        });
    }

    /** Runs the container of a pod to its end. */
    String run(String name, PodSpec pod) throws IOException, InterruptedException {
        return end(name, start(name, pod));
    }

    /** Runs a command of Pawline's, as an operator at the machine does. */
    String command(String name, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return end(name, began(name, environment, arguments));
    }

    /** Starts a command of Pawline's that does not end by itself. */
    void startCommand(String name, Map<String, String> environment, String... arguments) throws IOException {
        began(name, environment, arguments);
    }

    private Running began(String name, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(java(), "-Xmx192m", "-XX:TieredStopAtLevel=1"));
        command.addAll(localStack());
        command.addAll(List.of(arguments));
        return start(name, command, environment);
    }

    /** The address by which this machine reaches a Service, as {@code http://127.0.0.1:1234}. */
    String address(String url) {
        return local(url, Map.of());
    }

    private static String end(String name, Running container) throws InterruptedException {
        if (!container.process().waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " does not end:\n" + container.said());
        }
        if (container.process().exitValue() != 0) {
            throw new IllegalStateException(
                    "%s ended with %d:\n%s".formatted(name, container.process().exitValue(), container.said()));
        }
        return container.said();
    }

    private Running start(String name, PodSpec pod) throws IOException {
        Container container = container(pod);
        Path files = Files.createDirectories(folder.resolve(name));
        Map<String, Path> mounts = mounts(pod, container, files);
        write(pod, mounts);
        Map<String, String> environment = new HashMap<>(identity);
        for (EnvVar variable : container.getEnv()) {
            value(variable, mounts).ifPresent(value -> environment.put(variable.getName(), value));
        }
        List<String> command = new ArrayList<>(List.of(java(), "-XX:MaxRAM=" + memory(container)));
        command.add("-Djava.io.tmpdir=" + Objects.requireNonNull(mounts.get("/tmp"), "no /tmp is mounted"));
        command.addAll(program(container));
        container.getArgs().forEach(argument -> command.add(local(argument, mounts)));
        for (ContainerPort port : container.getPorts()) {
            move(port, Objects.requireNonNull(ports.get(name + "/" + port.getName())), environment, command);
        }
        if (!container.getEnvFrom().isEmpty() || !container.getCommand().isEmpty() || pod.getHostNetwork() != null) {
            throw new IllegalStateException("this node knows no envFrom, command and hostNetwork, as in " + name);
        }
        return start(name, command, environment);
    }

    private Running start(String name, List<String> command, Map<String, String> environment) throws IOException {
        Path output = folder.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Running container = new Running(builder.start(), output);
        if (running.put(name, container) != null) {
            throw new IllegalStateException(name + " was started before");
        }
        return container;
    }

    /** Gives a container another port than in its pod, where no other container has one. */
    private static void move(ContainerPort port, int to, Map<String, String> environment, List<String> command) {
        switch (port.getName()) {
            case "http" -> environment.put("SERVER_PORT", Integer.toString(to));
            case "management" -> environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(to));
            case "simulator" -> {
                String argument = "--port=" + port.getContainerPort();
                if (!command.remove(argument)) {
                    throw new IllegalStateException(argument + " is missing of " + command);
                }
                command.add("--port=" + to);
            }
            default -> throw new IllegalStateException("no way is known to set the port " + port.getName());
        }
    }

    /** The value of a variable; empty if it is optional and there is none. What a Secret holds is given as it is. */
    private Optional<String> value(EnvVar variable, Map<String, Path> mounts) {
        if (variable.getValueFrom() == null) {
            return Optional.of(local(variable.getValue(), mounts));
        }
        var key = variable.getValueFrom().getSecretKeyRef();
        var label = variable.getValueFrom().getFieldRef();
        if (label != null && label.getFieldPath().startsWith("metadata.labels[")) {
            // A node gives an empty text for a label that a pod does not have
            return Optional.of("");
        }
        if (key == null) {
            throw new IllegalStateException("no way is known to set " + variable);
        }
        String value = secrets.getOrDefault(key.getName(), Map.of()).get(key.getKey());
        if (value == null && !Boolean.TRUE.equals(key.getOptional())) {
            throw new IllegalStateException("the Secret %s has no key %s".formatted(key.getName(), key.getKey()));
        }
        return Optional.ofNullable(value);
    }

    private static Map<String, Path> mounts(PodSpec pod, Container container, Path files) {
        Map<String, Path> mounts = new HashMap<>();
        for (VolumeMount mount : container.getVolumeMounts()) {
            if (mount.getSubPath() != null
                    || pod.getVolumes().stream()
                            .noneMatch(volume -> volume.getName().equals(mount.getName()))) {
                throw new IllegalStateException("no way is known to mount " + mount);
            }
            mounts.put(mount.getMountPath(), files.resolve(mount.getName()));
        }
        return mounts;
    }

    private void write(PodSpec pod, Map<String, Path> mounts) throws IOException {
        for (Volume volume : pod.getVolumes()) {
            Path place = mounts.values().stream()
                    .filter(path -> path.endsWith(volume.getName()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("nobody mounts " + volume.getName()));
            Files.createDirectories(place);
            if (volume.getConfigMap() != null) {
                for (Map.Entry<String, String> file :
                        configMap(volume.getConfigMap().getName()).entrySet()) {
                    Files.writeString(place.resolve(file.getKey()), local(file.getValue(), mounts));
                }
            } else if (volume.getSecret() != null) {
                Map<String, String> secret = Objects.requireNonNull(
                        secrets.get(volume.getSecret().getSecretName()),
                        () -> "there is no Secret " + volume.getSecret().getSecretName());
                for (KeyToPath item : volume.getSecret().getItems()) {
                    Files.writeString(
                            place.resolve(item.getPath()),
                            Objects.requireNonNull(secret.get(item.getKey()), item.getKey()));
                }
            } else if (volume.getEmptyDir() == null) {
                throw new IllegalStateException("no way is known to make " + volume);
            }
        }
    }

    private Map<String, String> configMap(String name) {
        return all(ConfigMap.class)
                .filter(map -> name(map).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no ConfigMap " + name))
                .getData();
    }

    private void takeAddress(Service service) {
        String of = all(Deployment.class)
                .filter(deployment -> podLabels(deployment)
                        .entrySet()
                        .containsAll(service.getSpec().getSelector().entrySet()))
                .map(TestingNode::name)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the Service " + name(service) + " has no pods"));
        for (ServicePort port : service.getSpec().getPorts()) {
            Integer mapped = Objects.requireNonNull(
                    ports.get(of + "/" + port.getTargetPort().getStrVal()), name(service) + " has a port of no pod");
            String suffix = port.getPort() == 80 ? "(:80)?" : ":" + port.getPort();
            addresses.put(
                    Pattern.compile("http://" + name(service) + suffix + "(?![\\w.:-])"), "http://127.0.0.1:" + mapped);
        }
        // A host alone, as in a list of hosts that may be called
        addresses.put(Pattern.compile("(?<![\\w./-])" + name(service) + "(?![\\w.:/-])"), "127.0.0.1");
    }

    private String local(String text, Map<String, Path> mounts) {
        String local = text;
        for (Map.Entry<Pattern, String> address : addresses.entrySet()) {
            local = address.getKey().matcher(local).replaceAll(address.getValue());
        }
        if (!mounts.isEmpty()) {
            String places = mounts.keySet().stream()
                    .sorted(Comparator.comparingInt(path -> -path.length()))
                    .map(Pattern::quote)
                    .collect(joining("|", "(?<![\\w.-])(", ")(?![\\w.-])"));
            local = Pattern.compile(places)
                    .matcher(local)
                    .replaceAll(found -> Matcher.quoteReplacement(
                            Objects.requireNonNull(mounts.get(found.group(1))).toString()));
        }
        Matcher missing = TOO_LITTLE.matcher(local);
        if (missing.find()) {
            throw new IllegalStateException("nothing is mounted at " + missing.group());
        }
        return local;
    }

    /** Asks the pod of a deployment at one of its ports. */
    HttpResponse<String> get(String deployment, String port, String path) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:%d%s".formatted(ports.get(deployment + "/" + port), path));
        HttpRequest request =
                HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private boolean succeeds(String deployment, HTTPGetAction probe) {
        try {
            return get(deployment, probe.getPort().getStrVal(), probe.getPath()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the container's image runs, without a second compiler and with a class cache of this machine. */
    private static List<String> program(Container container) {
        String image = container.getImage();
        String name = image.substring(image.lastIndexOf('/') + 1).replaceFirst("[:@].*", "");
        if (name.equals("local-stack")) {
            return localStack();
        }
        String service = name.replaceFirst("-service$", "");
        Path app = ProjectFiles.app(service);
        if (!Files.isRegularFile(app)) {
            throw new IllegalStateException("no program is known for the image " + image + ": there is no " + app);
        }
        return UnpackedService.of(service).program(container.getArgs());
    }

    private static List<String> localStack() {
        return List.of("-cp", System.getProperty("java.class.path"), PawlineCommand.class.getName());
    }

    private static long memory(Container container) {
        Quantity limit = Objects.requireNonNull(
                container.getResources().getLimits().get("memory"), container.getName() + " has no limit of memory");
        return Quantity.getAmountInBytes(limit).longValueExact();
    }

    private static Container container(PodSpec pod) {
        if (pod.getContainers().size() != 1 || !pod.getInitContainers().isEmpty()) {
            throw new IllegalStateException("this node runs pods of one container only");
        }
        return pod.getContainers().getFirst();
    }

    private static PodSpec podOf(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static Map<String, String> podLabels(Deployment deployment) {
        return deployment.getSpec().getTemplate().getMetadata().getLabels();
    }

    private <T extends HasMetadata> Stream<T> all(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A port below those that systems use for outgoing connections, so that it is free until a container has it. */
    static int freePort() {
        return Ports.anyFree().ingest();
    }

    /** Stops all containers, as a node that is drained does. */
    @Override
    public void close() {
        running.values().forEach(container -> container.process().destroy());
        try {
            for (Running container : running.values()) {
                if (!container.process().waitFor(90, TimeUnit.SECONDS)) {
                    container.process().destroyForcibly();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            running.values().forEach(container -> container.process().destroyForcibly());
        }
        http.close();
    }
}

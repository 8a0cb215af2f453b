package io.pawline.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the outside services, with their wire formats, their checks, and the faults that its profile asks for.
 *
 * <p>One HTTP server on the loopback address:
 * <ul>
 *   <li>{@code POST /api/v3/chat/completions}, {@code POST /api/v3/images/generations}: Ark;
 *   <li>{@code POST /v1/images/generations}, {@code POST /v1/images/edits}: the OpenAI images API, beside Ark's;
 *   <li>{@code POST /?Action=CVProcess&Version=2022-08-31}: Volcengine's visual API;
 *   <li>{@code POST /v1/cut-out}: a matting service that speaks {@code pawline-matting}, beside the visual API;
 *   <li>{@code GET /generated/<name>.jpg}, {@code .png}: the pictures it drew;
 *   <li>{@code POST /callbacks/…}, {@code GET /callbacks?task_id=}: the front end's callback receiver;
 *   <li>{@code GET /photos/cat.png}, {@code flat.png}, {@code not-an-image}: photos to submit;
 *   <li>{@code GET /received}: the pictures that Ark got lately, and {@code GET /received/<sha256>}: one of them;
 *   <li>{@code GET /stats}, {@code POST /stats/reset}: counters.
 * </ul>
 *
 * <p>Thread-safe once started.
 */
public final class ProviderSimulator implements AutoCloseable {

    private final int port;
    private final Clock clock;
    private final PictureRenderer pictureRenderer;
    private final WebPictures web = new WebPictures();
    private final SamplePhotos photos = new SamplePhotos();
    private final ReceivedPictures received = new ReceivedPictures();
    private final HttpEndpoint endpoint = new HttpEndpoint(this::handle);
    private final Map<Provider, Workload> workloads = new LinkedHashMap<>();
    private final ArkVision vision;
    private final ArkTextToImage textToImage;
    private final OpenAiImages openAiImages;
    private final VolcengineMatting matting;
    private final PawlineMatting pawlineMatting;
    private final SimulatedReceiver callbacks;
    private final Instant start;

    private volatile @Nullable URI baseUrl;

    /**
     * Makes a simulator that does not listen yet. Its profile's windows count from now.
     *
     * @param clock judges signatures' times and moves through the profile's windows; latencies pass in real time
     */
    public ProviderSimulator(SimulatorOptions options, Clock clock) {
        this.port = options.port();
        this.clock = clock;
        this.start = clock.instant();
        this.pictureRenderer = new PictureRenderer(options.profile().drawings());
        for (Provider provider : Provider.values()) {
            workloads.put(provider, new Workload(provider, options.profile(), clock));
        }
        Supplier<URI> base = this::baseUrl;
        ArkPictures pictures = new ArkPictures(web, received);
        this.vision = new ArkVision(of(Provider.VISION), pictureRenderer, pictures, options.arkApiKey(), clock);
        this.textToImage = new ArkTextToImage(
                of(Provider.TEXT_TO_IMAGE), pictureRenderer, pictures, base, options.arkApiKey(), clock);
        this.openAiImages =
                new OpenAiImages(of(Provider.TEXT_TO_IMAGE), pictureRenderer, pictures, options.arkApiKey(), clock);
        this.matting = new VolcengineMatting(
                of(Provider.MATTING),
                pictureRenderer,
                web,
                new VolcengineSignature(options.accessKey(), options.secretKey(), clock),
                clock);
        this.pawlineMatting = new PawlineMatting(of(Provider.MATTING), pictureRenderer);
        this.callbacks = new SimulatedReceiver(of(Provider.CALLBACK), options.webhookSecret(), clock);
    }

    /**
     * Begins to listen.
     *
     * @throws IOException if the port is taken
     */
    public void start() throws IOException {
        baseUrl = URI.create("http://127.0.0.1:" + endpoint.listen(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Begins to listen on an address of the machine that others may reach.
     *
     * @param publicUrl the address under which others reach it; the addresses of pictures begin with it
     * @throws IOException if the port is taken
     */
    public void start(InetAddress address, URI publicUrl) throws IOException {
        endpoint.listen(address, port);
        baseUrl = publicUrl;
    }

    /** Lets the profile's windows count from now, instead of from the start. */
    public void beginNow() {
        workloads.values().forEach(Workload::beginNow);
    }

    /** Sets the only listener; it is called for each callback that is taken from now on. */
    public void onCallback(CallbackListener listener) {
        callbacks.listener(listener);
    }

    /**
     * The number of calls, of all providers, that were charged for although an earlier attempt at the same matter was,
     * too.
     */
    public long repeatsBilled() {
        return workloads.entrySet().stream()
                .filter(workload -> workload.getKey() != Provider.CALLBACK)
                .mapToLong(workload -> workload.getValue().repeatsBilled())
                .sum();
    }

    /** The number of calls, of all providers, that are worked on or wait, also those that nobody waits for any more. */
    public int inFlight() {
        return workloads.values().stream().mapToInt(Workload::inFlight).sum();
    }

    /** The address at which it listens, without a slash at the end. */
    public URI baseUrl() {
        URI url = baseUrl;
        if (url == null) {
            throw new IllegalStateException("the provider simulator is not started");
        }
        return url;
    }

    /** Drops every connection and stops. */
    @Override
    public void close() {
        endpoint.close();
        web.close();
        pictureRenderer.close();
    }

    private Workload of(Provider provider) {
        Workload workload = workloads.get(provider);
        if (workload == null) {
            throw new IllegalStateException("no workload of " + provider.key());
        }
        return workload;
    }

    private SimulatedReply handle(SimulatedCall simulatedCall) throws InterruptedException {
        String path = simulatedCall.path();
        return switch (simulatedCall.method()) {
            case "POST" -> post(simulatedCall, path);
            case "GET" -> get(simulatedCall, path);
            default -> SimulatedReply.problem(405, "only GET and POST are known here");
        };
    }

    private SimulatedReply post(SimulatedCall simulatedCall, String path) throws InterruptedException {
        return switch (path) {
            case "/api/v3/chat/completions" -> vision.handle(simulatedCall);
            case "/api/v3/images/generations" -> textToImage.handle(simulatedCall);
            case "/v1/images/generations" -> openAiImages.handle(simulatedCall, false);
            case "/v1/images/edits" -> openAiImages.handle(simulatedCall, true);
            case "/" -> matting.handle(simulatedCall);
            case "/v1/cut-out" -> pawlineMatting.handle(simulatedCall);
            case "/stats/reset" -> {
                workloads.values().forEach(Workload::clearStats);
                callbacks.clearStats();
                received.clear();
                yield stats();
            }
            default -> isUnder("/callbacks", path) ? callbacks.receive(simulatedCall) : notFound(path);
        };
    }

    private SimulatedReply get(SimulatedCall simulatedCall, String path) {
        if (path.equals("/callbacks")) {
            return callbacks.show(simulatedCall.query("task_id"));
        }
        if (path.equals("/received")) {
            return SimulatedReply.ok(received.describe());
        }
        if (isUnder("/received", path)) {
            return received.file(path.substring("/received/".length()))
                    .<SimulatedReply>map(file -> SimulatedReply.bytes("application/octet-stream", file))
                    .orElseGet(() -> notFound(path));
        }
        if (path.equals("/stats")) {
            return stats();
        }
        if (isUnder("/photos", path)) {
            return photos.show(path.substring("/photos".length()).replaceFirst("^/", ""));
        }
        if (path.startsWith("/generated/")) {
            String name = path.substring("/generated/".length()).replaceFirst("\\.(jpg|png)$", "");
            return PictureRenderer.Order.ofName(name)
                    .filter(order -> path.endsWith(order.fileName()))
                    .<SimulatedReply>map(
                            order -> SimulatedReply.bytes(order.form().mediaType(), pictureRenderer.picture(order)))
                    .orElseGet(() -> notFound(path));
        }
        return notFound(path);
    }

    private SimulatedReply stats() {
        Map<String, Object> providers = new LinkedHashMap<>();
        workloads.forEach((provider, workload) ->
                providers.put(provider.key(), provider == Provider.CALLBACK ? callbacks.stats() : workload.stats()));
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("started_at", start.toString());
        stats.put("uptime_ms", Duration.between(start, clock.instant()).toMillis());
        stats.put("providers", providers);
        return SimulatedReply.ok(stats);
    }

    private static boolean isUnder(String folder, String path) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }

    private static SimulatedReply notFound(String path) {
        return SimulatedReply.problem(404, "the provider simulator has nothing at " + path);
    }
}

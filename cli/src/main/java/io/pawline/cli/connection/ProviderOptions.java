package io.pawline.cli.connection;

import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.openai.OpenAiOrder;
import io.pawline.outbound.visual.VisualCredentials;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.schemas.Stage;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Names the providers by options. The environment variables are the services' own, keys included. Keys are taken from
 * there only, because options show up in the list of processes.
 */
public final class ProviderOptions {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final DataLimit ANSWER = DataLimit.ofMegabytes(40);

    /** A setting of a further provider, or the file that holds it. */
    private static final Pattern FURTHER = Pattern.compile(
            "(?<variable>PAWLINE_(?<stage>[A-Z]+)_FALLBACKS_(?<name>[A-Z0-9]+)_(?<setting>[A-Z]+))(_FILE)?");

    private final Environment environment;

    @Mixin
    private LocalStackFolder localStack;

    @Option(
            names = "--ark-url",
            paramLabel = "URL",
            description = "Ark (default: PAWLINE_ARK_BASEURL, else the local stack's, else the public address)."
                    + " The key is taken from PAWLINE_ARK_APIKEY, or from the file that PAWLINE_ARK_APIKEY_FILE names.")
    private @Nullable String arkUrl;

    @Option(
            names = "--vision-model",
            paramLabel = "NAME",
            description = "The services' pawline.detect.model (default: PAWLINE_DETECT_MODEL, else theirs).")
    private @Nullable String visionModel;

    @Option(
            names = "--image-model",
            paramLabel = "NAME",
            description = "The services' pawline.generate.model (default: PAWLINE_GENERATE_MODEL, else theirs).")
    private @Nullable String imageModel;

    @Option(
            names = "--image-size",
            paramLabel = "SIZE",
            description = "The services' pawline.generate.size (default: PAWLINE_GENERATE_SIZE, else theirs).")
    private @Nullable String imageSize;

    @Option(
            names = "--image-format",
            paramLabel = "FORMAT",
            description =
                    "The services' pawline.generate.format, ark or openai-images (default: PAWLINE_GENERATE_FORMAT,"
                            + " else ark).")
    private @Nullable String imageFormat;

    @Option(
            names = "--image-url",
            paramLabel = "URL",
            description =
                    "The services' pawline.generate.base-url (default: PAWLINE_GENERATE_BASEURL, else Ark). Its key"
                            + " is taken from PAWLINE_GENERATE_APIKEY, else it is that of Ark.")
    private @Nullable String imageUrl;

    @Option(
            names = "--visual-url",
            paramLabel = "URL",
            description = "The visual API (default: PAWLINE_MATTING_BASEURL, else the local stack's, else the public"
                    + " address). The keys are taken from PAWLINE_MATTING_ACCESSKEY and PAWLINE_MATTING_SECRETKEY.")
    private @Nullable String visualUrl;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Longest time for one call (default: ${DEFAULT-VALUE}).")
    private int seconds;

    /** Makes options whose defaults come from this environment. */
    public ProviderOptions(Environment environment) {
        this.environment = environment;
    }

    /**
     * Returns Ark with its key.
     *
     * @throws IllegalArgumentException if there is no key, or the address is none
     */
    public ArkProperties ark() {
        return new ArkProperties(
                URI.create(arkUrl()),
                environment
                        .secret("PAWLINE_ARK_APIKEY")
                        .or(() -> localStack.find("pawline.ark.api-key"))
                        .orElseThrow(() -> unset("PAWLINE_ARK_APIKEY", "the key of the Ark account")));
    }

    /** Returns the address of Ark. */
    public String arkUrl() {
        return Optional.ofNullable(arkUrl)
                .or(() -> environment.value("PAWLINE_ARK_BASEURL"))
                .or(() -> localStack.find("pawline.ark.base-url"))
                .orElse("https://ark.cn-beijing.volces.com/api/v3");
    }

    /**
     * Returns the API that makes pictures, with its key.
     *
     * @throws IllegalArgumentException if there is no key, or the address is none
     */
    public ArkProperties images() {
        Optional<String> key = environment.secret("PAWLINE_GENERATE_APIKEY");
        return new ArkProperties(URI.create(imageUrl()), key.orElseGet(() -> ark().apiKey()));
    }

    /** Returns the address of the API that makes pictures. */
    public String imageUrl() {
        return Optional.ofNullable(imageUrl)
                .or(() -> environment.value("PAWLINE_GENERATE_BASEURL"))
                .orElseGet(this::arkUrl);
    }

    /**
     * Says whether pictures are made by the OpenAI images API, and not by Ark.
     *
     * @throws IllegalArgumentException if the format is neither
     */
    public boolean openAiImages() {
        return isOpenAiImages(
                "--image-format",
                Optional.ofNullable(imageFormat)
                        .or(() -> environment.value("PAWLINE_GENERATE_FORMAT"))
                        .orElse("ark"));
    }

    private static boolean isOpenAiImages(String option, String format) {
        return switch (format.replace('_', '-').toLowerCase(Locale.ROOT)) {
            case "ark" -> false;
            case "openai-images" -> true;
            default ->
                throw new IllegalArgumentException(
                        "%s must be ark or openai-images, was \"%s\"".formatted(option, format));
        };
    }

    /** Returns the address of the visual API. */
    public String visualUrl() {
        return Optional.ofNullable(visualUrl)
                .or(() -> environment.value("PAWLINE_MATTING_BASEURL"))
                .or(() -> localStack.find("pawline.matting.base-url"))
                .orElse("https://visual.volcengineapi.com");
    }

    /** Returns the model that describes photos. */
    public String visionModel() {
        return Optional.ofNullable(visionModel)
                .or(() -> environment.value("PAWLINE_DETECT_MODEL"))
                .orElse("doubao-seed-2-0-lite-260215");
    }

    /** Returns the model that makes pictures. */
    public String imageModel() {
        return Optional.ofNullable(imageModel)
                .or(() -> environment.value("PAWLINE_GENERATE_MODEL"))
                .orElse("doubao-seedream-5-0-260128");
    }

    /** Returns the size of pictures, as the model knows it. */
    public String imageSize() {
        return Optional.ofNullable(imageSize)
                .or(() -> environment.value("PAWLINE_GENERATE_SIZE"))
                .orElse("2K");
    }

    /** Returns the limits of one call. */
    public Timeouts timeouts() {
        return new Timeouts(CONNECT, Duration.ofSeconds(seconds));
    }

    /**
     * Returns the visual API with its keys.
     *
     * @throws IllegalArgumentException if a key is missing, or the address is none
     */
    public VisualSettings visual() {
        return visual(HttpUrl.get(visualUrl()), keys());
    }

    private VisualSettings visual(HttpUrl url, VisualCredentials keys) {
        return new VisualSettings(
                url,
                environment.value("PAWLINE_MATTING_REGION").orElse("cn-north-1"),
                environment.value("PAWLINE_MATTING_SERVICE").orElse("cv"),
                keys,
                timeouts(),
                ANSWER,
                new VisualSettings.Model(
                        environment.value("PAWLINE_MATTING_REQKEY").orElse("saliency_seg"), 3, 2, List.of(-1, -1, -1)));
    }

    /**
     * Returns the providers that a stage calls if the first one is not: those of the environment and, where it names
     * none, those of the local stack.
     *
     * @throws IllegalStateException if a secret is given twice
     */
    public List<FallbackSettings> further(Stage stage) {
        Map<String, Map<String, String>> byName = new TreeMap<>();
        environment.names().forEach(variable -> {
            Matcher setting = FURTHER.matcher(variable);
            if (setting.matches() && setting.group("stage").equalsIgnoreCase(stage.code())) {
                environment
                        .secret(setting.group("variable"))
                        .ifPresent(value -> note(byName, setting.group("name"), setting.group("setting"), value));
            }
        });
        String prefix = "pawline." + stage.code() + ".fallbacks.";
        if (byName.isEmpty()) {
            localStack.under(prefix).forEach((setting, value) -> {
                String[] parts = setting.substring(prefix.length()).split("\\.", 2);
                if (parts.length == 2) {
                    note(byName, parts[0], parts[1].replace("-", ""), value);
                }
            });
        }
        return byName.entrySet().stream()
                .map(each -> new FallbackSettings(each.getKey(), each.getValue()))
                .toList();
    }

    private static void note(Map<String, Map<String, String>> byName, String name, String setting, String value) {
        byName.computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new HashMap<>())
                .put(setting.toLowerCase(Locale.ROOT), value);
    }

    /**
     * Returns the API of a further provider that speaks Ark's format; what it does not say is as of the first one.
     *
     * @throws IllegalArgumentException if there is no key, or the address is none
     */
    public ArkProperties ark(FallbackSettings provider) {
        return new ArkProperties(
                URI.create(provider.setting("base-url").orElseGet(this::arkUrl)),
                provider.setting("api-key").orElseGet(() -> ark().apiKey()));
    }

    /**
     * Returns the API of a further provider that makes pictures; what it does not say is as of the first one.
     *
     * @throws IllegalArgumentException if there is no key, or the address is none
     */
    public ArkProperties images(FallbackSettings provider) {
        return new ArkProperties(
                URI.create(provider.setting("base-url").orElseGet(this::imageUrl)),
                provider.setting("api-key").orElseGet(() -> images().apiKey()));
    }

    /**
     * Says whether a further provider makes pictures by the OpenAI images API, and not by Ark's.
     *
     * @throws IllegalArgumentException if its format is neither
     */
    public boolean openAiImages(FallbackSettings provider) {
        return isOpenAiImages("its format", provider.setting("format").orElse("ark"));
    }

    /** Returns the size of a further provider's pictures; by default one that its models know. */
    public String imageSize(FallbackSettings provider) {
        return provider.setting("size")
                .orElseGet(() -> openAiImages(provider) && !openAiImages() ? OpenAiOrder.USUAL_SIZE : imageSize());
    }

    /**
     * Returns the visual API of a further provider; what it does not say is as of the first one.
     *
     * @throws IllegalArgumentException if a key is missing, or the address is none
     */
    public VisualSettings visual(FallbackSettings provider) {
        Optional<String> accessKey = provider.setting("access-key");
        Optional<String> secretKey = provider.setting("secret-key");
        VisualCredentials keys = accessKey.isPresent() && secretKey.isPresent()
                ? new VisualCredentials(accessKey.get(), secretKey.get(), Optional.empty())
                : keys();
        return visual(HttpUrl.get(addressOf(provider)), keys);
    }

    /**
     * Returns the address of a further provider.
     *
     * @throws IllegalArgumentException if it has none
     */
    public String addressOf(FallbackSettings provider) {
        return provider.setting("base-url").orElseThrow(() -> new IllegalArgumentException("its base-url is not set"));
    }

    /** Returns the most bytes of an answer. */
    public DataLimit answerLimit() {
        return ANSWER;
    }

    private VisualCredentials keys() {
        return new VisualCredentials(
                visualKey("PAWLINE_MATTING_ACCESSKEY", "pawline.matting.access-key"),
                visualKey("PAWLINE_MATTING_SECRETKEY", "pawline.matting.secret-key"),
                environment.secret("PAWLINE_MATTING_SESSIONTOKEN"));
    }

    private String visualKey(String variable, String setting) {
        return environment
                .secret(variable)
                .or(() -> localStack.find(setting))
                .orElseThrow(() -> unset(variable, "of the Volcengine account"));
    }

    private static IllegalArgumentException unset(String variable, String what) {
        return new IllegalArgumentException("%s is not set; it is %s".formatted(variable, what));
    }
}

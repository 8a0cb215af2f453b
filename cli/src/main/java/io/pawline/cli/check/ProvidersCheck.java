package io.pawline.cli.check;

import io.pawline.cli.connection.FallbackSettings;
import io.pawline.cli.connection.ProviderOptions;
import io.pawline.cli.terminal.Failures;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.ark.ArkAnswer;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.openai.OpenAiAnswer;
import io.pawline.outbound.openai.OpenAiImagesClient;
import io.pawline.outbound.openai.OpenAiOrder;
import io.pawline.outbound.visual.PawlineMattingClient;
import io.pawline.outbound.visual.VisualAnswer;
import io.pawline.outbound.visual.VisualCall;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.Request;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes one call to each provider with the parameters that the stages send by default, and says in words what came of it.
 * Providers that are called if the first one is not are called, too.
 * Each call may be paid for. Used by one thread.
 */
public final class ProvidersCheck {

    private static final String VISION = "vision";
    private static final String TEXT_TO_IMAGE = "text-to-image";
    private static final String MATTING = "matting";

    /** A PNG of 32 x 32 orange pixels. Ark takes sides of 15 pixels and more. */
    private static final String PHOTO = "data:image/png;base64,"
            + "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mN40WVMU8QwasGoBaMWjFowasGoBaMWjF"
            + "owasGoBaMWDBULAHaalFtvUJqsAAAAAElFTkSuQmCC";

    /** The services' default time-out of a call for a picture. */
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(60);

    private static final String PROMPT =
            "a small orange cat, its whole body in view, watercolour, on a plain background, no text";

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);

    private final ProviderOptions options;
    private final Clock clock;
    private final OutboundHttp http = OutboundHttp.create(KEEP_ALIVE);
    private Optional<URI> picture;

    /**
     * Makes a check of the providers that the options name.
     *
     * @param picture what matting cuts out; empty: the picture that text-to-image makes
     */
    public ProvidersCheck(ProviderOptions options, Optional<URI> picture, Clock clock) {
        this.options = options;
        this.picture = picture;
        this.clock = clock;
    }

    /** Asks each vision model of the stage about a small picture; never throws for what it finds. */
    public Stream<Finding> vision() {
        return each(
                Stage.DETECT,
                () -> vision(VISION, new Api(options.visionModel(), options.arkUrl(), options::ark)),
                further -> vision(named(VISION, further), ark(further)));
    }

    private Finding vision(String check, Api api) {
        String where = api.where();
        return ark(
                check,
                api,
                ArkOperation.CHAT,
                question(api.model()),
                (answer, took) -> answer.path("choices")
                                .path(0)
                                .path("message")
                                .path("content")
                                .isString()
                        ? Finding.ok(check, where, "answers in " + took)
                        : strange(check, where));
    }

    /** Has one picture made by each text-to-image model of the stage; never throws for what it finds. */
    public Stream<Finding> textToImage() {
        return each(
                Stage.GENERATE,
                () -> textToImage(
                        TEXT_TO_IMAGE,
                        new Api(options.imageModel(), options.imageUrl(), options::images),
                        options::imageSize,
                        options::openAiImages),
                further -> textToImage(
                        named(TEXT_TO_IMAGE, further),
                        new Api(
                                further.setting("model").orElseGet(options::imageModel),
                                further.setting("base-url").orElseGet(options::imageUrl),
                                () -> options.images(further)),
                        () -> options.imageSize(further),
                        () -> options.openAiImages(further)));
    }

    private Finding textToImage(String check, Api api, Supplier<String> size, BooleanSupplier openAiImages) {
        try {
            return openAiImages.getAsBoolean()
                    ? openAiImages(check, api, size.get())
                    : seedream(check, api, size.get());
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            return Finding.fail(check, api.where(), Failures.inOneLine(wrong), "");
        }
    }

    /** The picture itself is in the answer, so matting has no address to fetch it from. */
    private Finding openAiImages(String check, Api api, String size) {
        String where = api.where();
        Instant began = clock.instant();
        try {
            OpenAiImagesClient client =
                    new OpenAiImagesClient(http, api.properties().get(), clock, _ -> {});
            OpenAiOrder order = new OpenAiOrder(api.model(), PROMPT, Optional.empty(), size, false, false);
            return switch (client.make(
                    order, "pawline-check-" + UUID.randomUUID(), options.timeouts(), BodyMemory.UNCOUNTED)) {
                case OpenAiAnswer.Picture _ -> Finding.ok(check, where, "makes a picture in " + seconds(began));
                case OpenAiAnswer.PictureAt at -> {
                    picture = picture.or(() -> Optional.of(at.address()));
                    yield Finding.ok(check, where, "makes a picture in " + seconds(began));
                }
                case OpenAiAnswer.Failed failed ->
                    failed(
                            check,
                            where,
                            failed.reason(),
                            failed.detail(),
                            failed.facts().report(Optional.of(failed.reason())));
            };
        } catch (InterruptedException stopped) {
            return interrupted(check, where);
        }
    }

    private Finding seedream(String check, Api api, String size) {
        String where = api.where();
        return ark(check, api, ArkOperation.GENERATION, order(api.model(), size), (answer, took) -> {
            JsonNode image = answer.path("data").path(0);
            if (!image.path("url").isString()) {
                String code = image.path("error").path("code").asString("");
                return code.isEmpty()
                        ? strange(check, where)
                        : Finding.fail(check, where, "makes no picture: " + code, "");
            }
            if (picture.isEmpty()) {
                picture = Optional.of(URI.create(image.path("url").stringValue()));
            }
            return Finding.ok(check, where, "makes a picture in " + took);
        });
    }

    /** Has one picture cut out by each matting provider of the stage; never throws for what it finds. */
    public Stream<Finding> matting() {
        return each(
                Stage.MATTING,
                () -> matting(MATTING, options.visualUrl(), () -> visual(options.visual())),
                further -> matting(
                        named(MATTING, further), further.setting("base-url").orElse(""), () -> matting(further)));
    }

    private Matting matting(FallbackSettings further) {
        String format = further.setting("format").orElse("");
        return switch (format.replace('_', '-').toLowerCase(Locale.ROOT)) {
            case "volcengine-visual" -> visual(options.visual(further));
            case "pawline-matting" -> ownModel(further);
            default -> throw new IllegalArgumentException("its format is not known: " + format);
        };
    }

    private Matting visual(VisualSettings settings) {
        VisualClient client = new VisualClient(http, settings, clock);
        return cut -> client.cutOut(cut, Instant.MAX, BodyMemory.UNCOUNTED);
    }

    private Matting ownModel(FallbackSettings further) {
        PawlineMattingClient client = new PawlineMattingClient(
                http, HttpUrl.get(options.addressOf(further)), options.timeouts(), options.answerLimit(), clock);
        return cut -> client.cutOut(bytesOf(cut), Instant.MAX, BodyMemory.UNCOUNTED);
    }

    /** Fetches the picture, for the service is sent it. */
    private byte[] bytesOf(URI cut) throws InterruptedException {
        Request request = new Request.Builder().url(cut.toString()).build();
        return switch (http.exchange(request, options.timeouts(), options.answerLimit())) {
            case Exchange.Answered answered when answered.status() == 200 -> answered.body();
            case Exchange.Answered answered ->
                throw new IllegalStateException("the picture cannot be fetched: status " + answered.status());
            case Exchange.Died died ->
                throw new IllegalStateException("the picture cannot be fetched: " + died.detail());
        };
    }

    private interface Matting {
        VisualCall cutOut(URI cut) throws InterruptedException;
    }

    private Finding matting(String check, String address, Supplier<Matting> provider) {
        String where = shown(address);
        try {
            Matting matting = provider.get();
            if (picture.isEmpty()) {
                return Finding.skipped(
                        check,
                        where,
                        "there is no picture to cut out",
                        "name one with --picture, or check text-to-image");
            }
            Instant began = clock.instant();
            VisualCall call = matting.cutOut(picture.get());
            return switch (call.answer()) {
                case VisualAnswer.CutOut _, VisualAnswer.CutOutAt _ ->
                    Finding.ok(check, where, "cuts a picture out in " + seconds(began));
                case VisualAnswer.Failed failed ->
                    failed(check, where, failed.reason(), failed.detail(), call.report());
            };
        } catch (IllegalArgumentException | IllegalStateException incomplete) {
            return Finding.fail(check, where, Failures.inOneLine(incomplete), "");
        } catch (InterruptedException stopped) {
            return interrupted(check, where);
        }
    }

    /** Looks at the first provider of a stage, and then at those that are called if it is not. */
    private Stream<Finding> each(Stage stage, Supplier<Finding> first, Function<FallbackSettings, Finding> further) {
        return Stream.concat(
                Stream.of(first).map(Supplier::get),
                options.further(stage).stream().map(further));
    }

    private static String named(String check, FallbackSettings further) {
        return check + " " + further.name();
    }

    /**
     * Says where an API is, and which of its models is asked.
     *
     * @param properties of the API; throws if they are incomplete
     */
    private record Api(String model, String url, Supplier<ArkProperties> properties) {
        String where() {
            return model + " at " + shown(url);
        }
    }

    private Api ark(FallbackSettings further) {
        return new Api(
                further.setting("model").orElse(""),
                further.setting("base-url").orElseGet(options::arkUrl),
                () -> options.ark(further));
    }

    /** The address without a user and a password, which somebody may have put into it. */
    private static String shown(String address) {
        return address.replaceFirst("//[^/?#]*@", "//");
    }

    private interface Judgement {
        Finding of(JsonNode answer, String took);
    }

    private Finding ark(String check, Api api, ArkOperation operation, JsonNode body, Judgement judgement) {
        String where = api.where();
        Instant began = clock.instant();
        try {
            ArkClient ark = new ArkClient(http, api.properties().get(), clock, _ -> {});
            return switch (ark.post(operation, body, "pawline-check-" + UUID.randomUUID(), options.timeouts())) {
                case ArkAnswer.Ok ok -> judgement.of(ok.body(), seconds(began));
                case ArkAnswer.Failed failed ->
                    failed(
                            check,
                            where,
                            failed.reason(),
                            failed.detail(),
                            failed.facts().report(Optional.of(failed.reason())));
            };
        } catch (IllegalArgumentException | IllegalStateException incomplete) {
            return Finding.fail(check, where, Failures.inOneLine(incomplete), "");
        } catch (InterruptedException stopped) {
            return interrupted(check, where);
        }
    }

    /** Says what is wrong in words of an operator. The detail holds no key and no address of a picture. */
    private static Finding failed(String check, String where, Reason reason, String detail, CallReport report) {
        String code = report.providerCode().orElse("");
        boolean visual = check.startsWith(MATTING);
        return switch (reason) {
            case AUTHENTICATION ->
                Finding.fail(
                        check,
                        where,
                        "refuses the key, or its rights: " + detail,
                        visual
                                ? "see that PAWLINE_MATTING_ACCESSKEY and PAWLINE_MATTING_SECRETKEY belong together, and that"
                                        + " their user may call the visual API"
                                : "see that PAWLINE_ARK_APIKEY is a key of this account and not revoked");
            case BILLING ->
                Finding.fail(check, where, "the account is overdue: " + detail, "pay the bill or add credit");
            case QUOTA_EXHAUSTED ->
                Finding.fail(check, where, "the quota is used up: " + detail, "raise the quota in the console");
            case CONFIGURATION -> misconfigured(check, where, code, detail);
            case CLOCK_SKEW ->
                Finding.fail(
                        check, where, "refuses the time in the signature", "synchronise the clock of this machine");
            case CONNECT_TIMEOUT, CONNECTION_FAILED ->
                Finding.fail(
                        check,
                        where,
                        "is not reached: " + detail,
                        "see that the address and its region are right, and that this machine may connect to it");
            case READ_TIMEOUT ->
                Finding.fail(
                        check,
                        where,
                        detail,
                        check.startsWith(TEXT_TO_IMAGE)
                                ? "Seedream may take minutes for 2K and more: raise --timeout, and"
                                        + " pawline.generate.call-timeout and pawline.generate.stage.drain of the services"
                                : "try again with a longer --timeout");
            case RATE_LIMITED, OVERLOADED ->
                Finding.fail(check, where, "has no room for a call now: " + detail, "try again later");
            default -> Finding.fail(check, where, detail, "");
        };
    }

    private static Finding misconfigured(String check, String where, String code, String detail) {
        if (code.startsWith("ModelNotOpen")) {
            return Finding.fail(
                    check, where, "the model is not opened for this account", "open (开通) it in the console of Ark");
        }
        if (code.startsWith("InvalidEndpointOrModel") || code.startsWith("UnsupportedModel")) {
            return Finding.fail(
                    check,
                    where,
                    "the account has no such model: " + code,
                    "see that the model's name is right, that it is still offered, and that it is opened");
        }
        if (code.startsWith("InvalidEndpoint")) {
            return Finding.fail(check, where, "the endpoint is closed: " + code, "start it in the console of Ark");
        }
        return Finding.fail(
                check,
                where,
                "refuses a parameter or the service: " + detail,
                check.startsWith(MATTING) ? "see that the service (主体分割) is opened for this account" : "");
    }

    private static Finding strange(String check, String where) {
        return Finding.fail(check, where, "answers 200, but not as it is documented", "see that the address is Ark's");
    }

    private static Finding interrupted(String check, String where) {
        Thread.currentThread().interrupt();
        return Finding.skipped(check, where, "the check was stopped", "");
    }

    private String seconds(Instant began) {
        Duration took = Duration.between(began, clock.instant());
        String time = String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
        return took.compareTo(USUAL_TIMEOUT) < 0
                ? time
                : time + ", longer than the services' default time-out; raise call-timeout and stage.drain";
    }

    /** The question that detect-service asks by default, with a small picture and a short answer. */
    private static JsonNode question(String model) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        body.putObject("thinking").put("type", "disabled");
        body.put("max_tokens", 100);
        var content = body.putArray("messages").addObject().put("role", "user").putArray("content");
        content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", PHOTO)
                .put("detail", "low");
        content.addObject()
                .put("type", "text")
                .put(
                        "text",
                        "Is there a pet in this photo? Answer with one JSON object: {\"has_pet\": true or false}.");
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.putObject("properties").putObject("has_pet").put("type", "boolean");
        schema.putArray("required").add("has_pet");
        schema.put("additionalProperties", false);
        ObjectNode format = body.putObject("response_format").put("type", "json_schema");
        format.putObject("json_schema")
                .put("name", "pet_detection")
                .put("strict", true)
                .set("schema", schema);
        return body;
    }

    /** The order that generate-service sends by default. */
    private static JsonNode order(String model, String size) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model", model)
                .put("prompt", PROMPT)
                .put("size", size)
                .put("response_format", "url")
                .put("watermark", false);
    }
}

package io.pawline.cli;

import io.pawline.cli.check.Finding;
import io.pawline.cli.check.ProvidersCheck;
import io.pawline.cli.connection.ProviderOptions;
import java.net.URI;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes one call to each provider, and says whether the stages could work with the same settings. */
@Command(
        name = "providers",
        description =
                "Makes one call to each provider, as the stages do, and says what is wrong and what to do. It costs a short"
                        + " answer, one picture and one cut-out, and the same of each further provider of a stage. Exits"
                        + " with 1 if something is wrong.",
        mixinStandardHelpOptions = true)
final class ProvidersCommand implements Callable<Integer> {

    /** Lists what can be checked, in the order of the stages. */
    enum Provider {
        VISION("vision"),
        TEXT_TO_IMAGE("text-to-image"),
        MATTING("matting");

        private final String code;

        Provider(String code) {
            this.code = code;
        }

        @Override
        public String toString() {
            return code;
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ProviderOptions options;

    @Parameters(
            paramLabel = "PROVIDER",
            arity = "0..*",
            description = "One or more of ${COMPLETION-CANDIDATES} (default: all). Matting cuts out the picture that"
                    + " text-to-image makes.")
    private @Nullable Set<Provider> providers;

    @Option(
            names = "--picture",
            paramLabel = "URL",
            description = "A picture that matting cuts out, which the visual API can fetch.")
    private @Nullable URI picture;

    @Option(names = "--json", description = "Write one JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        Set<Provider> chosen = providers == null ? EnumSet.allOf(Provider.class) : EnumSet.copyOf(providers);
        ProvidersCheck check = new ProvidersCheck(options, Optional.ofNullable(picture), Clock.systemUTC());
        return new FindingsOutput(spec.commandLine().getOut(), json)
                .write(Stream.of(Provider.values())
                        .filter(chosen::contains)
                        .flatMap(provider -> find(provider, check)));
    }

    private static Stream<Finding> find(Provider provider, ProvidersCheck check) {
        return switch (provider) {
            case VISION -> check.vision();
            case TEXT_TO_IMAGE -> check.textToImage();
            case MATTING -> check.matting();
        };
    }
}

package io.pawline.cli;

import io.pawline.cli.connection.DatabaseOptions;
import io.pawline.cli.connection.Environment;
import io.pawline.cli.connection.ImageStoreOptions;
import io.pawline.cli.connection.IngestOptions;
import io.pawline.cli.connection.KafkaOptions;
import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.connection.ProviderOptions;
import io.pawline.cli.connection.RegistryOptions;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/**
 * Makes the options of connections with the environment that their defaults come from, and the rest as picocli does.
 */
final class OptionsFactory implements IFactory {

    private static final Map<Class<?>, Function<Environment, Object>> OPTIONS = Map.of(
            KafkaOptions.class, KafkaOptions::new,
            RegistryOptions.class, RegistryOptions::new,
            DatabaseOptions.class, DatabaseOptions::new,
            ImageStoreOptions.class, ImageStoreOptions::new,
            IngestOptions.class, IngestOptions::new,
            OpsOptions.class, OpsOptions::new,
            ProviderOptions.class, ProviderOptions::new);

    private final Environment environment;
    private final IFactory others = CommandLine.defaultFactory();

    OptionsFactory(Environment environment) {
        this.environment = environment;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        @Nullable Function<Environment, Object> options = OPTIONS.get(type);
        return options == null ? others.create(type) : type.cast(options.apply(environment));
    }
}

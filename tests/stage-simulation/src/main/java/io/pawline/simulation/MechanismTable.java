package io.pawline.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Says for each mechanism of the runtime how many worlds it takes until its absence shows. */
final class MechanismTable {

    /**
     * Is one row.
     *
     * @param seeds that were run, the one that failed included
     * @param failure what did not hold in it; empty if all held in all of them
     */
    record Row(Mechanism mechanism, int seeds, Optional<String> failure) {}

    private MechanismTable() {}

    /** Makes all rows, each with so many worlds at most. */
    static List<Row> of(List<Mechanism> mechanisms, int seeds) throws InterruptedException, ExecutionException {
        List<Row> rows = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Row>> running = mechanisms.stream()
                    .map(mechanism -> pool.submit(() -> row(mechanism, seeds)))
                    .toList();
            for (Future<Row> row : running) {
                rows.add(row.get());
            }
        }
        return rows;
    }

    private static Row row(Mechanism mechanism, int seeds) throws ReflectiveOperationException {
        Method run = Class.forName(MechanismTable.class.getName(), true, new Without(mechanism))
                .getDeclaredMethod("failure", String.class, long.class);
        run.setAccessible(true);
        String scenario =
                mechanism.scenario() == null ? "" : mechanism.scenario().name();
        for (int seed = 1; seed <= seeds; seed++) {
            String failure = (String) run.invoke(null, scenario, (long) seed);
            if (!failure.isEmpty()) {
                return new Row(mechanism, seed, Optional.of(failure));
            }
        }
        return new Row(mechanism, seeds, Optional.empty());
    }

    /**
     * Runs one world and says what did not hold; empty if all held. Called within {@link Without}.
     *
     * @param scenario name of a fleet's; empty: a world with accidents
     */
    @SuppressWarnings("unused") // By reflection
    private static String failure(String scenario, long seed) {
        if (!scenario.isEmpty()) {
            return FleetScenario.valueOf(scenario).failure(seed);
        }
        Throwable failure = Simulation.run(seed).failure();
        return failure == null ? "" : String.valueOf(failure.getMessage());
    }

    /** Loads the runtime and the simulation anew, with one mechanism switched off. */
    private static final class Without extends ClassLoader {

        private static final List<String> ANEW = List.of("io.pawline.stage.", "io.pawline.simulation.");

        private final Mechanism mechanism;

        Without(Mechanism mechanism) {
            super(MechanismTable.class.getClassLoader());
            this.mechanism = mechanism;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (ANEW.stream().noneMatch(name::startsWith) && !mechanism.isIn(name)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream from = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (from == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = from.readAllBytes();
                byte[] defined = mechanism.isIn(name) ? mechanism.switchedOff(bytes) : bytes;
                return defineClass(name, defined, 0, defined.length);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}

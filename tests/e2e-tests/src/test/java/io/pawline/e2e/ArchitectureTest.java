package io.pawline.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.SystemScheduler;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;

/**
 * Holds the production code to the rules of the design that a compiler does not check. A rule, or a layer of it, that
 * sees no class fails too: that is ArchUnit's default.
 */
@AnalyzeClasses(
        packages = "io.pawline",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJars.class})
class ArchitectureTest {

    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    /** A module: its packages, and the modules that it may know. */
    private record Module(List<String> packages, Set<String> knows) {}

    private static final Set<String> LIBRARIES = Set.of(
            "schemas",
            "live-controls",
            "service-runtime",
            "stage-runtime",
            "outbound-http",
            "task-store",
            "image-store",
            "photo-normaliser",
            "photo-loader",
            "web");

    /** Those who accept tasks and who watch them run no stage. */
    private static final Set<String> WITHOUT_STAGE = Set.of(
            "schemas",
            "live-controls",
            "service-runtime",
            "outbound-http",
            "task-store",
            "image-store",
            "photo-normaliser",
            "web");

    private static final Map<String, Module> MODULES = modules();

    private static Map<String, Module> modules() {
        Map<String, Module> modules = new LinkedHashMap<>();
        modules.put("schemas", module(Set.of(), "io.pawline.schemas..", "io.pawline.events.."));
        modules.put("live-controls", module(Set.of("schemas"), "io.pawline.controls.."));
        modules.put("service-runtime", module(Set.of("schemas"), "io.pawline.service.."));
        modules.put(
                "stage-runtime", module(Set.of("schemas", "live-controls", "service-runtime"), "io.pawline.stage.."));
        modules.put("outbound-http", module(Set.of("schemas"), "io.pawline.outbound.."));
        modules.put("task-store", module(Set.of("schemas"), "io.pawline.taskstore.."));
        modules.put("image-store", module(Set.of("schemas"), "io.pawline.images.."));
        modules.put("photo-normaliser", module(Set.of(), "io.pawline.photos.."));
        modules.put(
                "photo-loader",
                module(
                        Set.of("schemas", "stage-runtime", "outbound-http", "image-store", "photo-normaliser"),
                        "io.pawline.photoloader.."));
        // A lost database is a problem of every interface
        modules.put("web", module(Set.of("task-store"), "io.pawline.web.."));
        modules.put("ingest-service", module(WITHOUT_STAGE, "io.pawline.ingest.."));
        for (String stage : List.of("detect", "generate", "matting", "finalize", "callback")) {
            modules.put(stage + "-service", module(LIBRARIES, "io.pawline." + stage + ".."));
        }
        modules.put("ops-service", module(WITHOUT_STAGE, "io.pawline.ops.."));
        // It is what a stage calls, and knows of no task
        modules.put(
                "matting-model-service",
                module(
                        Set.of("service-runtime", "outbound-http", "photo-normaliser", "web"),
                        "io.pawline.mattingmodel.."));
        modules.put(
                "cli",
                module(
                        Set.of("schemas", "live-controls", "outbound-http", "task-store", "image-store"),
                        "io.pawline.cli.."));
        // What front ends use knows nothing of what they call
        modules.put("pawline-client", module(Set.of(), "io.pawline.client.."));
        modules.put("embedded-kafka", module(Set.of(), "io.pawline.kafka.."));
        modules.put("embedded-schema-registry", module(Set.of(), "io.pawline.registry.."));
        modules.put("provider-simulator", module(Set.of(), "io.pawline.simulator.."));
        return modules;
    }

    private static Module module(Set<String> knows, String... packages) {
        return new Module(List.of(packages), knows);
    }

    /** What runs all of them on one machine, and may know them all. */
    private static final String[] WHOLE_SYSTEM = {
        "io.pawline.local..", "io.pawline.benchmarks..", "io.pawline.testkit..", "io.pawline.simulation.."
    };

    /** The packages inside the stage runtime, from low to high: each may know those before it. */
    private static final List<String> INSIDE_THE_RUNTIME = List.of(
            "codec",
            "offsets",
            "channel",
            "provider",
            "fleet",
            "budget",
            "metrics",
            "ledger",
            "dispatch",
            "commit",
            "retry",
            "tracing",
            "session");

    /** Endings of the names of classes that may know Spring: they stand at the edge of a feature. */
    private static final Set<String> SPRINGS_EDGE = Set.of(
            "Application",
            "Configuration",
            "Properties",
            "Controller",
            "View",
            "Form",
            "Filter",
            "Interceptor",
            "Resolver",
            "Advice",
            "Listener",
            "Publisher",
            "Relay");

    /**
     * Endings of the names of classes that may know the events: besides what takes and publishes them,
     * {@code CallEvents} and {@code FinalStates}, which translate them, and the processors of the live count, which
     * count each one once.
     */
    private static final Set<String> EVENTS_EDGE =
            Set.of("Configuration", "Handler", "Listener", "Publisher", "FinalStates", "Events", "Deduplicator");

    /** Types of the JDK whose methods begin threads or may let one wait. */
    private static final List<Class<?>> THREADS_AND_WAITS = List.of(
            Executors.class,
            ExecutorService.class,
            LockSupport.class,
            Condition.class,
            CountDownLatch.class,
            CyclicBarrier.class,
            Phaser.class,
            Exchanger.class,
            Semaphore.class,
            BlockingQueue.class,
            Timer.class);

    @ArchTest
    static void modulesKnowOnlyThoseBelowThem(JavaClasses production) {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (var module : MODULES.entrySet()) {
            layers = layers.layer(module.getKey())
                    .definedBy(module.getValue().packages().toArray(String[]::new));
        }
        for (var module : MODULES.entrySet()) {
            Set<String> knows = module.getValue().knows();
            layers = knows.isEmpty()
                    ? layers.whereLayer(module.getKey()).mayNotAccessAnyLayer()
                    : layers.whereLayer(module.getKey()).mayOnlyAccessLayers(knows.toArray(String[]::new));
        }
        layers.check(production);
    }

    @ArchTest
    static void nobodyKnowsTheWholeSystem(JavaClasses production) {
        noClasses()
                .that(resideOutsideOfPackages(WHOLE_SYSTEM))
                .should()
                .dependOnClassesThat(resideInAnyPackage(WHOLE_SYSTEM))
                .check(production);
    }

    @ArchTest
    static void everyClassIsInThePackageOfItsModule(JavaClasses production) {
        classes()
                .should()
                .resideInAnyPackage(Stream.concat(packagesOf(MODULES.keySet()), Stream.of(WHOLE_SYSTEM))
                        .toArray(String[]::new))
                .check(production);
    }

    @ArchTest
    static void theOperatorsJarHoldsNoSpring(JavaClasses production) {
        noClasses()
                .that(resideInAPackage("io.pawline.cli.."))
                .should()
                .dependOnClassesThat(resideInAPackage("org.springframework.."))
                .check(production);
    }

    @ArchTest
    static void noPackageOfTheRuntimeSeesOneAboveIt(JavaClasses production) {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String inner : INSIDE_THE_RUNTIME) {
            layers = layers.layer(inner).definedBy(inside(inner));
        }
        for (int at = 0; at < INSIDE_THE_RUNTIME.size(); at++) {
            String[] below = INSIDE_THE_RUNTIME.subList(0, at).toArray(String[]::new);
            layers = at == 0
                    ? layers.whereLayer(INSIDE_THE_RUNTIME.getFirst()).mayNotAccessAnyLayer()
                    : layers.whereLayer(INSIDE_THE_RUNTIME.get(at)).mayOnlyAccessLayers(below);
        }
        layers.check(production);
    }

    @ArchTest
    static void nothingInsideTheRuntimeSeesItsTop(JavaClasses production) {
        noClasses()
                .that(resideInAnyPackage(insideTheRuntime()))
                .should()
                .dependOnClassesThat(
                        belongToAnyOf(StageRuntime.class).or(resideInAPackage("io.pawline.stage.spring..")))
                .because("StageRuntime stands on top of the inner packages, and Spring on top of it")
                .check(production);
    }

    @ArchTest
    static void nothingOutsideSeesAnInnerPackageOfTheRuntime(JavaClasses production) {
        noClasses()
                .that(resideOutsideOfPackages(insideTheRuntime()))
                .and(not(belongToAnyOf(StageRuntime.class)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(insideTheRuntime()))
                .because("an author of a stage needs io.pawline.stage alone")
                .check(production);
    }

    @ArchTest
    static void springIsKnownAtTheEdgeOnly(JavaClasses production) {
        noClasses()
                .that(resideOutsideOfPackages(WHOLE_SYSTEM))
                .and(resideOutsideOfPackages("io.pawline.stage.spring..", "io.pawline.service..", "io.pawline.web.."))
                // Reads durations as Spring does
                .and(resideOutsideOfPackage("io.pawline.simulator.."))
                .and(not(resideInAPackage("io.pawline..http..")))
                .and(areNotNamedLike(SPRINGS_EDGE))
                .should()
                .dependOnClassesThat(resideInAPackage("org.springframework..").and(areNoValues()))
                .because("features are plain Java: what they need comes through their constructors")
                .check(production);
    }

    @ArchTest
    static void eventsAreKnownAtTheEdgeOfAServiceOnly(JavaClasses production) {
        Set<String> services = Set.copyOf(MODULES.keySet().stream()
                .filter(module -> module.endsWith("-service"))
                .toList());
        noClasses()
                .that(resideInAnyPackage(packagesOf(services).toArray(String[]::new)))
                .and(areNotNamedLike(EVENTS_EDGE))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.pawline.events..")
                .because("the features of a service have records of their own, so that an event can evolve")
                .check(production);
    }

    @ArchTest
    static void timeComesFromAnInjectedClock(JavaClasses production) {
        DescribedPredicate<JavaAccess<?>> readsTheClock = describe(
                "read the system's clock",
                access -> access.getTarget() instanceof CodeUnitAccessTarget call
                        && (isNowWithoutClock(call) || isMillisOfTheSystem(call)));

        noClasses()
                .that(resideOutsideOfPackages("io.pawline.local..", "io.pawline.cli..", "io.pawline.testkit.."))
                .should(accessTargetWhere(readsTheClock))
                .because("a test moves the time by an injected Clock")
                .check(production);
    }

    @ArchTest
    static void theRuntimeTakesTimeAndThreadsFromItsScheduler(JavaClasses production) {
        DescribedPredicate<JavaAccess<?>> bypassesIt = describe(
                "take time, threads or waits from elsewhere",
                access -> access.getTarget() instanceof CodeUnitAccessTarget call && isTimeOrThread(call));

        noClasses()
                .that(resideInAPackage("io.pawline.stage.."))
                .and(not(belongToAnyOf(SystemScheduler.class)))
                // Belongs to the services: their tasks wait for memory, and the runtime never does
                .and(not(belongToAnyOf(MemoryBudget.class)))
                .should(accessTargetWhere(bypassesIt))
                .because("a simulation decides which thread runs, and when")
                .check(production);
    }

    @ArchTest
    static void thereIsOneLoggingApi(JavaClasses production) {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(production);
    }

    private static boolean isNowWithoutClock(CodeUnitAccessTarget call) {
        return call.getName().equals("now")
                && resideInAPackage("java.time..").test(call.getOwner())
                && call.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Clock.class));
    }

    private static boolean isMillisOfTheSystem(CodeUnitAccessTarget call) {
        return call.getName().equals("currentTimeMillis") && call.getOwner().isEquivalentTo(System.class);
    }

    /** Says whether a call reads the machine's time, begins a thread, or may let one wait. */
    private static boolean isTimeOrThread(CodeUnitAccessTarget call) {
        String owner = call.getOwner().getName();
        String name = call.getName();
        if (owner.equals(Thread.class.getName())) {
            return !Set.of("currentThread", "interrupt", "interrupted", "isInterrupted")
                    .contains(name);
        }
        if (owner.equals(CompletableFuture.class.getName())) {
            boolean onPoolOfTheMachine = name.endsWith("Async")
                    && call.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Executor.class));
            return onPoolOfTheMachine || Set.of("get", "join").contains(name);
        }
        return (owner.equals(System.class.getName())
                        && Set.of("nanoTime", "currentTimeMillis").contains(name))
                || (owner.equals(Clock.class.getName()) && (name.startsWith("system") || name.startsWith("tick")))
                || (owner.equals(TimeUnit.class.getName())
                        && Set.of("sleep", "timedJoin", "timedWait").contains(name))
                || (owner.equals(Object.class.getName())
                        && Set.of("wait", "notify", "notifyAll").contains(name))
                || (owner.equals(Future.class.getName()) && name.equals("get"))
                || THREADS_AND_WAITS.stream().anyMatch(type -> call.getOwner().isAssignableTo(type));
    }

    /** Nested classes belong to the class that they are written in. */
    private static DescribedPredicate<JavaClass> areNotNamedLike(Set<String> suffixes) {
        return describe("are not named *" + String.join(" or *", suffixes), javaClass -> {
            String outermost = javaClass.getName().replaceFirst("\\$.*", "");
            return suffixes.stream().noneMatch(outermost::endsWith);
        });
    }

    /** A size as settings have it is a value like a Duration, only that the JDK has none. */
    private static DescribedPredicate<JavaClass> areNoValues() {
        return not(equivalentTo(DataSize.class));
    }

    private static Stream<String> packagesOf(Set<String> modules) {
        return MODULES.entrySet().stream()
                .filter(module -> modules.contains(module.getKey()))
                .flatMap(module -> module.getValue().packages().stream());
    }

    private static String inside(String name) {
        return "io.pawline.stage." + name + "..";
    }

    private static String[] insideTheRuntime() {
        return INSIDE_THE_RUNTIME.stream().map(ArchitectureTest::inside).toArray(String[]::new);
    }
}

package io.pawline.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
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
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;

/**
 * The rules of the design that a compiler does not check. A rule, or a module of it, that sees no class fails too: that is
 * ArchUnit's default.
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

    /** Module and its packages. */
    private static final Map<String, List<String>> SHARED = Map.of(
            "schemas", List.of("io.pawline.schemas..", "io.pawline.events.."),
            "stage-runtime", List.of("io.pawline.stage.."),
            "outbound-http", List.of("io.pawline.outbound.."),
            "task-store", List.of("io.pawline.taskstore.."),
            "image-store", List.of("io.pawline.images.."),
            "web", List.of("io.pawline.web.."));

    private static final Map<String, List<String>> SERVICES = Map.of(
            "ingest-service", List.of("io.pawline.ingest.."),
            "detect-service", List.of("io.pawline.detect.."),
            "generate-service", List.of("io.pawline.generate.."),
            "matting-service", List.of("io.pawline.matting.."),
            "finalize-service", List.of("io.pawline.finalizing.."),
            "callback-service", List.of("io.pawline.callback.."),
            "ops-service", List.of("io.pawline.ops.."));

    private static final String EMBEDDED_KAFKA = "io.pawline.kafka..";
    private static final String LOCAL = "io.pawline.local..";
    private static final String BENCHMARKS = "io.pawline.bench..";

    /** Endings of the names of classes that may know Spring. */
    private static final Set<String> SPRINGS_EDGE =
            Set.of("Application", "Configuration", "Properties", "Controller", "Listener", "Publisher", "Relay");

    /**
     * Endings of the names of classes that may know the events: besides what takes and publishes them, {@code CallEvents},
     * which says what they tell, and the processors of the live count, which see each one once.
     */
    private static final Set<String> EVENTS_EDGE =
            Set.of("Configuration", "Handler", "Listener", "Publisher", "Endings", "Events", "Once");

    @ArchTest
    static void modulesDependDownwardsAndServicesNeverOnEachOther(JavaClasses production) {
        var modules = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (var module : Stream.concat(SHARED.entrySet().stream(), SERVICES.entrySet().stream())
                .toList()) {
            modules = modules.layer(module.getKey()).definedBy(module.getValue().toArray(String[]::new));
        }
        modules = modules.layer("embedded-kafka").definedBy(EMBEDDED_KAFKA);
        modules = modules.layer("local-stack").definedBy(LOCAL);
        modules = modules.whereLayer("embedded-kafka").mayNotAccessAnyLayer();
        for (String shared : SHARED.keySet()) {
            modules = switch (shared) {
                case "schemas" -> modules.whereLayer(shared).mayNotAccessAnyLayer();
                // A lost database is a problem of every interface
                case "web" -> modules.whereLayer(shared).mayOnlyAccessLayers("task-store");
                default -> modules.whereLayer(shared).mayOnlyAccessLayers("schemas");
            };
        }
        for (String service : SERVICES.keySet()) {
            modules = modules.whereLayer(service)
                    .mayOnlyAccessLayers(SHARED.keySet().toArray(String[]::new));
        }
        modules.check(production);
    }

    @ArchTest
    static void everyClassIsInThePackageOfItsModule(JavaClasses production) {
        String[] packages = Stream.of(
                        packagesOf(SHARED), packagesOf(SERVICES), Stream.of(EMBEDDED_KAFKA, LOCAL, BENCHMARKS))
                .flatMap(stream -> stream)
                .toArray(String[]::new);

        classes().should().resideInAnyPackage(packages).check(production);
    }

    @ArchTest
    static void springIsKnownAtTheEdgeOnly(JavaClasses production) {
        noClasses()
                .that(resideOutsideOfPackages(LOCAL, BENCHMARKS))
                .and(resideOutsideOfPackage("io.pawline.stage.spring.."))
                .and(DescribedPredicate.not(resideInAnyPackage("io.pawline..http..", "io.pawline..web..")))
                .and(areNotNamedLike(SPRINGS_EDGE))
                .should()
                .dependOnClassesThat(resideInAPackage("org.springframework..").and(areNoValues()))
                .because("features are plain Java: what they need comes through their constructors")
                .check(production);
    }

    @ArchTest
    static void eventsAreKnownAtTheEdgeOfAServiceOnly(JavaClasses production) {
        noClasses()
                .that(resideInAnyPackage(packagesOf(SERVICES).toArray(String[]::new)))
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
                .that(resideOutsideOfPackage(LOCAL))
                .should(ArchConditions.accessTargetWhere(readsTheClock))
                .because("a test moves the time by an injected Clock")
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

    /** Nested classes belong to the class that they are written in. */
    private static DescribedPredicate<JavaClass> areNotNamedLike(Set<String> endings) {
        return describe("are not named *" + String.join(" or *", endings), javaClass -> {
            String outermost = javaClass.getName().replaceFirst("\\$.*", "");
            return endings.stream().noneMatch(outermost::endsWith);
        });
    }

    /** A size as settings have it is a value like a Duration, only that the JDK has none. */
    private static DescribedPredicate<JavaClass> areNoValues() {
        return DescribedPredicate.not(equivalentTo(DataSize.class));
    }

    private static Stream<String> packagesOf(Map<String, List<String>> modules) {
        return modules.values().stream().flatMap(List::stream);
    }
}

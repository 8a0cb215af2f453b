package io.pawline.ops;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the rules of how the features of ops-service, one package each, may depend on each other. */
@AnalyzeClasses(packages = "io.pawline.ops", importOptions = DoNotIncludeTests.class)
class OpsArchitectureTest {

    @ArchTest
    static final ArchRule featuresAreFreeOfCycles =
            slices().matching("io.pawline.ops.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule featuresDoNotKnowHowTheServiceIsPutTogether = noClasses()
            .that()
            .resideInAPackage("io.pawline.ops.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.pawline.ops")
            .because("the package of the service stands above all features: a way back to it closes a cycle");

    @ArchTest
    static final ArchRule httpKnowsNoFeature = noClasses()
            .that()
            .resideInAPackage("io.pawline.ops.http..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.pawline.ops..").and(not(resideInAPackage("io.pawline.ops.http.."))))
            .because("it stands below all features");

    @ArchTest
    static final ArchRule controllersAndViewsStandWithTheirFeature = noClasses()
            .that()
            .resideInAPackage("io.pawline.ops.http..")
            .should()
            .haveSimpleNameEndingWith("Controller")
            .orShould()
            .haveSimpleNameEndingWith("View")
            .because("http keeps only what all features share");
}

package io.pawline.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

/** Holds the packages of ingest-service to its layout: one for each feature, and {@code http} for what all share. */
@AnalyzeClasses(packages = "io.pawline.ingest", importOptions = DoNotIncludeTests.class)
class IngestArchitectureTest {

    @ArchTest
    static void featuresFormNoCycle(JavaClasses production) {
        slices().matching("io.pawline.ingest.(*)..").should().beFreeOfCycles().check(production);
    }

    @ArchTest
    static void controllersStandWithTheirFeature(JavaClasses production) {
        noClasses()
                .that()
                .resideInAPackage("..http..")
                .should()
                .haveSimpleNameEndingWith("Controller")
                .because("http holds only what all features share")
                .check(production);
    }

    @ArchTest
    static void whatAllShareKnowsNoFeature(JavaClasses production) {
        noClasses()
                .that()
                .resideInAnyPackage("io.pawline.ingest.http..", "io.pawline.ingest.task..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pawline.ingest.access..",
                        "io.pawline.ingest.batch..",
                        "io.pawline.ingest.callbacks..",
                        "io.pawline.ingest.cancel..",
                        "io.pawline.ingest.erase..",
                        "io.pawline.ingest.follow..",
                        "io.pawline.ingest.images..",
                        "io.pawline.ingest.list..",
                        "io.pawline.ingest.pressure..",
                        "io.pawline.ingest.progress..",
                        "io.pawline.ingest.relay..",
                        "io.pawline.ingest.submit..",
                        "io.pawline.ingest.upload..",
                        "io.pawline.ingest.webhook..")
                .check(production);
    }
}

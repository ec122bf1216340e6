package io.lockservice.client.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The client needs Vert.x, Jackson and the shared values, its command line picocli; recipes do not need each other. */
@AnalyzeClasses(packages = "io.lockservice.client", importOptions = ImportOption.DoNotIncludeTests.class)
final class ClientArchitectureTest {
    @ArchTest
    static final ArchRule OF_OURS_THE_VALUES_ALONE = classes()
            .that()
            .resideOutsideOfPackages(AdapterRulesTest.adapters())
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "io.vertx.core..",
                    "com.fasterxml.jackson..",
                    "picocli..",
                    "io.lockservice.api..",
                    "io.lockservice.client..");

    @ArchTest
    static final ArchRule THE_CLIENT_KNOWS_NO_RECIPE = noClasses()
            .that()
            .resideInAPackage("io.lockservice.client")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lockservice.client.lock..",
                    "io.lockservice.client.election..",
                    "io.lockservice.client.coordination..",
                    "io.lockservice.client.registry..",
                    "io.lockservice.client.threadlock..");
}

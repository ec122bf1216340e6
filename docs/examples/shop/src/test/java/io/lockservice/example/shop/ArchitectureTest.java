package io.lockservice.example.shop;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The programs need what a program elsewhere would, and what finds services by DNS needs nothing of the cell's. */
@AnalyzeClasses(packages = "io.lockservice.example.shop", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule VERTX_AND_THE_CLIENT = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "io.vertx.core..",
                    "io.lockservice.client",
                    "io.lockservice.client.registry",
                    "io.lockservice.client.vertx",
                    "io.lockservice.example.shop");

    @ArchTest
    static final ArchRule DNS_IS_ENOUGH = noClasses()
            .that()
            .haveSimpleName("CallsByDns")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lockservice.client..");
}

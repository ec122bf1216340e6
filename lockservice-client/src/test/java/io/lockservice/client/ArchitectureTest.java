package io.lockservice.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.lockservice.client.rules.AdapterRulesTest;

/** What may know what. */
@AnalyzeClasses(packages = "io.lockservice.client", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule OF_OURS_ONLY_THE_API = classes()
            .that()
            .resideOutsideOfPackages(AdapterRulesTest.adapters())
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.lockservice.client..",
                    "io.lockservice.api",
                    "io.vertx.core..",
                    "com.fasterxml.jackson..",
                    "org.jspecify..",
                    "picocli..");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_NEEDS_PICOCLI = noClasses()
            .that()
            .resideOutsideOfPackage("..client.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "..client.cli..");

    @ArchTest
    static final ArchRule WHAT_COMMANDS_SHARE_KNOWS_NO_COMMAND = noClasses()
            .that()
            .resideInAPackage("..client.cli.shell")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lockservice.client.cli",
                    "..client.cli.node",
                    "..client.cli.lock",
                    "..client.cli.registry",
                    "..client.cli.cell");

    @ArchTest
    static final ArchRule TRANSPORT_KNOWS_NOTHING_ABOVE_IT = noClasses()
            .that()
            .resideInAPackage("..client.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lockservice.client",
                    "..client.lock",
                    "..client.election",
                    "..client.coordination",
                    "..client.registry",
                    "..client.threadlock");

    @ArchTest
    static final ArchRule ONE_CALL_KNOWS_NO_CHANNEL = noClasses()
            .that()
            .resideInAPackage("..client.transport")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..client.transport.channel..");

    @ArchTest
    static final ArchRule THE_CLIENT_DOES_NOT_KNOW_ITS_RECIPES = noClasses()
            .that()
            .resideInAPackage("io.lockservice.client")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..client.lock",
                    "..client.election",
                    "..client.coordination",
                    "..client.registry",
                    "..client.threadlock");

    @ArchTest
    static final ArchRule LOCKS_DO_NOT_KNOW_WHAT_IS_BUILT_ON_THEM = noClasses()
            .that()
            .resideInAPackage("..client.lock")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..client.election", "..client.coordination", "..client.registry", "..client.threadlock");

    @ArchTest
    static final ArchRule RECIPES_DO_NOT_NEED_EACH_OTHER = slices().matching(
                    "io.lockservice.client.(election|coordination|registry|threadlock)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule THE_WALL_CLOCK_IS_READ_FOR_SUSPENSIONS_ALONE = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.lockservice.client.LockServiceClient")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Instant");

    @ArchTest
    static final ArchRule TIME_IS_READ_FROM_THE_LOOP = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.lockservice.client.LockServiceClient")
            .and()
            .resideOutsideOfPackage("..client.testkit..")
            .should()
            .callMethod(System.class, "nanoTime");
}

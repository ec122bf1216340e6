package io.lockservice.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** Which room of the core may look into which: the table in {@code docs/architecture.md}. */
@AnalyzeClasses(packages = "io.lockservice", importOptions = ImportOption.DoNotIncludeTests.class)
final class CoreArchitectureTest {
    @ArchTest
    static final ArchRule CHECK_KNOWS_NOTHING = only("check");

    @ArchTest
    static final ArchRule WIRE_KNOWS_NOTHING = only("wire");

    @ArchTest
    static final ArchRule API_IS_VALUES = only("api", "wire", "check");

    @ArchTest
    static final ArchRule LOG = only("log", "wire", "check");

    @ArchTest
    static final ArchRule PAXOS_KNOWS_NOTHING_OF_LOCKS = only("paxos", "log", "wire", "check");

    @ArchTest
    static final ArchRule CELL_KNOWS_NOTHING_OF_PAXOS = only("cell", "api", "wire", "check");

    @ArchTest
    static final ArchRule SESSION_KNOWS_NOTHING_OF_PAXOS = only("session", "api", "cell", "check");

    @ArchTest
    static final ArchRule TRANSFER_KNOWS_FILES_ONLY = only("transfer", "log", "wire", "check");

    @ArchTest
    static final ArchRule FOUNDING_KNOWS_MEMBERS_ONLY = only("founding", "log", "wire", "check");

    @ArchTest
    static final ArchRule DIGEST_KNOWS_NUMBERS_ONLY = only("digest", "log", "check");

    @ArchTest
    static final ArchRule GATEWAY_KNOWS_CALLS_ONLY = only("gateway", "api", "cell.repeat", "check");

    @ArchTest
    static final ArchRule REPLICA_JOINS_THEM = only(
            "replica",
            "api",
            "cell",
            "check",
            "digest",
            "founding",
            "gateway",
            "log",
            "paxos",
            "session",
            "transfer",
            "wire");

    @ArchTest
    static final ArchRule NOBODY_LOOKS_INTO_THE_REPLICA = noClasses()
            .that()
            .resideOutsideOfPackage("io.lockservice.replica..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lockservice.replica..");

    @ArchTest
    static final ArchRule NO_CIRCLES =
            slices().matching("io.lockservice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_TIME_RANDOMNESS_THREADS_OR_FILES = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.net..",
                    "java.time..",
                    "java.security..")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent..");

    private static ArchRule only(String room, String... mayKnow) {
        String[] allowed = Stream.concat(
                        Stream.of("java..", "org.jspecify..", "io.lockservice." + room + ".."),
                        Stream.of(mayKnow).map(each -> "io.lockservice." + each + ".."))
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage("io.lockservice." + room + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed);
    }
}

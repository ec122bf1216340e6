package io.lockservice.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** Which room of the server may look into which: the table in {@code docs/architecture.md}. */
@AnalyzeClasses(packages = "io.lockservice.server", importOptions = ImportOption.DoNotIncludeTests.class)
final class ServerArchitectureTest {
    private static final String SERVER = "io.lockservice.server.";
    private static final String MAP_DB = "org.mapdb..";
    private static final String MICROMETER = "io.micrometer..";

    @ArchTest
    static final ArchRule DRIVER_KNOWS_THE_CORE_ALONE = ofOurs("driver", "api..", "log..", "replica..");

    @ArchTest
    static final ArchRule DOORS_KNOW_THE_PORT_ALONE =
            ofOurs("http", "api..", "check..", "replica..", "server.driver..", "server.registry..");

    @ArchTest
    static final ArchRule THE_DNS_DOOR_KNOWS_NO_OTHER_DOOR =
            ofOurs("dns", "api..", "check..", "server.driver..", "server.registry..");

    @ArchTest
    static final ArchRule THE_REGISTRY_KNOWS_THE_PORT_ALONE = ofOurs("registry", "api..", "check..", "server.driver..");

    @ArchTest
    static final ArchRule THE_JOURNAL_KNOWS_THE_LOG_ALONE =
            ofOurs("storage.journal", "log..", "wire..", "check..", "server.storage.files..");

    @ArchTest
    static final ArchRule STORAGE =
            ofOurs("storage", "log..", "wire..", "check..", "replica..", "cell..", "server.driver..", MAP_DB);

    @ArchTest
    static final ArchRule MAP_DB_HOLDS_CHECKPOINTS_ALONE = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + "storage.checkpoint..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MAP_DB);

    @ArchTest
    static final ArchRule BUS =
            ofOurs("bus", "log..", "replica..", "wire..", "check..", "server.config..", "server.driver..");

    @ArchTest
    static final ArchRule METRICS_READ_WHAT_THE_PARTS_TELL = ofOurs(
            "metrics",
            "api..",
            "replica..",
            "server.bus..",
            "server.storage..",
            "server.http..",
            "server.dns..",
            MICROMETER);

    @ArchTest
    static final ArchRule METRICS_ALONE_KNOW_MICROMETER = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + "metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MICROMETER, "io.prometheus..");

    @ArchTest
    static final ArchRule CONFIG = ofOurs("config", "api..", "log..", "paxos..", "replica..", "check..");

    @ArchTest
    static final ArchRule BACKUP = ofOurs(
            "backup",
            "api..",
            "log..",
            "replica..",
            "wire..",
            "server.config..",
            "server.driver..",
            "server.storage..");

    @ArchTest
    static final ArchRule DOORS_SEE_NO_REPLICA_FROM_INSIDE = noClasses()
            .that()
            .resideInAPackage(SERVER + "http..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.lockservice.replica.Replica");

    @ArchTest
    static final ArchRule ONLY_THE_BUS_TOUCHES_THE_EVENT_BUS = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + "bus..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.core.eventbus..", "io.vertx.core.spi.cluster..");

    private static ArchRule ofOurs(String room, String... mayKnow) {
        String[] forbiddenUnless = Stream.concat(
                        Stream.of(SERVER + room + ".."),
                        Stream.of(mayKnow)
                                .map(each -> each.equals(MAP_DB) || each.equals(MICROMETER)
                                        ? each
                                        : "io.lockservice." + each))
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(SERVER + room + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(Stream.concat(
                                Stream.of(forbiddenUnless),
                                Stream.of(
                                        "java..",
                                        "org.jspecify..",
                                        "io.vertx..",
                                        "io.netty..",
                                        "com.fasterxml..",
                                        "picocli.."))
                        .toArray(String[]::new));
    }
}

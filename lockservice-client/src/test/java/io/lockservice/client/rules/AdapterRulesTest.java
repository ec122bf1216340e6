package io.lockservice.client.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Libraries that a user need not have are known to their adapter's package alone, and no other package knows an adapter. */
@AnalyzeClasses(packages = "io.lockservice.client", importOptions = ImportOption.DoNotIncludeTests.class)
public final class AdapterRulesTest {
    private static final String[] ADAPTERS = {
        "..client.shedlock..",
        "..client.metrics..",
        "..client.fencing..",
        "..client.spring..",
        "..client.springcloud..",
        "..client.stork..",
        "..client.vertx..",
        "..client.testkit.."
    };

    private static final String TEST_KIT = "..client.testkit..";

    @ArchTest
    static final ArchRule AN_ADAPTER_USES_ITS_LIBRARY_AND_NO_OTHER = classes()
            .that()
            .resideInAnyPackage(ADAPTERS)
            .and()
            .resideOutsideOfPackage(TEST_KIT)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "io.vertx.core..",
                    "com.fasterxml.jackson..",
                    "io.lockservice.api..",
                    "io.lockservice.client..",
                    "net.javacrumbs.shedlock..",
                    "io.micrometer.core..",
                    "org.springframework.integration.support.locks..",
                    "org.springframework.cloud.client..",
                    "org.springframework.context",
                    "org.springframework.context.event",
                    "org.springframework.core",
                    "reactor.core..",
                    "org.reactivestreams..",
                    "io.smallrye.stork.api..",
                    "io.smallrye.stork.spi..",
                    "io.smallrye.mutiny..",
                    "com.sun.net.httpserver..");

    @ArchTest
    static final ArchRule SHEDLOCK_IS_FOR_ITS_ADAPTER = only("..client.shedlock..", "net.javacrumbs..", "org.slf4j..");

    @ArchTest
    static final ArchRule MICROMETER_IS_FOR_THE_METRICS = only("..client.metrics..", "io.micrometer..");

    @ArchTest
    static final ArchRule SPRING_IS_FOR_ITS_ADAPTERS = noClasses()
            .that()
            .resideOutsideOfPackages("..client.spring..", "..client.springcloud..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..");

    @ArchTest
    static final ArchRule SPRING_INTEGRATION_IS_FOR_ITS_ADAPTER =
            only("..client.spring..", "org.springframework.integration..");

    @ArchTest
    static final ArchRule SPRING_CLOUD_IS_FOR_ITS_ADAPTER = only(
            "..client.springcloud..",
            "org.springframework.cloud..",
            "org.springframework.boot..",
            "org.springframework.context..");

    /** Who has no Reactor, and no web server of Spring Boot's, has the rest of the adapter all the same. */
    @ArchTest
    static final ArchRule REACTOR_IS_FOR_THE_REACTIVE_CLIENT = noClasses()
            .that()
            .doNotHaveSimpleName("LockServiceReactiveDiscoveryClient")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("reactor..", "org.reactivestreams..");

    @ArchTest
    static final ArchRule THE_APPLICATION_CONTEXT_IS_FOR_THE_AUTOMATIC_REGISTRATION = noClasses()
            .that()
            .doNotHaveSimpleName("LockServiceAutoRegistration")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.boot..", "org.springframework.context..");

    @ArchTest
    static final ArchRule STORK_IS_FOR_ITS_ADAPTER = only("..client.stork..", "io.smallrye..");

    @ArchTest
    static final ArchRule THE_SERVER_AND_JUNIT_ARE_FOR_THE_TEST_KIT = only(
            TEST_KIT, "io.lockservice.server..", "io.lockservice.replica..", "io.lockservice.paxos..", "org.junit..");

    @ArchTest
    static final ArchRule THE_TEST_KIT_NEEDS_NO_ADAPTER = noClasses()
            .that()
            .resideInAPackage(TEST_KIT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..client.shedlock..",
                    "..client.metrics..",
                    "..client.fencing..",
                    "..client.spring..",
                    "..client.springcloud..",
                    "..client.stork..",
                    "..client.vertx..");

    @ArchTest
    static final ArchRule JUNIT_IS_FOR_ITS_EXTENSION = noClasses()
            .that()
            .haveNameNotMatching(".*\\.testkit\\.LockService(Test|Extension)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..");

    @ArchTest
    static final ArchRule THE_JDKS_SERVER_IS_FOR_ITS_FILTER = only("..client.fencing..", "com.sun.net.httpserver..");

    @ArchTest
    static final ArchRule NOBODY_NEEDS_AN_ADAPTER = noClasses()
            .that()
            .resideOutsideOfPackages(ADAPTERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ADAPTERS);

    /** The packages that may use more than the client needs. */
    public static String[] adapters() {
        return ADAPTERS.clone();
    }

    private static ArchRule only(String adapter, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(adapter)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }
}

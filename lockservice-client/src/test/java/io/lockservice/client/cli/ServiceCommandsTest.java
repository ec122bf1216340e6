package io.lockservice.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.Service;
import io.lockservice.client.registry.ServiceInstance;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ServiceCommandsTest extends CommandTest {
    private CompletableFuture<Integer> ended = new CompletableFuture<>();

    private Registration register(String id, Instance instance) {
        Registration registration = NameRegistry.of(client(), "host " + id).register("web", id, instance);
        TestCell.await(registration.registered());
        return registration;
    }

    @Test
    void servicesAndInstancesAreListed() {
        assertEquals("SERVICE  INSTANCES\n", run("services").done().out());
        register("1", Instance.at("10.0.0.1", 80).withTags("blue", "eu").withMetadata("zone", "a"));
        register("2", Instance.at("::1", 81).withWeight(3));
        assertEquals("SERVICE  INSTANCES\nweb      2\n", run("services").done().out());
        String web = run("services", "web").done().out();
        assertTrue(web.contains("1   10.0.0.1:80  1       blue,eu  zone=a    s"), web);
        assertTrue(web.contains("2   [::1]:81     3"), web);
        JsonNode json = run("services", "--json").done().json();
        assertEquals(2, json.path("services").path(0).path("instanceCount").asInt());
        assertEquals(
                List.of("10.0.0.1", "::1"),
                run("services", "web", "--json").done().json().path("instances").findValuesAsText("address"));
        run("services", "none").done();
    }

    @Test
    void aNameIsResolved() {
        run("resolve", "web").failed(1, "nobody offers web now");
        register("1", Instance.at("10.0.0.1", 80).withTags("blue"));
        register("2", Instance.at("::1", 81));
        assertEquals("10.0.0.1:80\n[::1]:81\n", run("resolve", "web").done().out());
        assertEquals(
                "10.0.0.1:80\n", run("resolve", "web", "--tag", "blue").done().out());
        run("resolve", "web", "--tag", "green").failed(1, "nobody offers web with the tag green");
        assertEquals(
                "[\"blue\"]",
                run("resolve", "web", "--json")
                        .done()
                        .json()
                        .path("instances")
                        .path(0)
                        .path("tags")
                        .toString());
    }

    private BufferedReader watch(String... arguments) throws IOException {
        PipedOutputStream out = new PipedOutputStream();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(new PipedInputStream(out), StandardCharsets.UTF_8));
        Console console = new Console(
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                Map.of("LOCKSERVICE_CELL", String.join(",", cell.urls())),
                false);
        ended = CompletableFuture.supplyAsync(() -> Lockctl.run(console, arguments));
        return lines;
    }

    @Test
    void aWatchPrintsWhatIsThereAndThenEachChange() throws Exception {
        Registration one = register("1", Instance.at("10.0.0.1", 80));
        register("2", Instance.at("10.0.0.2", 80));
        BufferedReader lines = watch("resolve", "web", "--watch", "--count", "4");
        assertEquals("+ 1  10.0.0.1:80", lines.readLine());
        assertEquals("+ 2  10.0.0.2:80", lines.readLine());
        cell.stop(leader());
        TestCell.await(one.update(Instance.at("10.0.0.1", 81)));
        assertEquals("~ 1  10.0.0.1:81", lines.readLine());
        TestCell.await(one.deregister());
        assertEquals("- 1  10.0.0.1:81", lines.readLine());
        assertEquals(0, ended.get(60, TimeUnit.SECONDS));
    }

    @Test
    void aWatchOfATagPrintsWhoGetsAndWhoLosesIt() throws Exception {
        Registration one = register("1", Instance.at("10.0.0.1", 80).withTags("blue"));
        register("2", Instance.at("10.0.0.2", 80));
        BufferedReader lines = watch("resolve", "web", "--watch", "--tag", "blue", "--json");
        assertTrue(lines.readLine().startsWith("{\"change\":\"added\",\"service\":\"web\",\"id\":\"1\""));
        TestCell.await(one.update(Instance.at("10.0.0.1", 80)));
        assertTrue(lines.readLine().startsWith("{\"change\":\"removed\",\"service\":\"web\",\"id\":\"1\""));
        lines.close();
        TestCell.await(one.update(Instance.at("10.0.0.1", 80).withTags("blue")));
        assertEquals(1, ended.get(60, TimeUnit.SECONDS), "nobody reads any more");
    }

    @Test
    void aCommandIsRegisteredWhileItRuns() throws Exception {
        Path stop = directory.resolve("stop");
        CompletableFuture<Ran> running = CompletableFuture.supplyAsync(() -> run(
                "register",
                "web",
                "1",
                "--address",
                "127.0.0.1",
                "--port",
                "80",
                "--tag",
                "blue",
                "--metadata",
                "zone=a",
                "--weight",
                "3",
                "--",
                "sh",
                "-c",
                untilThere(stop) + "exit 7"));
        ServiceInstance found = watched("web").take().get(0);
        assertEquals(
                Instance.at("127.0.0.1", 80)
                        .withTags("blue")
                        .withMetadata("zone", "a")
                        .withWeight(3),
                found.instance());
        Files.createFile(stop);
        Ran ran = running.get(60, TimeUnit.SECONDS);
        assertEquals(7, ran.status(), ran::toString);
        run("resolve", "web").failed(1, "nobody offers web");
        assertEquals(0, run("sessions", "--json").done().json().path("sessions").size());
    }

    @Test
    void aCommandIsRegisteredOnlyWhileItIsWell() throws Exception {
        Path stop = directory.resolve("stop");
        AtomicInteger status = new AtomicInteger(503);
        AtomicInteger asked = new AtomicInteger();
        HttpServer health = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        health.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        health.start();
        try {
            BlockingQueue<List<ServiceInstance>> seen = watched("web");
            CompletableFuture<Ran> running = CompletableFuture.supplyAsync(() -> run(
                    "register",
                    "web",
                    "1",
                    "--address",
                    "127.0.0.1",
                    "--port",
                    "80",
                    "--health-url",
                    "http://127.0.0.1:" + health.getAddress().getPort() + "/health",
                    "--health-interval",
                    "0.1",
                    "--health-failures",
                    "2",
                    "--",
                    "sh",
                    "-c",
                    untilThere(stop)));
            while (asked.get() < 3) {
                Thread.onSpinWait();
            }
            assertTrue(seen.isEmpty(), "not well yet");
            status.set(204);
            assertEquals(1, seen.take().size());
            status.set(500);
            assertEquals(0, seen.take().size());
            status.set(200);
            assertEquals(1, seen.take().size());
            Files.createFile(stop);
            Ran ran = running.get(60, TimeUnit.SECONDS);
            assertEquals(0, ran.status(), ran::toString);
            assertTrue(ran.err().contains("/health is not well: status 500"), ran::err);
            assertEquals(0, seen.take().size());
        } finally {
            health.stop(0);
        }
    }

    @Test
    void aProgramThatIsNotThereIsNotRegistered() {
        run("register", "web", "1", "--address", "127.0.0.1", "--port", "80", "--", "./no-such-program")
                .failed(127, "there is no such program");
        run("resolve", "web").failed(1, "nobody offers web");
    }

    private static String untilThere(Path file) {
        return "while [ ! -e " + file + " ]; do sleep 0.1; done; ";
    }

    /** The instances after each change, from now on. */
    private BlockingQueue<List<ServiceInstance>> watched(String name) {
        BlockingQueue<List<ServiceInstance>> seen = new LinkedBlockingQueue<>();
        Service service = TestCell.await(NameRegistry.of(client(), "watch").resolve(name));
        service.addListener(change -> {
            if (!change.added().isEmpty() || !change.removed().isEmpty()) {
                seen.add(change.instances());
            }
        });
        return seen;
    }
}

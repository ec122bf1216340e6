package io.lockservice.server;

import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.backup.BackupStatus;
import io.lockservice.server.bus.Incarnation;
import io.lockservice.server.bus.ReplicaBus;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.dns.DnsDoor;
import io.lockservice.server.dns.DnsSettings;
import io.lockservice.server.driver.ReplicaDriver;
import io.lockservice.server.http.HttpDoor;
import io.lockservice.server.http.HttpSettings;
import io.lockservice.server.registry.ServiceView;
import io.lockservice.server.storage.DamagedIdentity;
import io.lockservice.server.storage.DataDirectory;
import io.lockservice.server.storage.journal.JournalCorruption;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a cell with everything around it: data directory, journal, bus, driver, doors.
 *
 * <p>Threading: {@link #start} blocks for as long as opening the data directory takes and must not be called on an event
 * loop; everything else may be called by any thread.
 */
public final class ReplicaServer {
    private static final Logger LOG = System.getLogger(ReplicaServer.class.getName());

    /** After handing leadership over, so long for calls under way to be answered by the new leader. */
    private static final long DRAIN_MS = 400;

    private final CellConfig.Member member;
    private final DataDirectory directory;
    private final ReplicaBus bus;
    private final ReplicaParts parts;
    private final Doors doors;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Without a context: the one everything ran on ends with the bus. */
    private final Promise<Void> stopped = Promise.promise();

    private ReplicaServer(
            CellConfig.Member member, DataDirectory directory, ReplicaBus bus, ReplicaParts parts, Doors doors) {
        this.member = member;
        this.directory = directory;
        this.bus = bus;
        this.parts = parts;
        this.doors = doors;
    }

    /** Where clients come in. */
    private record Doors(HttpDoor http, @Nullable DnsDoor dns) {
        Future<Void> close() {
            Future<Void> dnsClosed = dns == null ? Future.succeededFuture() : dns.close();
            return Future.join(http.close(), dnsClosed).mapEmpty();
        }
    }

    /**
     * Starts a replica; the future succeeds once its doors are open.
     *
     * @param data its data directory, made where it does not exist
     * @param onFailure told once when a running replica had to stop: a failed disk, a broken invariant
     * @throws RuntimeException with a plain message where the data directory cannot be used
     */
    public static Future<ReplicaServer> start(
            CellConfig config, int replicaId, Path data, Consumer<Throwable> onFailure) {
        return start(config, replicaId, false, data, onFailure);
    }

    /** As the other; one that {@code joins} is in the file but not in the cell: it learns until the cell gives it a vote. */
    public static Future<ReplicaServer> start(
            CellConfig config, int replicaId, boolean joins, Path data, Consumer<Throwable> onFailure) {
        CellConfig.Member member = config.member(replicaId)
                .orElseThrow(() -> new IllegalArgumentException("no replica " + replicaId + " in this cell"));
        DataDirectory directory = openDirectory(config, replicaId, data);
        // A promise without a context: after a failure the event loop ends, and what is bound to it is never completed.
        Promise<ReplicaServer> started = Promise.promise();
        Consumer<Throwable> refuse = cause -> {
            if (cause instanceof JournalCorruption damage && isOneOfSeveral(config)) {
                directory.distrust(String.valueOf(damage.getMessage()));
                directory.close();
                startAnew(() -> start(config, replicaId, joins, data, onFailure), started);
            } else {
                directory.close();
                started.fail(cause);
            }
        };
        ReplicaBus.open(config, replicaId, new Incarnation(directory.incarnation(), directory.dataIncarnation()))
                .onSuccess(bus -> run(config, member, joins, directory, bus, onFailure)
                        .onSuccess(started::complete)
                        .onFailure(cause -> bus.close().onComplete(closed -> refuse.accept(cause))))
                .onFailure(refuse::accept);
        return started.future();
    }

    /** The data of the only replica of a cell are nowhere else: they are not set aside, and an operator decides. */
    private static boolean isOneOfSeveral(CellConfig config) {
        return config.replicas().size() > 1;
    }

    private static DataDirectory openDirectory(CellConfig config, int replicaId, Path data) {
        DataDirectory directory;
        try {
            directory = DataDirectory.open(data, config.cell(), replicaId);
        } catch (DamagedIdentity damage) {
            if (!isOneOfSeveral(config)) {
                throw damage;
            }
            DataDirectory.distrust(data, String.valueOf(damage.getMessage()));
            directory = DataDirectory.open(data, config.cell(), replicaId);
        }
        for (Path each : directory.setAside()) {
            LOG.log(
                    Level.WARNING,
                    "replica {0}: data that could not be trusted any more are kept in {1}; the file distrusted in it says"
                            + " why. The replica gets everything from the others and then votes again",
                    replicaId,
                    each);
        }
        return directory;
    }

    /** Not on the event loop that is ending: opening a directory blocks. */
    private static void startAnew(Supplier<Future<ReplicaServer>> start, Promise<ReplicaServer> started) {
        Runnable again = () -> {
            try {
                start.get().onComplete(started);
            } catch (RuntimeException refused) {
                started.fail(refused);
            }
        };
        new Thread(again, "start-anew").start();
    }

    private static Future<ReplicaServer> run(
            CellConfig config,
            CellConfig.Member member,
            boolean joins,
            DataDirectory directory,
            ReplicaBus bus,
            Consumer<Throwable> onFailure) {
        Context context = bus.context();
        // Replaying a long journal takes a while: not on the event loop, which already answers the bus.
        Callable<ReplicaParts> recover = () -> ReplicaParts.recover(config, member, joins, directory, bus, onFailure);
        return bus.vertx().executeBlocking(recover).compose(running -> {
            Promise<ReplicaServer> started = Promise.promise();
            context.runOnContext(onLoop -> {
                bus.receiver((from, data, messages) -> running.driver().received(from, data, messages));
                running.driver().start(config.clock().tickMs());
                running.watch().start();
                ServiceView services = new ServiceView(running.driver(), context, config.cell());
                services.start();
                openDoors(config, member, running, bus.vertx(), services)
                        .map(doors -> new ReplicaServer(member, directory, bus, running, doors))
                        .onSuccess(server -> running.backups().start())
                        .onFailure(cause -> {
                            running.driver().stop();
                            running.closeStorage();
                        })
                        .onComplete(started);
            });
            return started.future();
        });
    }

    private static Future<Doors> openDoors(
            CellConfig config, CellConfig.Member member, ReplicaParts parts, Vertx vertx, ServiceView services) {
        HttpDoor http =
                new HttpDoor(httpSettings(config, member, parts.driver()), parts.driver(), parts.metrics(), services);
        return http.start(vertx)
                .compose(open -> dns(config, member, parts, services)
                        .map(dns -> dns.start(vertx).map(opened -> new Doors(http, opened)))
                        .orElseGet(() -> Future.succeededFuture(new Doors(http, null)))
                        .recover(cause -> http.close().transform(closed -> Future.failedFuture(cause))));
    }

    private static Optional<DnsDoor> dns(
            CellConfig config, CellConfig.Member member, ReplicaParts parts, ServiceView services) {
        if (member.dns() == 0) {
            return Optional.empty();
        }
        DnsSettings settings = new DnsSettings(
                config.cell(),
                member.listen(),
                member.dns(),
                config.dns().ttlMs(),
                config.dns().maxStaleMs(),
                DnsSettings.Limits.DEFAULT);
        return Optional.of(new DnsDoor(settings, parts.driver(), parts.metrics().dns(), services));
    }

    private static HttpSettings httpSettings(CellConfig config, CellConfig.Member member, ReplicaDriver driver) {
        HttpSettings.Limits usual = HttpSettings.Limits.DEFAULT;
        return new HttpSettings(
                config.cell(),
                member.id(),
                Main.version(),
                member.listen(),
                member.http(),
                id -> driver.configuration()
                        .member(id)
                        .map(each -> new HttpSettings.Member(each.id(), each.host(), each.http())),
                new HttpSettings.Limits(
                        config.http().maxBodyBytes(),
                        config.files().maxContentBytes(),
                        config.http().maxConnections(),
                        usual.bodyTimeoutMs(),
                        usual.idleTimeoutMs()));
    }

    /** Where clients reach it. */
    public String url() {
        return "http://" + member.host() + ":" + doors.http().actualPort();
    }

    /** The port on which it answers DNS, by UDP and TCP; -1 where it does not. */
    public int dnsPort() {
        DnsDoor dns = doors.dns();
        return dns == null ? -1 : dns.actualPort();
    }

    /** The replica's id. */
    public int id() {
        return member.id();
    }

    /** How the replica is. */
    public ReplicaStatus status() {
        return parts.driver().status();
    }

    /** How the backups go that the cell writes by itself. */
    public BackupStatus backups() {
        return parts.backups().status();
    }

    /** Hands leadership over, lets calls under way be answered, and closes everything. Once; a repeat joins the first. */
    public Future<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            handOverAndClose().onComplete(stopped);
        }
        return stopped.future();
    }

    /**
     * Stops without a word, as a process that is killed: leadership is not handed over, open calls get no answer, connections
     * are cut. What was acknowledged is on disk. For tests.
     */
    public Future<Void> kill() {
        if (stopping.compareAndSet(false, true)) {
            Promise<Void> halted = Promise.promise();
            execute(() -> {
                parts.driver().halt();
                halted.complete();
            });
            halted.future().compose(silent -> close()).onComplete(stopped);
        }
        return stopped.future();
    }

    /**
     * Runs {@code task} on the event loop that the whole replica runs on. One that blocks there stops the replica as a long
     * pause of its process does, for tests; nothing else may block.
     */
    public void execute(Runnable task) {
        bus.context().runOnContext(onLoop -> task.run());
    }

    /**
     * Ends a session as if its lease had run out by now. Only the leader can: elsewhere, and where the session is over,
     * nothing happens.
     */
    public void expireSession(String session) {
        execute(() -> parts.driver().leaseOver(session));
    }

    private Future<Void> handOverAndClose() {
        Vertx vertx = bus.vertx();
        Promise<Void> drained = Promise.promise();
        execute(() -> {
            parts.driver().resign();
            vertx.setTimer(DRAIN_MS, late -> {
                parts.driver().stop();
                drained.complete();
            });
        });
        return drained.future().compose(nothingOpen -> close());
    }

    private Future<Void> close() {
        Callable<Void> closeStorage = () -> {
            parts.closeStorage();
            directory.close();
            return null;
        };
        // A promise without a context: the one everything ran on ends with the bus.
        Promise<Void> closed = Promise.promise();
        doors.close()
                .onComplete(doorClosed -> bus.vertx()
                        .executeBlocking(closeStorage)
                        .onComplete(storageClosed -> bus.close().onComplete(closed)));
        return closed.future();
    }
}

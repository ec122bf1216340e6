package io.lockservice.server.bus;

import io.lockservice.log.Configuration;
import io.lockservice.replica.Message;
import io.lockservice.replica.MessageCodec;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.config.CellConfig.Member;
import io.lockservice.server.driver.PeerLink;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.tracing.TracingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A replica's way to its peers, and the Vert.x it runs in. A lossy, unordered datagram service: what a stopped, gone or
 * slow peer does not take is dropped, never queued without bound. See decision 12 of the architecture.
 *
 * <p>Threading: {@link #send} and {@link #flush} only on the event loop of {@link #context()}, where the {@link Receiver}
 * is called as well; everything else from any thread.
 */
public final class ReplicaBus implements PeerLink {
    private final String cell;
    private final int replicaId;
    private final Incarnation incarnation;
    private final Vertx vertx;
    private final Context context;
    private final Thread eventLoop;
    private final StaticClusterManager nodes;
    private final long windowBytes;
    private final Map<Integer, Peer> peers = new ConcurrentSkipListMap<>();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLong strangers = new AtomicLong();
    private volatile Receiver receiver = (from, data, messages) -> {};
    private volatile boolean closed;

    /** The message encoded last: what goes to every peer is encoded once. Cleared with each flush. */
    private @Nullable Message encodedMessage;

    private byte[] encodedBytes = new byte[0];

    private ReplicaBus(
            CellConfig config,
            int replicaId,
            Incarnation incarnation,
            StaticClusterManager nodes,
            Vertx vertx,
            Context context) {
        this.cell = config.cell();
        this.replicaId = replicaId;
        this.incarnation = incarnation;
        this.nodes = nodes;
        this.windowBytes = config.bus().windowBytes();
        this.vertx = vertx;
        this.context = context;
        this.eventLoop = Thread.currentThread();
        for (Member member : config.replicas()) {
            if (member.id() != replicaId) {
                peers.put(member.id(), peer(member.id(), windowBytes));
            }
        }
    }

    /**
     * Opens a Vert.x whose event bus listens at {@code listen:bus} of the replica, with mutual TLS where the cell has
     * certificates.
     *
     * @param incarnation of this process and its data; peers drop what comes from an earlier process than they have heard
     * @return fails with {@link BusException} where it cannot listen or the certificates cannot be used
     * @throws IllegalArgumentException where the cell has no such replica
     */
    public static Future<ReplicaBus> open(CellConfig config, int replicaId, Incarnation incarnation) {
        Member self = config.member(replicaId)
                .orElseThrow(() -> new IllegalArgumentException("no replica " + replicaId + " in this cell"));
        StaticClusterManager nodes = new StaticClusterManager(new Addresses(config.cell()), Addresses.node(replicaId));
        config.replicas().forEach(each -> nodes.put(each.id(), each.host(), each.bus()));
        return BusVertx.open(config, self, nodes)
                .compose(vertx -> start(config, replicaId, incarnation, nodes, vertx))
                .recover(cause -> Future.failedFuture(cannotOpen(self, cause)));
    }

    /** The Vert.x of this replica, for its doors. It logs what nobody catches. Closed by {@link #close}. */
    public Vertx vertx() {
        return vertx;
    }

    /** The event loop that owns the replica. */
    public Context context() {
        return context;
    }

    /** Who takes what comes in; until it is set, messages are dropped. */
    public void receiver(Receiver newReceiver) {
        receiver = newReceiver;
    }

    /**
     * Gathers {@code message} for {@code peer} until {@link #flush}; drops it where the peer's window is full, it is gone,
     * or the cell has no such peer.
     */
    @Override
    public void send(int peer, Message message) {
        checkEventLoop();
        @Nullable Peer to = peers.get(peer);
        if (to != null && !closed) {
            PeerGate.Lane lane = message.isOfKeepAlive() ? PeerGate.Lane.KEEP_ALIVES : PeerGate.Lane.BULK;
            to.send(encoded(message), lane);
        }
    }

    /** Sends what was gathered, one envelope per peer unless it is large. Call it at the end of each turn. */
    @Override
    public void flush() {
        checkEventLoop();
        encodedMessage = null;
        encodedBytes = new byte[0];
        if (!closed) {
            peers.values().forEach(peer -> peer.flush(cell, incarnation));
        }
    }

    /** Who is in the cell, and where. Those that have left stay known: they may have to be told so. */
    @Override
    public void members(Configuration configuration) {
        checkEventLoop();
        for (io.lockservice.log.Member member : configuration.members()) {
            nodes.put(member.id(), member.host(), member.bus());
            if (member.id() != replicaId) {
                peers.computeIfAbsent(member.id(), id -> peer(id, windowBytes));
            }
        }
    }

    /** The bus as it is now. Any thread. */
    public BusStatus status() {
        return new BusStatus(peers.values().stream().map(Peer::status).toList(), damaged.get(), strangers.get());
    }

    /** Closes the bus and its Vert.x, with everything that was deployed there. What was not flushed is dropped. */
    public Future<Void> close() {
        closed = true;
        peers.values().forEach(Peer::close);
        return vertx.close();
    }

    private static Future<ReplicaBus> start(
            CellConfig config, int replicaId, Incarnation incarnation, StaticClusterManager nodes, Vertx vertx) {
        Endpoint endpoint = new Endpoint(config, replicaId, incarnation, nodes);
        return vertx.deployVerticle(endpoint)
                .map(deployed -> endpoint.bus())
                .recover(cause -> vertx.close().transform(ended -> Future.failedFuture(cause)));
    }

    private static BusException cannotOpen(Member self, Throwable cause) {
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new BusException(
                "replica " + self.id() + " cannot open its bus at " + self.listen() + ":" + self.bus() + ": " + message
                        + "; check listen, bus and tls of the configuration, and that no other process uses the port",
                cause);
    }

    private Peer peer(int peerId, long bytes) {
        DeliveryOptions options =
                new DeliveryOptions().setCodecName(EnvelopeCodec.NAME).setTracingPolicy(TracingPolicy.IGNORE);
        MessageProducer<byte[]> producer = vertx.eventBus().sender(new Addresses(cell).of(peerId), options);
        return new Peer(replicaId, peerId, bytes, ReplicaBus::monotonicMs, producer::write);
    }

    private static long monotonicMs() {
        return System.nanoTime() / 1_000_000;
    }

    private byte[] encoded(Message message) {
        if (message != encodedMessage) {
            WireWriter out = new WireWriter();
            MessageCodec.write(message, out);
            encodedBytes = out.toBytes();
            encodedMessage = message;
        }
        return encodedBytes;
    }

    private void arrived(io.vertx.core.eventbus.Message<byte[]> arrived) {
        byte[] sealed;
        Envelope envelope;
        try {
            sealed = arrived.body();
            envelope = Envelope.open(sealed);
        } catch (RuntimeException unreadable) {
            // Vert.x decodes the body only now, and a frame that is not ours can fail in any way.
            damaged.incrementAndGet();
            return;
        }
        @Nullable Peer peer = envelope.cell().equals(cell) ? peers.get(envelope.sender()) : null;
        if (peer == null) {
            strangers.incrementAndGet();
        } else if (peer.heard(envelope, sealed.length)) {
            deliver(envelope);
        }
    }

    /** A message that cannot be read, of a newer version perhaps, does not take the others with it. */
    private void deliver(Envelope envelope) {
        List<Message> messages = new ArrayList<>();
        for (byte[] bytes : envelope.messages()) {
            try {
                WireReader in = new WireReader(bytes);
                Message message = MessageCodec.read(in);
                in.expectEnd();
                messages.add(message);
            } catch (WireException unreadable) {
                damaged.incrementAndGet();
            }
        }
        if (!messages.isEmpty()) {
            receiver.received(envelope.sender(), envelope.incarnation().data(), messages);
        }
    }

    private void checkEventLoop() {
        if (Thread.currentThread() != eventLoop) {
            throw new IllegalStateException("the bus belongs to the event loop of its context");
        }
    }

    /** Gives the bus a context of its own, on which it registers. */
    private static final class Endpoint extends VerticleBase {
        private final CellConfig config;
        private final int replicaId;
        private final Incarnation incarnation;
        private final StaticClusterManager nodes;
        private @Nullable ReplicaBus bus;

        Endpoint(CellConfig config, int replicaId, Incarnation incarnation, StaticClusterManager nodes) {
            this.nodes = nodes;
            this.config = config;
            this.replicaId = replicaId;
            this.incarnation = incarnation;
        }

        @Override
        public Future<?> start() {
            EventBus eventBus = vertx.eventBus();
            // The codecs of Vert.x include Java's serialization, which must never read what a peer sends.
            eventBus.serializableChecker(className -> false).clusterSerializableChecker(className -> false);
            eventBus.registerCodec(new EnvelopeCodec());
            ReplicaBus opened = new ReplicaBus(config, replicaId, incarnation, nodes, vertx, context);
            bus = opened;
            return eventBus.<byte[]>consumer(new Addresses(config.cell()).of(replicaId), opened::arrived)
                    .completion();
        }

        ReplicaBus bus() {
            if (bus == null) {
                throw new IllegalStateException("not started");
            }
            return bus;
        }
    }
}

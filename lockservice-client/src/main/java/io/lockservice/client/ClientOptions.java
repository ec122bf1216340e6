package io.lockservice.client;

import io.lockservice.client.transport.Address;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How a client reaches its cell. Every setter returns this object; the client copies what it needs when it is made. */
public final class ClientOptions {
    private final List<Address> addresses;
    private @Nullable Vertx vertx;
    private @Nullable String bearerToken;
    private long operationTimeoutMs = 10_000;
    private long attemptTimeoutMs = 3_000;
    private long maxBackoffMs = 2_000;
    private int connectTimeoutMs = 1_000;
    private int maxConnections = 16;
    private int maxWaitingCalls = 1_024;
    private int driftPercent = 1;
    private boolean followLeader = true;
    private UnaryOperator<Address> addressTranslator = UnaryOperator.identity();
    private boolean channel = true;

    private ClientOptions(List<Address> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("name at least one replica, as http://host:port");
        }
        this.addresses = List.copyOf(addresses);
    }

    /** Options for the cell whose replicas, all or some of them, answer at these URLs. They are tried in this order. */
    public static ClientOptions of(String... urls) {
        return new ClientOptions(
                Arrays.stream(urls).map(Address::parse).distinct().toList());
    }

    /** Runs on this Vert.x instead of one of the client's own. Its address resolver decides how long a name is cached. */
    public ClientOptions vertx(Vertx value) {
        vertx = value;
        return this;
    }

    /** Sends {@code Authorization: Bearer} with every call. */
    public ClientOptions bearerToken(String value) {
        bearerToken = value;
        return this;
    }

    /** How long an operation is tried, over all attempts; default 10 s. A wait for a lock comes on top. */
    public ClientOptions operationTimeoutMs(long value) {
        operationTimeoutMs = positive(value, "operationTimeoutMs");
        return this;
    }

    /** How long one replica has for its answer before another is asked; default 3 s. */
    public ClientOptions attemptTimeoutMs(long value) {
        attemptTimeoutMs = positive(value, "attemptTimeoutMs");
        return this;
    }

    /** The longest pause between two attempts; default 2 s. */
    public ClientOptions maxBackoffMs(long value) {
        maxBackoffMs = positive(value, "maxBackoffMs");
        return this;
    }

    /** How long opening a connection may take; default 1 s. */
    public ClientOptions connectTimeoutMs(int value) {
        connectTimeoutMs = (int) positive(value, "connectTimeoutMs");
        return this;
    }

    /** The most connections to one replica for calls that do not wait, where they go by HTTP; default 16. */
    public ClientOptions maxConnections(int value) {
        maxConnections = (int) positive(value, "maxConnections");
        return this;
    }

    /**
     * The most calls that wait at one replica at once, such as for locks; default 1,024. Keep-alives, of which every session has
     * one that waits, have as many connections of their own.
     */
    public ClientOptions maxWaitingCalls(int value) {
        maxWaitingCalls = (int) positive(value, "maxWaitingCalls");
        return this;
    }

    /** By how much clock rates may differ ({@code clock.driftPercent} of the cell), 0 to 50; default 1. */
    public ClientOptions driftPercent(int value) {
        if (value < 0 || value > 50) {
            throw new IllegalArgumentException("driftPercent is 0 to 50, not " + value);
        }
        driftPercent = value;
        return this;
    }

    /** Whether calls go straight to the leader where it is known, which saves a hop; default true. */
    public ClientOptions followLeader(boolean value) {
        followLeader = value;
        return this;
    }

    /**
     * Where a replica is reached that the cell calls by another address, as behind mapped ports or a tunnel; default: there.
     * Called on the client's own thread; it must neither block nor throw. The addresses given to {@link #of} are not translated.
     */
    public ClientOptions addressTranslator(UnaryOperator<Address> value) {
        addressTranslator = value;
        return this;
    }

    /**
     * Whether calls share one connection to a replica, its channel, where the replica offers that; default true. Without it
     * each call that waits has a connection of its own.
     */
    public ClientOptions channel(boolean value) {
        channel = value;
        return this;
    }

    List<Address> addresses() {
        return addresses;
    }

    @Nullable
    Vertx vertx() {
        return vertx;
    }

    /** The {@code Authorization} of every call, null for none. */
    @Nullable
    String authorization() {
        return bearerToken == null ? null : "Bearer " + bearerToken;
    }

    long operationTimeoutMs() {
        return operationTimeoutMs;
    }

    long attemptTimeoutMs() {
        return attemptTimeoutMs;
    }

    long maxBackoffMs() {
        return maxBackoffMs;
    }

    int connectTimeoutMs() {
        return connectTimeoutMs;
    }

    int maxConnections() {
        return maxConnections;
    }

    int maxWaitingCalls() {
        return maxWaitingCalls;
    }

    int driftPercent() {
        return driftPercent;
    }

    boolean followLeader() {
        return followLeader;
    }

    boolean channel() {
        return channel;
    }

    private static long positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be above 0, not " + value);
        }
        return value;
    }

    Address translated(Address address) {
        return addressTranslator.apply(address);
    }
}

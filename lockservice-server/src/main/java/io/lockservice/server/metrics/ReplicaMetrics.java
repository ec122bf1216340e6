package io.lockservice.server.metrics;

import io.lockservice.server.dns.DnsMetrics;
import io.lockservice.server.http.HttpMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;

/**
 * All metrics of one replica, each tagged with its cell and id. {@link #close} ends what listens to the JVM.
 *
 * <p>Threading: any thread.
 */
public final class ReplicaMetrics implements HttpMetrics, AutoCloseable {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final RequestMeters requests;
    private final ChannelMeters channels;
    private final DnsMeters dns;
    private final PeerMeters peers;

    /**
     * The metrics of a replica that starts.
     *
     * @param data its data directory, of whose disk the room is told
     */
    public ReplicaMetrics(String cell, int replicaId, Path data, Sources sources) {
        meters.config()
                .namingConvention(new PlainNames())
                .commonTags("cell", cell, "replica", Integer.toString(replicaId));
        Register register = new Register(meters);
        StateMeters.add(register, sources.replica());
        StorageMeters.addJournal(register, sources.journal());
        StorageMeters.addCheckpoints(register, sources.checkpoints());
        register.counter(
                "lockservice.bus.damaged",
                "messages",
                "Envelopes and messages dropped because they could not be read",
                () -> sources.bus().get().damaged());
        register.counter(
                "lockservice.bus.strangers",
                "envelopes",
                "Envelopes dropped because they came from another cell, or from nobody in this one",
                () -> sources.bus().get().strangers());
        requests = new RequestMeters(meters);
        channels = new ChannelMeters(register);
        dns = new DnsMeters(meters);
        peers = new PeerMeters(register, sources, replicaId);
        peers.refresh();
        new DiskSpaceMetrics(data.toAbsolutePath().normalize().toFile()).bindTo(meters);
        addProcess();
    }

    private void addProcess() {
        new JvmMemoryMetrics().bindTo(meters);
        collections.bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
    }

    @Override
    public void ended(HttpMethod method, int status, long nanos) {
        requests.ended(method, status, nanos);
    }

    /** What the DNS door counts; 0 everywhere where there is none. */
    public DnsMetrics dns() {
        return dns;
    }

    @Override
    public void channelOpened() {
        channels.opened();
    }

    @Override
    public void channelClosed() {
        channels.closed();
    }

    @Override
    public void messageRefused() {
        channels.refused();
    }

    @Override
    public synchronized String text() {
        peers.refresh();
        return meters.scrape();
    }

    /** What is measured, for checks. */
    MeterRegistry meters() {
        return meters;
    }

    @Override
    public void close() {
        collections.close();
        meters.close();
    }
}

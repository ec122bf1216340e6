package io.lockservice.server.config;

import io.lockservice.api.Name;
import io.lockservice.api.ProblemException;
import io.lockservice.paxos.PaxosSettings;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.server.config.CellConfig.Member;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a cell's YAML file. Nothing is silently ignored: what is not understood stops the start. */
public final class ConfigFile {
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final int MIB = 1 << 20;
    private static final String REPLICAS =
            "give at least one replica, such as {id: 1, host: 127.0.0.1, bus: 7401, http: 7301}";

    private static final Pattern DNS_LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    private final Section root;
    private final Path directory;
    private final CellConfig standard = CellConfig.embedded();

    private ConfigFile(Section root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    /**
     * Reads and checks {@code file}. Relative paths in it are relative to its directory.
     *
     * @throws ConfigException one line that names file, key and what is allowed
     */
    public static CellConfig read(Path file) {
        String text = text(file);
        Section root = Section.root(file.toString(), YamlTree.read(file.toString(), text));
        Path directory = file.toAbsolutePath().normalize().getParent();
        return new ConfigFile(root, directory == null ? file.toAbsolutePath() : directory).config();
    }

    private CellConfig config() {
        String cell = cell();
        List<Member> members = MemberList.read(root.sections("replicas", REPLICAS));
        Section clock = root.section("clock");
        int driftPercent =
                clock.smallNumber("driftPercent", 0, 20, standard.paxos().driftPercent());
        CellConfig config = new CellConfig(
                cell,
                members,
                vertx(root.section("vertx")),
                http(root.section("http")),
                dns(root.section("dns")),
                files(root.section("files")),
                paxos(root.section("paxos"), driftPercent),
                clock(clock),
                idempotency(root.section("idempotency")),
                journal(root.section("journal")),
                checkpoint(root.section("checkpoint")),
                digest(root.section("digest")),
                disk(root.section("disk")),
                backup(root.section("backup")),
                calls(root.section("calls")),
                bus(root.section("bus")),
                tls());
        root.end();
        checkRelations(config);
        return config;
    }

    private String cell() {
        String allowed = "give one component of a name such as 'local'";
        String name = root.text("cell", allowed);
        if (name.contains("/")) {
            throw root.error("cell", ConfigException.quoted(name) + " has a slash; " + allowed);
        }
        try {
            Name.checkComponent(name);
        } catch (ProblemException bad) {
            throw root.error("cell", bad.getMessage() + "; " + allowed);
        }
        return name;
    }

    private CellConfig.Threads vertx(Section section) {
        var threads = new CellConfig.Threads(
                section.smallNumber("eventLoops", 1, 64, standard.vertx().eventLoops()));
        section.end();
        return threads;
    }

    private CellConfig.Http http(Section section) {
        var http = new CellConfig.Http(
                section.smallNumber(
                        "maxConnections", 1, 1_000_000, standard.http().maxConnections()),
                section.smallNumber(
                        "maxBodyBytes", 1024, 8 * MIB, standard.http().maxBodyBytes()));
        section.end();
        return http;
    }

    private CellConfig.Dns dns(Section section) {
        CellConfig.Dns usual = standard.dns();
        var dns = new CellConfig.Dns(
                section.number("ttlMs", 0, 86_400_000, usual.ttlMs()),
                section.number("maxStaleMs", 1_000, 86_400_000, usual.maxStaleMs()));
        section.end();
        return dns;
    }

    private CellConfig.Files files(Section section) {
        var files = new CellConfig.Files(section.smallNumber(
                "maxContentBytes", 1, 8 * MIB, standard.files().maxContentBytes()));
        section.end();
        return files;
    }

    private PaxosSettings paxos(Section section, int driftPercent) {
        PaxosSettings usual = standard.paxos();
        PaxosSettings paxos = new PaxosSettings(
                section.number("leaseMs", 100, 60_000, usual.leaseMs()),
                section.number("heartbeatMs", 10, 20_000, usual.heartbeatMs()),
                section.number("announceMs", 0, 20_000, usual.announceMs()),
                section.number("electionJitterMs", 1, 60_000, usual.electionJitterMs()),
                section.number("retransmitMs", 10, 60_000, usual.retransmitMs()),
                driftPercent,
                section.smallNumber("pipelineSlots", 1, 64, usual.pipelineSlots()),
                section.smallNumber("batchBytes", 1024, 4 * MIB, usual.batchBytes()),
                section.smallNumber("chunkBytes", 1024, 4 * MIB, usual.chunkBytes()),
                section.number("windowBytes", MIB, 1024L * MIB, usual.windowBytes()),
                section.number("queuedBytes", 8 * MIB, 1024L * MIB, usual.queuedBytes()));
        section.end();
        return paxos;
    }

    private CellConfig.Clock clock(Section section) {
        var clock = new CellConfig.Clock(
                section.number("tickMs", 1, 100, standard.clock().tickMs()));
        section.end();
        return clock;
    }

    private CellConfig.Idempotency idempotency(Section section) {
        var idempotency = new CellConfig.Idempotency(section.number(
                "keepMs", 600_000, 86_400_000, standard.idempotency().keepMs()));
        section.end();
        return idempotency;
    }

    private CheckpointSettings checkpoint(Section section) {
        var checkpoint = new CheckpointSettings(
                section.number(
                        "logBytes",
                        MIB,
                        1024L * 1024 * MIB,
                        standard.checkpoint().logBytes()),
                section.number(
                        "slots", 100, 1_000_000_000_000L, standard.checkpoint().slots()),
                standard.checkpoint().nodesPerStep());
        section.end();
        return checkpoint;
    }

    private CellConfig.Backup backup(Section section) {
        CellConfig.Backup usual = standard.backup();
        // The directory need not be there now: a replica whose backups' disk is away still serves.
        String written = section.optionalText("directory", "give the path of a directory");
        var backup = new CellConfig.Backup(
                written == null ? null : directory.resolve(written).normalize(),
                section.number("everyMs", 60_000, 2_592_000_000L, usual.everyMs()),
                section.smallNumber("keep", 1, 10_000, usual.keep()));
        section.end();
        return backup;
    }

    private CellConfig.Journal journal(Section section) {
        var journal = new CellConfig.Journal(section.number(
                "segmentBytes", 16 * MIB, 1024L * MIB, standard.journal().segmentBytes()));
        section.end();
        return journal;
    }

    private CellConfig.Digest digest(Section section) {
        var digest = new CellConfig.Digest(section.number(
                "everySlots", 100, 1_000_000_000L, standard.digest().everySlots()));
        section.end();
        return digest;
    }

    private CellConfig.Disk disk(Section section) {
        var disk = new CellConfig.Disk(
                section.number(
                        "lowBytes",
                        16 * MIB,
                        1024L * 1024 * MIB,
                        standard.disk().lowBytes()),
                section.smallNumber(
                        "reserveBytes", 16 * MIB, 1024 * MIB, standard.disk().reserveBytes()));
        section.end();
        return disk;
    }

    private CellConfig.Calls calls(Section section) {
        var calls = new CellConfig.Calls(
                section.smallNumber("maxOpen", 1, 1_000_000, standard.calls().maxOpen()));
        section.end();
        return calls;
    }

    private CellConfig.Bus bus(Section section) {
        var bus = new CellConfig.Bus(
                section.number("windowBytes", MIB, 1024L * MIB, standard.bus().windowBytes()));
        section.end();
        return bus;
    }

    /** A section that is there must be whole: half of it must not quietly mean plain connections. */
    private CellConfig.@Nullable Tls tls() {
        boolean present = root.has("tls");
        Section section = root.section("tls");
        if (!present) {
            return null;
        }
        var tls = new CellConfig.Tls(pem(section, "certificate"), pem(section, "key"), pem(section, "authority"));
        section.end();
        return tls;
    }

    private Path pem(Section section, String key) {
        String written = section.text(key, "give the path of a PEM file");
        Path path = directory.resolve(written).normalize();
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw section.error(key, ConfigException.quoted(path.toString()) + " is not a file that can be read");
        }
        return path;
    }

    private void checkRelations(CellConfig config) {
        if (config.replicas().stream().anyMatch(member -> member.dns() != 0)
                && !DNS_LABEL.matcher(config.cell()).matches()) {
            throw root.error(
                    "cell",
                    ConfigException.quoted(config.cell()) + " cannot be a name in DNS; give one of letters, digits and"
                            + " hyphens, 63 at most, or leave out the replicas' dns");
        }
        PaxosSettings paxos = config.paxos();
        long mostHeartbeatMs = paxos.leaseMs() / 3;
        if (paxos.heartbeatMs() > mostHeartbeatMs) {
            throw tooLarge("paxos.heartbeatMs", paxos.heartbeatMs(), mostHeartbeatMs, "a third of paxos.leaseMs");
        }
        long leastWindowBytes = (long) paxos.pipelineSlots() * paxos.batchBytes();
        if (config.bus().windowBytes() < leastWindowBytes) {
            throw root.error(
                    "bus.windowBytes",
                    config.bus().windowBytes() + " is too small; give at least " + leastWindowBytes
                            + ", which is paxos.pipelineSlots times paxos.batchBytes");
        }
        if (config.clock().tickMs() > paxos.heartbeatMs()) {
            throw tooLarge("clock.tickMs", config.clock().tickMs(), paxos.heartbeatMs(), "paxos.heartbeatMs");
        }
        if (config.files().maxContentBytes() > config.http().maxBodyBytes()) {
            throw tooLarge(
                    "files.maxContentBytes",
                    config.files().maxContentBytes(),
                    config.http().maxBodyBytes(),
                    "http.maxBodyBytes");
        }
    }

    private ConfigException tooLarge(String key, long value, long most, String other) {
        return root.error(key, value + " is too large; give at most " + most + ", which is " + other);
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new ConfigException(file.toString(), "", "is larger than 1 MiB; give a cell's YAML file");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException missing) {
            throw new ConfigException(file.toString(), "", "there is no such file; give a cell's YAML file");
        } catch (CharacterCodingException broken) {
            throw new ConfigException(file.toString(), "", "is not UTF-8 text; save it as UTF-8");
        } catch (IOException unreadable) {
            throw new ConfigException(file.toString(), "", "cannot be read: " + unreadable.getMessage());
        }
    }
}

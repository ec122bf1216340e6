package io.lockservice.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.paxos.PaxosSettings;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.replica.ReplicaSettings;
import io.lockservice.server.config.CellConfig.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    /** The documented file. Maven runs the tests in the module's directory. */
    private static final Path DOCUMENTED = Path.of("..", "config", "cell.yaml");

    private static final String MINIMAL = """
            cell: paris
            replicas:
              - {id: 1, host: alpha.example, bus: 7401, http: 7301}
              - {id: 2, host: beta.example, bus: 7401, http: 7301, listen: 0.0.0.0, dns: 53}
            """;

    @TempDir
    Path directory;

    @Test
    void theDocumentedFileSaysTheDefaults() {
        assertEquals(CellConfig.embedded(), ConfigFile.read(DOCUMENTED));
    }

    @Test
    void aSmallFileHasDefaultsForTheRest() {
        CellConfig config = read(MINIMAL);
        Member alpha = new Member(1, "alpha.example", "alpha.example", 7401, 7301, 0);
        Member beta = new Member(2, "beta.example", "0.0.0.0", 7401, 7301, 53);
        assertEquals(CellConfig.of("paris", List.of(alpha, beta)), config);
        assertEquals(PaxosSettings.DEFAULT, config.paxos());
        assertNull(config.tls());
    }

    @Test
    void everyKeyIsRead() {
        CellConfig config = read("""
                cell: paris
                replicas: [{id: 7, host: "::1", bus: 1, http: 65535}]
                vertx: {eventLoops: 4}
                http: {maxConnections: 5, maxBodyBytes: 2048}
                dns: {ttlMs: 999, maxStaleMs: 1001}
                files: {maxContentBytes: 100}
                paxos: {leaseMs: 900, heartbeatMs: 300, announceMs: 7, electionJitterMs: 11, retransmitMs: 12, pipelineSlots: 3,
                        batchBytes: 2000, chunkBytes: 3000, windowBytes: 2000000, queuedBytes: 9000000}
                clock: {driftPercent: 2, tickMs: 20}
                idempotency: {keepMs: 700000}
                journal: {segmentBytes: 20000000}
                checkpoint: {logBytes: 1048577, slots: 101}
                digest: {everySlots: 200}
                backup: {directory: backups/nightly, everyMs: 60001, keep: 3}
                calls: {maxOpen: 6}
                bus: {windowBytes: 3000000}
                """);
        PaxosSettings paxos = new PaxosSettings(900, 300, 7, 11, 12, 2, 3, 2000, 3000, 2_000_000, 9_000_000);
        assertEquals(paxos, config.paxos());
        assertEquals(4, config.vertx().eventLoops());
        assertEquals(new CellConfig.Http(5, 2048), config.http());
        assertEquals(new CellConfig.Dns(999, 1_001), config.dns());
        assertEquals(20_000_000, config.journal().segmentBytes());
        assertEquals(3_000_000, config.bus().windowBytes());
        assertEquals(
                new CellConfig.Backup(directory.toAbsolutePath().resolve("backups/nightly"), 60_001, 3),
                config.backup());
        ReplicaSettings expected = new ReplicaSettings(
                "paris",
                7,
                44,
                45,
                config.configuration(),
                paxos,
                55,
                20,
                100,
                6,
                700_000,
                new CheckpointSettings(1_048_577, 101, 2_000),
                200);
        assertEquals(expected, config.replicaSettings(7, false, 44, 45, 55));
        assertEquals(List.of(7), config.configuration().voters());
        assertEquals(
                List.of(),
                config.replicaSettings(7, true, 44, 45, 55).configuration().voters());
    }

    @Test
    void aSectionWhoseKeysAreAllCommentedOutHasDefaults() {
        assertEquals(
                PaxosSettings.DEFAULT,
                read(MINIMAL + "paxos:\n  # leaseMs: 500\n").paxos());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "vertx",
                "http",
                "dns",
                "files",
                "paxos",
                "clock",
                "idempotency",
                "journal",
                "checkpoint",
                "digest",
                "backup",
                "calls",
                "bus",
                "tls"
            })
    void theDocumentedFileHasEveryKeyOfTheSection(String section) throws IOException {
        String documented = Files.readString(DOCUMENTED);
        String wrong =
                section.isEmpty() ? MINIMAL + "nonsense: 1" : MINIMAL + section + ": {nonsense: 1" + pems() + "}";
        String message = problem(wrong);
        String known = message.substring(message.indexOf("known here: ") + "known here: ".length());
        for (String key : known.split(", ", -1)) {
            assertTrue(documented.contains(key + ":"), "config/cell.yaml does not describe " + section + "." + key);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "paxos: {leaseMS: 5}      | paxos.leaseMS: is an unknown key; known here: leaseMs, heartbeatMs",
                "shards: 5                | shards: is an unknown key; known here: cell, replicas",
                "paxos: 5                 | paxos: must be a mapping",
                "paxos: {leaseMs: soon}   | paxos.leaseMs: 'soon' is not a whole number; give a whole number from 100",
                "paxos: {leaseMs: '500'}  | paxos.leaseMs: '500' is not a whole number",
                "paxos: {leaseMs: 1.5}    | paxos.leaseMs: '1.5' is not a whole number",
                "paxos: {leaseMs: true}   | paxos.leaseMs: 'true' is not a whole number",
                "paxos: {leaseMs: }       | paxos.leaseMs: nothing is not a whole number",
                "paxos: {leaseMs: [1]}    | paxos.leaseMs: a list is not a whole number",
                "paxos: {leaseMs: 99}     | paxos.leaseMs: '99' is out of range; give a whole number from 100 to 60000",
                "paxos: {leaseMs: 60001}  | paxos.leaseMs: '60001' is out of range",
                "paxos: {leaseMs: 99999999999999999999} | paxos.leaseMs: '99999999999999999999' is out of range",
                "paxos: {leaseMs: 299}    | paxos.heartbeatMs: 100 is too large; give at most 99",
                "paxos: {leaseMs: 200, leaseMs: 200} | paxos.leaseMs: is given twice; give it once",
                "cell: rome               | cell: is given twice; give it once",
                "clock: {tickMs: 101}     | clock.tickMs: '101' is out of range",
                "clock: {driftPercent: -1} | clock.driftPercent: '-1' is out of range",
                "files: {maxContentBytes: 1048577} | files.maxContentBytes: 1048577 is too large; give at most 1048576",
                "bus: {windowBytes: 2000000} | bus.windowBytes: 2000000 is too small; give at least 2097152",
                "dns: {ttlMs: 86400001}   | dns.ttlMs: '86400001' is out of range; give a whole number from 0",
                "dns: {maxStaleMs: 999}   | dns.maxStaleMs: '999' is out of range; give a whole number from 1000",
                "idempotency: {keepMs: 599999} | idempotency.keepMs: '599999' is out of range",
                "backup: {everyMs: 59999} | backup.everyMs: '59999' is out of range",
                "backup: {directory: }    | backup.directory: nothing is not text; give the path of a directory",
                "backup: {keep: 0}        | backup.keep: '0' is out of range; give a whole number from 1",
                "tls: {}                  | tls.certificate: is missing; give the path of a PEM file",
                "tls: {certificate: none} | is not a file that can be read",
                "tls:                     | tls.certificate: is missing",
                "http: *x                 | http: is an alias; write the value itself",
                "http: {maxConnections: &a 5, maxBodyBytes: *a} | http.maxBodyBytes: is an alias; write the value itself",
                "http: {                  | is not YAML",
            })
    void whatIsWrongIsSaidInOneLine(String line, String expected) {
        String message = problem(MINIMAL + line + "\n");
        assertTrue(message.contains(expected), message);
        assertTrue(message.startsWith(directory.resolve("cell.yaml") + ": "), message);
        assertEquals(1, message.lines().count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{id: 0, host: a, bus: 1, http: 2}   | replicas[1].id: '0' is out of range; give a whole number from 1 to 255",
                "{id: 256, host: a, bus: 1, http: 2} | replicas[1].id: '256' is out of range",
                "{id: 1, host: a, bus: 1, http: 2}   | replicas[1].id: 1 is already the id of replicas[0]",
                "{host: a, bus: 1, http: 2}          | replicas[1].id: is missing; give a whole number from 1 to 255",
                "{id: 2, bus: 1, http: 2}            | replicas[1].host: is missing; give a host name or an IP address",
                "{id: 2, host: 5, bus: 1, http: 2}   | replicas[1].host: '5' is not text; put it in quotes",
                "{id: 2, host: a/b, bus: 1, http: 2} | replicas[1].host: 'a/b' is not a host",
                "{id: 2, host: '', bus: 1, http: 2}  | replicas[1].host: '' is not text",
                "{id: 2, host: a, bus: 0, http: 2}   | replicas[1].bus: '0' is out of range; give a whole number from 1 to 65535",
                "{id: 2, host: a, bus: 65536, http: 2} | replicas[1].bus: '65536' is out of range",
                "{id: 2, host: a, bus: 1}            | replicas[1].http: is missing",
                "{id: 2, host: a, bus: 1, http: 1}   | replicas[1].http: a:1 is already replicas[1].bus",
                "{id: 2, host: HERE, bus: 1, http: 9} | replicas[1].http: here:9 is already replicas[0].http",
                "{id: 2, host: a, bus: 1, http: 2, dns: 0} | replicas[1].dns: '0' is out of range",
                "{id: 2, host: a, bus: 1, http: 2, port: 3} | replicas[1].port: is an unknown key; known here: id, host, listen",
                "hello                               | replicas[1]: must be a mapping",
            })
    void whatIsWrongWithAReplicaIsSaidInOneLine(String second, String expected) {
        String message = problem("cell: x\nreplicas:\n- {id: 1, host: here, bus: 8, http: 9}\n- " + second + "\n");
        assertTrue(message.contains(expected), message);
        assertEquals(1, message.lines().count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a/b     | cell: ",
                "..      | cell: ",
                "5       | cell: '5' is not text; put it in quotes",
                "'a\tb'  | cell: ",
                "[a]     | cell: a list is not text",
                "\"  \"  | cell: '' is not text",
            })
    void aCellNeedsAName(String name, String expected) {
        String message = problem("cell: " + name + "\nreplicas: [{id: 1, host: a, bus: 1, http: 2}]\n");
        assertTrue(message.contains(expected), message);
    }

    @Test
    void aCellWithADnsDoorHasANameInDns() {
        String replicas = "\nreplicas: [{id: 1, host: a, bus: 1, http: 2, dns: 3}]\n";
        String refusal = problem("cell: my cell" + replicas);
        assertTrue(refusal.contains("cell: 'my cell' cannot be a name in DNS; give one of letters"), refusal);
        assertEquals(
                "my cell",
                read("cell: my cell" + replicas.replace(", dns: 3", "")).cell());
        assertEquals("my-cell", read("cell: my-cell" + replicas).cell());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                  | cell: is missing",
                "cell: x             | replicas: is missing; give at least one replica",
                "'{cell: x, replicas: []}' | replicas: is an empty list; give at least one replica, such as {id: 1, host: 127.0.0.1, bus: 7401, http: 7301}",
                "'{cell: x, replicas: 5}' | replicas: must be a list; give at least one replica, such as {id: 1, host: ",
                "'{cell: x, replicas: }' | replicas: must be a list; give at least one replica",
                "'[1, 2]'            | cell.yaml: must be a mapping",
                "just words          | cell.yaml: must be a mapping",
            })
    void aFileMustBeACell(String text, String expected) {
        String message = problem(text);
        assertTrue(message.contains(expected), message);
    }

    @Test
    void oneFileHoldsOneCell() {
        assertTrue(problem(MINIMAL + "---\ncell: rome\n").contains("more than one YAML document"));
    }

    @Test
    void brokenYamlIsNamedByItsLine() {
        String message = problem("cell: x\nreplicas:\n\t- 5\n");
        assertTrue(message.contains("cell.yaml: line 3 is not YAML: found character"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void nestingIsBounded() {
        assertTrue(problem("cell: " + "[".repeat(100) + "]".repeat(100)).contains("nested too deeply"));
    }

    @Test
    void aValueFullOfLinesStaysOnOne() {
        String message = problem("cell: x\nreplicas:\n- {id: \"1\\n2\\u2028" + "3".repeat(500) + "\"}\n");
        assertEquals(1, message.lines().count());
        assertFalse(message.contains("\u2028"));
        assertTrue(message.length() < 400, message);
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path missing = directory.resolve("missing.yaml");
        assertEquals(
                missing + ": there is no such file; give a cell's YAML file",
                assertThrows(ConfigException.class, () -> ConfigFile.read(missing))
                        .getMessage());
        Path broken = Files.write(directory.resolve("latin1.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9});
        assertTrue(message(broken).contains("is not UTF-8 text"));
        Path large = Files.write(directory.resolve("large.yaml"), new byte[(1 << 20) + 1]);
        assertTrue(message(large).contains("larger than 1 MiB"));
        assertTrue(message(directory).startsWith(directory + ": cannot be read"));
    }

    @Test
    void certificatesAreFoundBesideTheFile() throws IOException {
        CellConfig config = read(MINIMAL + "tls: {" + pems().substring(2) + "}\n");
        CellConfig.Tls expected =
                new CellConfig.Tls(directory.resolve("c.pem"), directory.resolve("k.pem"), directory.resolve("a.pem"));
        assertEquals(expected, config.tls());
    }

    private String pems() throws IOException {
        for (String name : List.of("c.pem", "k.pem", "a.pem")) {
            Files.writeString(directory.resolve(name), "");
        }
        return ", certificate: c.pem, key: k.pem, authority: a.pem";
    }

    private CellConfig read(String text) {
        return ConfigFile.read(write(text));
    }

    private String problem(String text) {
        return message(write(text));
    }

    private static String message(Path file) {
        return String.valueOf(
                assertThrows(ConfigException.class, () -> ConfigFile.read(file)).getMessage());
    }

    private Path write(String text) {
        try {
            return Files.writeString(directory.resolve("cell.yaml"), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

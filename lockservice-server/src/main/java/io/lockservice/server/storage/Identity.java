package io.lockservice.server.storage;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Whom a data directory belongs to, as text that an operator can read. It is replaced as a whole at every start.
 *
 * @param cell the cell's name
 * @param replicaId the replica
 * @param dataIncarnation a random number, not 0, made with the directory
 * @param incarnation of the last process started on it; one larger with every start
 * @param journalMade a journal has been created in it, so it may not be missing
 */
record Identity(String cell, int replicaId, long dataIncarnation, long incarnation, boolean journalMade) {
    static final int FORMAT_VERSION = 1;

    private static final String FIRST_WORD = "lockservice-data ";
    private static final List<String> KEYS =
            List.of("cell ", "replica ", "data-incarnation ", "incarnation ", "journal ", "crc32c ");

    /** The same directory, started once more. */
    Identity started() {
        return new Identity(cell, replicaId, dataIncarnation, incarnation + 1, journalMade);
    }

    /** The same directory, with a journal in it. */
    Identity withJournal() {
        return new Identity(cell, replicaId, dataIncarnation, incarnation, true);
    }

    byte[] encode() {
        HexFormat hex = HexFormat.of();
        List<String> values = List.of(
                cell,
                Integer.toString(replicaId),
                hex.toHexDigits(dataIncarnation),
                Long.toString(incarnation),
                journalMade ? "yes" : "no");
        StringBuilder text =
                new StringBuilder(FIRST_WORD).append(FORMAT_VERSION).append('\n');
        for (int i = 0; i < values.size(); i++) {
            text.append(KEYS.get(i)).append(values.get(i)).append('\n');
        }
        String crc = crc(text);
        text.append(KEYS.get(values.size())).append(crc).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads what {@link #encode} wrote; {@code file} is for messages. */
    static Identity decode(byte[] bytes, String file) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        String crcKey = KEYS.get(KEYS.size() - 1);
        int crcLine = text.lastIndexOf(crcKey);
        // Before the format is looked at: a damaged digit must not pass for another format.
        if (crcLine < 0 || !lines.get(lines.size() - 1).equals(crcKey + crc(text.substring(0, crcLine)))) {
            throw damaged(file);
        }
        refuseOtherFormat(lines.get(0), file);
        if (lines.size() != KEYS.size() + 1) {
            throw damaged(file);
        }
        try {
            return new Identity(
                    value(lines, 0, file),
                    Integer.parseInt(value(lines, 1, file)),
                    HexFormat.fromHexDigitsToLong(value(lines, 2, file)),
                    Long.parseLong(value(lines, 3, file)),
                    value(lines, 4, file).equals("yes"));
        } catch (IllegalArgumentException notANumber) {
            throw damaged(file);
        }
    }

    private static void refuseOtherFormat(String line, String file) {
        String version = line.startsWith(FIRST_WORD) ? line.substring(FIRST_WORD.length()) : "";
        if (!version.matches("[0-9]{1,9}")) {
            throw damaged(file);
        }
        if (Integer.parseInt(version) != FORMAT_VERSION) {
            throw new DataDirectoryException("The data directory has format " + version + " (" + file
                    + "), and this program knows format " + FORMAT_VERSION
                    + ": run the version of lockservice that wrote it, or a newer one.");
        }
    }

    private static String value(List<String> lines, int key, String file) {
        String line = lines.get(key + 1);
        if (!line.startsWith(KEYS.get(key))) {
            throw damaged(file);
        }
        return line.substring(KEYS.get(key).length());
    }

    private static DamagedIdentity damaged(String file) {
        return new DamagedIdentity("The identity file " + file + " is damaged, so it is not certain whose data"
                + " this is: move the data directory aside and let the replica rejoin its cell with an empty one.");
    }

    private static String crc(CharSequence text) {
        CRC32C crc = new CRC32C();
        crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}

package io.lockservice.server.evidence;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * One byte of a stopped replica's directory that is not what it was.
 *
 * @param file where it is
 * @param offset in the file
 * @param bits those that were changed, 1 to 255
 */
record FlippedByte(Path file, long offset, int bits) {
    /**
     * Chooses and changes one: a random file of {@code data}, or of one of its directories alone, and in it any byte, or, as
     * most of a journal is zeroes still, a byte of what was written.
     *
     * @param directory {@code journal}, {@code checkpoints}, or {@code all}
     */
    static FlippedByte choose(Path data, String directory, Random random) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String each : List.of("journal", "checkpoints", "")) {
            if (directory.equals("all") || directory.equals(each)) {
                files.addAll(filesIn(data.resolve(each)));
            }
        }
        Path file = files.get(random.nextInt(files.size()));
        long length = random.nextBoolean() ? Files.size(file) : writtenBytes(file);
        int bits = random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255);
        FlippedByte flipped = new FlippedByte(file, random.nextLong(length), bits);
        flipped.flip();
        return flipped;
    }

    /** Those that mean something: neither the lock, which is empty, nor what was set aside before. */
    private static List<Path> filesIn(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.sorted().toList()) {
                if (Files.isRegularFile(each)
                        && Files.size(each) > 0
                        && !each.toString().endsWith(".damaged")) {
                    files.add(each);
                }
            }
        }
        return files;
    }

    /** Up to the last byte that is not zero; at least one. */
    private static long writtenBytes(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 1 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /** Changes it; once more, and it is as before. */
    void flip() throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int before = bytes.read();
            bytes.seek(offset);
            bytes.write(before ^ bits);
        }
    }

    @Override
    public String toString() {
        return "%s/%s, offset %d, bits %02x"
                .formatted(file.getName(file.getNameCount() - 2), file.getFileName(), offset, bits);
    }
}

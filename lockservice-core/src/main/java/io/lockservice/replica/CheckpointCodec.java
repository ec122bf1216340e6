package io.lockservice.replica;

import io.lockservice.cell.StateMachine;
import io.lockservice.check.InvariantViolation;
import io.lockservice.log.Configuration;
import io.lockservice.log.ConfigurationCodec;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A checkpoint as records of key and value: a header under the key 0, then those of the state, in ascending order. */
public final class CheckpointCodec {
    private static final int FORMAT = 1;
    private static final byte[] HEADER_KEY = {0};

    private CheckpointCodec() {}

    /**
     * What a checkpoint says of itself.
     *
     * @param cell the cell's name
     * @param slot everything up to here is in it
     * @param configuration of the slots behind it
     * @param digest of the state, as the replica that took it had it
     * @param revision of the state
     * @param epoch of the state
     */
    public record Header(String cell, long slot, Configuration configuration, long digest, long revision, long epoch) {
        private void expectDigest(long found) {
            if (found != digest) {
                throw new WireException("the state has digest " + Long.toHexString(found) + " and should have "
                        + Long.toHexString(digest));
            }
        }
    }

    /** Hands every record to {@code sink}, ascending by the unsigned bytes of the keys. */
    public static void write(String cell, Checkpoint checkpoint, BiConsumer<byte[], byte[]> sink) {
        WireWriter header = new WireWriter().tag(FORMAT).text(cell).number(checkpoint.slot());
        ConfigurationCodec.write(header, checkpoint.configuration());
        header.fixed64(checkpoint.state().digest())
                .number(checkpoint.state().revision())
                .number(checkpoint.state().epoch());
        sink.accept(HEADER_KEY, header.toBytes());
        checkpoint.state().forEach(sink);
    }

    /** The header from the first record; throws {@link WireException} where it is none of a known format. */
    public static Header header(Map.Entry<byte[], byte[]> first) {
        if (!Arrays.equals(first.getKey(), HEADER_KEY)) {
            throw new WireException("a checkpoint begins with its header");
        }
        WireReader in = new WireReader(first.getValue());
        int format = in.tag();
        if (format != FORMAT) {
            throw new WireException("checkpoint format " + format + " is not the known format " + FORMAT);
        }
        Header header =
                new Header(in.text(), in.number(), ConfigurationCodec.read(in), in.fixed64(), in.number(), in.number());
        in.expectEnd();
        return header;
    }

    /**
     * Reads what {@link #write} wrote and compares the digest of what came of it with the one in the header.
     *
     * @param maxContentBytes the largest file from now on
     * @throws WireException where it is damaged, of another cell, or of an unknown format
     */
    public static RestoredCheckpoint read(
            String cell, int maxContentBytes, Iterator<Map.Entry<byte[], byte[]>> records) {
        Header header = headerOf(cell, records);
        StateMachine state =
                fitting(() -> StateMachine.restore(cell, maxContentBytes, new Ascending(HEADER_KEY, records)));
        header.expectDigest(state.recomputedDigest());
        if (state.revision() != header.revision() || state.epoch() != header.epoch()) {
            throw new WireException("the header says revision " + header.revision() + " and epoch " + header.epoch()
                    + ", the state is at " + state.revision() + " and " + state.epoch());
        }
        return new RestoredCheckpoint(header.slot(), header.configuration(), state);
    }

    /**
     * Reads what {@link #write} wrote and compares the digest of all of it with the one in the header, without making a state
     * of it.
     *
     * @return the header
     * @throws WireException as {@link #read} throws it, but for what would show only in the state itself
     */
    public static Header prove(String cell, Iterator<Map.Entry<byte[], byte[]>> records) {
        Header header = headerOf(cell, records);
        header.expectDigest(fitting(() -> StateMachine.digestOf(cell, new Ascending(HEADER_KEY, records))));
        return header;
    }

    private static Header headerOf(String cell, Iterator<Map.Entry<byte[], byte[]>> records) {
        if (!records.hasNext()) {
            throw new WireException("an empty checkpoint");
        }
        Header header = header(records.next());
        if (!header.cell().equals(cell)) {
            throw new WireException("this is a checkpoint of cell '" + header.cell() + "', not of '" + cell + "'");
        }
        return header;
    }

    private static <T> T fitting(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InvariantViolation broken) {
            throw new WireException("its records do not fit together: " + broken.getMessage());
        }
    }

    /** Lets through only keys that ascend: a record twice or out of place is damage. */
    private static final class Ascending implements Iterator<Map.Entry<byte[], byte[]>> {
        private final Iterator<Map.Entry<byte[], byte[]>> records;
        private byte[] before;

        Ascending(byte[] first, Iterator<Map.Entry<byte[], byte[]>> records) {
            this.before = first;
            this.records = records;
        }

        @Override
        public boolean hasNext() {
            return records.hasNext();
        }

        @Override
        public Map.Entry<byte[], byte[]> next() {
            if (!records.hasNext()) {
                throw new NoSuchElementException();
            }
            Map.Entry<byte[], byte[]> next = records.next();
            if (Arrays.compareUnsigned(before, next.getKey()) >= 0) {
                throw new WireException("the records of a checkpoint are not in order");
            }
            before = next.getKey();
            return next;
        }
    }
}

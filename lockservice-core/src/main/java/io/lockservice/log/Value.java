package io.lockservice.log;

import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one slot of the log decides: a no-op, which fills a gap, or a batch of commands, which are opaque here. Values are
 * equal when their bytes are.
 */
public final class Value {
    /** Decides nothing; a new leader fills gaps with it. */
    public static final Value NO_OP = new Value(new byte[] {0});

    private static final int BATCH = 1;

    private final byte[] bytes;

    private Value(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A batch of encoded commands, in the order in which they are to be applied. */
    public static Value batch(List<byte[]> commands) {
        int size = 8;
        for (byte[] command : commands) {
            size += command.length + 5;
        }
        WireWriter out = new WireWriter(size);
        out.tag(BATCH).number(commands.size());
        commands.forEach(out::bytes);
        return new Value(out.toBytes());
    }

    /** A value from its encoded form, which is not copied. */
    public static Value ofBytes(byte[] bytes) {
        return new Value(bytes);
    }

    /** The encoded form. Callers must not change it. */
    public byte[] bytes() {
        return bytes;
    }

    /** Size of the encoded form in bytes. */
    public int length() {
        return bytes.length;
    }

    /** The commands of this value, none for a no-op. */
    public List<byte[]> commands() {
        WireReader in = new WireReader(bytes);
        if (in.tag() != BATCH) {
            return List.of();
        }
        int count = in.count();
        List<byte[]> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(in.bytes());
        }
        in.expectEnd();
        return commands;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Value value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Value[" + bytes.length + " bytes, " + Integer.toHexString(hashCode()) + "]";
    }
}

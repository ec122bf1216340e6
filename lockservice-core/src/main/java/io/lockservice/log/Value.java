package io.lockservice.log;

import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one slot of the log decides: a no-op, which fills a gap, a batch of commands, which are opaque here, or who is in
 * the cell from the next slot on. Values are equal when their bytes are.
 */
public final class Value {
    /** Decides nothing; a new leader fills gaps with it. */
    public static final Value NO_OP = new Value(new byte[] {0});

    private static final int BATCH = 1;
    private static final int RECONFIGURE = 2;

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

    /** Makes {@code configuration} the cell's from the next slot on. */
    public static Value reconfigure(Configuration configuration) {
        WireWriter out = new WireWriter().tag(RECONFIGURE);
        ConfigurationCodec.write(out, configuration);
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

    /** The configuration from the next slot on, null where this value does not change it. */
    public @Nullable Configuration configuration() {
        if (bytes[0] != RECONFIGURE) {
            return null;
        }
        WireReader in = new WireReader(bytes);
        in.tag();
        Configuration configuration = ConfigurationCodec.read(in);
        in.expectEnd();
        return configuration;
    }

    /** The commands of this value, none where it is not a batch. */
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

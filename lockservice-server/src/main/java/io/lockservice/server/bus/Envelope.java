package io.lockservice.server.bus;

import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What one turn of a replica has for a peer. On the wire: format version, cell, sender, its incarnations, number, the
 * messages, each with its length, and a CRC32C over all of it.
 *
 * @param cell the cell's name: a replica of another cell that is reached by mistake must not answer
 * @param sender the sender's replica id
 * @param incarnation of the sender: that of the process grows with every start
 * @param number grows with every envelope of this sender and incarnation to this peer, from 1
 * @param messages encoded messages, in the order in which they were sent
 */
record Envelope(String cell, int sender, Incarnation incarnation, long number, List<byte[]> messages) {
    /** The most bytes of an envelope on the wire; larger ones are dropped unread. */
    static final int MAX_BYTES = 16 << 20;

    /** Room for everything around the messages of an envelope that has one: cell, numbers, length, checksum. */
    static final int MAX_OVERHEAD_BYTES = 1024;

    private static final int FORMAT = 1;
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    /** The bytes of this envelope. */
    byte[] seal() {
        int size = MAX_OVERHEAD_BYTES;
        for (byte[] message : messages) {
            size += message.length + 5;
        }
        WireWriter out = new WireWriter(size);
        out.tag(FORMAT).text(cell).number(sender).number(incarnation.process());
        out.fixed64(incarnation.data()).number(number);
        out.number(messages.size());
        messages.forEach(out::bytes);
        int length = out.length();
        byte[] sealed = Arrays.copyOf(out.toBytes(), length + CHECKSUM_BYTES);
        ByteBuffer.wrap(sealed).putInt(length, checksum(sealed, length));
        return sealed;
    }

    /**
     * The envelope that {@link #seal} made these bytes of.
     *
     * @throws WireException where they are damaged or of another format
     */
    static Envelope open(byte[] sealed) {
        int length = sealed.length - CHECKSUM_BYTES;
        if (length < 1 || ByteBuffer.wrap(sealed).getInt(length) != checksum(sealed, length)) {
            throw new WireException("an envelope with a wrong checksum");
        }
        WireReader in = new WireReader(sealed, 0, length);
        int format = in.tag();
        if (format != FORMAT) {
            throw new WireException("an envelope of format " + format + "; this version knows format " + FORMAT);
        }
        Envelope envelope = new Envelope(
                in.text(),
                in.smallNumber(),
                new Incarnation(in.number(), in.fixed64()),
                in.number(),
                messages(in, in.count()));
        in.expectEnd();
        return envelope;
    }

    private static List<byte[]> messages(WireReader in, int count) {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(in.bytes());
        }
        return messages;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}

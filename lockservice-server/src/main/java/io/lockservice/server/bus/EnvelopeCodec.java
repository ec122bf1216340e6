package io.lockservice.server.bus;

import io.lockservice.wire.WireException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Carries a sealed {@link Envelope} as the whole body of a bus message. Its name is in every message, hence short. */
final class EnvelopeCodec implements MessageCodec<byte[], byte[]> {
    static final String NAME = "e";

    @Override
    public void encodeToWire(Buffer buffer, byte[] sealed) {
        buffer.appendBytes(sealed);
    }

    @Override
    public byte[] decodeFromWire(int position, Buffer buffer) {
        int length = buffer.length() - position;
        if (length < 0 || length > Envelope.MAX_BYTES) {
            throw new WireException("an envelope of " + length + " bytes; at most " + Envelope.MAX_BYTES);
        }
        return buffer.getBytes(position, buffer.length());
    }

    @Override
    public byte[] transform(byte[] sealed) {
        return sealed;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** -1: not one of Vert.x's own. */
    @Override
    public byte systemCodecID() {
        return -1;
    }
}

package io.lockservice.server.http.channel;

/**
 * What one channel may use up.
 *
 * @param windowBytes of messages under way in one direction that the other side has not given back
 * @param maxRequests under way at once, besides keep-alives; as many bodies may be half sent
 * @param maxWaitingBytes of replies that wait for the client's window, before new requests are refused
 * @param pingAfterMs without a word of the client, after which it is sent a ping, in milliseconds
 * @param silentMs without any answer to that, after which the channel is closed, in milliseconds
 */
public record ChannelSettings(int windowBytes, int maxRequests, long maxWaitingBytes, long pingAfterMs, long silentMs) {
    /** The largest message, in bytes. */
    public static final int MAX_MESSAGE_BYTES = 32 << 10;

    /** How long the client has to answer the end of a channel, in seconds, before its connection is cut. */
    public static final int CLOSING_SECONDS = 1;

    /** As {@code docs/channel.md} says. */
    public static final ChannelSettings DEFAULT = new ChannelSettings(256 << 10, 1_024, 4L << 20, 15_000, 30_000);
}

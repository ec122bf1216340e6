package io.lockservice.client.transport.channel;

import org.jspecify.annotations.Nullable;

/**
 * How a client uses channels.
 *
 * @param openTimeoutMs how long it may take until the replica has said hello
 * @param attemptTimeoutMs how long a replica usually has for an answer: after this long without a word it is asked for a
 *     sign of life, for which it has a quarter of it
 * @param maxWaitingCalls the most calls of {@code Lane.WAIT} under way at one replica
 * @param authorization the {@code Authorization} of every channel; a call with another one goes by HTTP
 */
public record ChannelSettings(
        long openTimeoutMs,
        long attemptTimeoutMs,
        int maxWaitingCalls,
        @Nullable String authorization) {}

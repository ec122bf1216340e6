package io.lockservice.client.transport.channel;

/** The channel broke before the answer was there; the call may have arrived. */
final class ChannelBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: there is one for each call that was under way. */
    ChannelBrokenException(String message) {
        super(message, null, false, false);
    }
}

package io.lockservice.client.transport.channel;

/** The replica said something that the channel does not have. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
        super(message);
    }
}

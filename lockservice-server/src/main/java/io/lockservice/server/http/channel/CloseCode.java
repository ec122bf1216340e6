package io.lockservice.server.http.channel;

/** Why a channel is closed (RFC 6455, section 7.4.1). */
final class CloseCode {
    /** The replica stops. */
    static final int GOING_AWAY = 1001;

    /** The client does not do as it must. */
    static final int POLICY = 1008;

    /** Something broke in the replica. */
    static final int INTERNAL = 1011;

    private CloseCode() {}
}

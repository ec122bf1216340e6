package io.lockservice.client;

/**
 * An event for a session, such as {@code lock-lost}.
 *
 * @param seq grows with each event of the session
 * @param type as in API.md, section 5
 * @param name the node, empty where the type has none
 */
public record SessionEvent(long seq, String type, String name) {}

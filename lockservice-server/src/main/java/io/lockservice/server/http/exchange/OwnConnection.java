package io.lockservice.server.http.exchange;

import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;

/** What can be done for a request that has a connection for itself, instead of one reply. Threading: one event loop. */
public interface OwnConnection {
    /** Begins a reply that goes on, with the headers that were added. */
    Outflow stream(String type);

    /** Sends a file as fast as the client takes it; completed when it is out or the client has gone. */
    Future<Void> sendFile(String path, String type);

    /** Makes a WebSocket (RFC 6455) of the connection; a handshake that is refused has been answered. */
    Future<ServerWebSocket> toWebSocket();

    /** To be called when that WebSocket has been closed. */
    void ended();
}

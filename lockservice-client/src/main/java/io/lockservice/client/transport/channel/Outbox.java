package io.lockservice.client.transport.channel;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one channel has to send: keep-alives at once, the rest in order, within the replica's window and the number of
 * requests that it takes. Of long bodies one piece is sent in turn, so that they do not hold up the others. Calls that wait
 * at the cell leave an eighth of the requests to those that do not. Confined to the loop.
 */
final class Outbox {
    private static final int SHARE_FOR_CALLS = 8;

    private final Wire wire;
    private final int windowBytes;
    private final int maxRequests;
    private final int maxWaits;
    // By id, in the order in which they get their turn. Those of the first map are among the requests under way.
    private final Map<Long, Exchange> sending = new LinkedHashMap<>();
    private final Map<Long, Exchange> heldCalls = new LinkedHashMap<>();
    private final Map<Long, Exchange> heldWaits = new LinkedHashMap<>();
    private long underWayBytes;
    private int requests;
    private int waits;

    Outbox(Wire wire, Incoming.Hello hello, int maxWaitingCalls) {
        this.wire = wire;
        this.windowBytes = hello.windowBytes();
        this.maxRequests = hello.maxRequests();
        int most = maxRequests - Math.max(1, maxRequests / SHARE_FOR_CALLS);
        this.maxWaits = Math.max(1, Math.min(maxWaitingCalls, most));
    }

    /** Sends it now or as soon as there is room. */
    void add(long id, Exchange exchange) {
        if (exchange.messages().isKeepAlive()) {
            wire.text(exchange.messages().next(id).text());
            exchange.messages().written();
        } else {
            (exchange.waits() ? heldWaits : heldCalls).put(id, exchange);
            send();
        }
    }

    /** It was answered or given up: nothing more of it is sent, and another may take its place. */
    void finished(long id, Exchange exchange) {
        if (exchange.messages().isKeepAlive() || heldCalls.remove(id) != null || heldWaits.remove(id) != null) {
            return;
        }
        sending.remove(id);
        requests--;
        waits -= exchange.waits() ? 1 : 0;
        send();
    }

    /** The replica has read so much more. */
    void credit(long bytes) {
        underWayBytes = Math.max(0, underWayBytes - bytes);
        send();
    }

    private void send() {
        admit();
        while (!sending.isEmpty()) {
            Map.Entry<Long, Exchange> turn = sending.entrySet().iterator().next();
            long id = turn.getKey();
            Exchange exchange = turn.getValue();
            RequestMessages.Message message = exchange.messages().next(id);
            if (underWayBytes + message.bytes() > windowBytes) {
                return;
            }
            underWayBytes += message.bytes();
            sending.remove(id);
            exchange.messages().written();
            if (!exchange.messages().isComplete()) {
                sending.put(id, exchange);
            }
            wire.text(message.text());
        }
    }

    private void admit() {
        while (requests < maxRequests) {
            Long call = first(heldCalls);
            Long wait = waits < maxWaits ? first(heldWaits) : null;
            if (call == null && wait == null) {
                return;
            }
            boolean isCall = wait == null || (call != null && call < wait);
            long id = isCall && call != null ? call : wait == null ? 0 : wait;
            Exchange next = (isCall ? heldCalls : heldWaits).remove(id);
            if (next != null) {
                sending.put(id, next);
                requests++;
                waits += isCall ? 0 : 1;
            }
        }
    }

    private static @Nullable Long first(Map<Long, Exchange> held) {
        return held.isEmpty() ? null : held.keySet().iterator().next();
    }
}

package io.lockservice.server.http.exchange;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.check.Check;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a reply needs that goes on while things happen: reading from this replica's own state, being told of changes, time.
 * Whatever is called back runs on the connection's event loop, and what it throws becomes the reply. Not thread-safe.
 */
public final class EventSource {
    private final Exchange exchange;
    private final Carrier carrier;
    private final Door door;
    private final ReplyWriter replies;
    private final RequestHeaders headers;
    private final Context context;

    EventSource(Exchange exchange, Carrier carrier, Door door, ReplyWriter replies, RequestHeaders headers) {
        this.exchange = exchange;
        this.carrier = carrier;
        this.door = door;
        this.replies = replies;
        this.headers = headers;
        this.context = Check.present(Vertx.currentContext(), "an event loop");
    }

    /** Reads from the state of this replica, however old it is; a problem is told to {@code failed}, and not sent. */
    public <R extends Reply> void read(
            Request.Read what, Class<R> kind, BiConsumer<Answer, R> next, BiConsumer<Answer, Problem> failed) {
        ClientCall call = new ClientCall(what, ClientCall.ANONYMOUS, headers.session(), null, null);
        door.port()
                .call(
                        call,
                        headers.timeoutMs(),
                        Long.MAX_VALUE,
                        answer -> exchange.onEventLoop(() -> {
                            if (answer.reply() instanceof Reply.Failed refused) {
                                failed.accept(answer, refused.problem());
                            } else {
                                next.accept(answer, kind.cast(answer.reply()));
                            }
                        }));
    }

    /** Calls {@code happened} after each change that {@code what} wants, until what is returned is run. */
    public Runnable watch(Request.ReadEvents what, Runnable happened) {
        return door.port().watch(what, () -> exchange.onEventLoop(happened));
    }

    /** The value of Last-Event-ID; null where there is none. */
    public @Nullable String lastEventId() {
        return RequestHeaders.single(carrier.headers(), "Last-Event-ID");
    }

    /** Begins a reply that goes on until the client leaves or it is ended. */
    public Outflow stream(Answer answer, String type) {
        replies.state(answer);
        return exchange.ownConnection("a stream needs a connection of its own: ask for it by HTTP").stream(type);
    }

    /** Runs {@code action} in {@code delayMs}, unless what is returned is run before. */
    public Runnable after(long delayMs, Runnable action) {
        long timer = context.owner().setTimer(delayMs, due -> exchange.guard(action));
        return () -> context.owner().cancelTimer(timer);
    }

    /** Runs {@code action} every {@code periodMs} until what is returned is run. */
    public Runnable every(long periodMs, Runnable action) {
        long timer = context.owner().setPeriodic(periodMs, due -> exchange.guard(action));
        return () -> context.owner().cancelTimer(timer);
    }

    /** Runs {@code action} when the client has gone before its reply was complete. */
    public void whenGone(Runnable action) {
        carrier.whenGone(action);
    }
}

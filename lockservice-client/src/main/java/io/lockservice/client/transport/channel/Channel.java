package io.lockservice.client.transport.channel;

import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.NotSentException;
import io.lockservice.client.transport.Response;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One channel, from the dial to its end, and the calls on it. Calls made before the replica has said hello wait for it.
 * When it ends, all of them are told at once: those of which nothing was written by {@link NotSentException}. Confined to
 * the loop.
 */
final class Channel implements Wire.Listener {
    /** What a message has at most, in UTF-8. */
    static final int MAX_MESSAGE_BYTES = 32 * 1024;

    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int LIFE_SIGN_SHARE = 4;
    private static final int CREDIT_SHARE = 4;
    private static final int GOING_AWAY = 1001;

    private final Address address;
    private final ChannelLoop loop;
    private final ChannelSettings settings;
    private final Owner owner;
    private final Map<Long, Exchange> exchanges = new LinkedHashMap<>();
    private final Runnable forgetOpening;
    private Runnable forgetLook = () -> {};
    private @Nullable Runnable forgetLifeSign;
    private @Nullable Wire wire;
    private @Nullable Outbox outbox;
    private long lastNumber;
    private long heardNanos;
    private long usedNanos;
    private int creditAtBytes;
    private int owedBytes;
    private boolean over;

    /** Who opened it. */
    interface Owner {
        /** It takes no more calls. Where it is {@code atFault}, the replica is not to be spoken to like this for a while. */
        void over(boolean atFault, String why);

        /** Gets a call done in another way: nothing of it was sent. */
        void otherwise(Call call, Promise<Response> promise);
    }

    Channel(Address address, ChannelLoop loop, ChannelSettings settings, Owner owner) {
        this.address = address;
        this.loop = loop;
        this.settings = settings;
        this.owner = owner;
        this.heardNanos = loop.nanoTime();
        this.usedNanos = heardNanos;
        // Where there is a connection and no hello, somebody between may let nothing through.
        String late = "did not open a channel within " + settings.openTimeoutMs() + " ms";
        this.forgetOpening = loop.later(settings.openTimeoutMs(), () -> end(late, wire != null));
    }

    void send(Call call, RequestMessages messages, Promise<Response> promise) {
        // The last bit tells whether its messages count for the window, also after it was given up.
        lastNumber++;
        long id = lastNumber * 2 + (messages.isKeepAlive() ? 1 : 0);
        Exchange exchange = new Exchange(call, messages, promise, loop.nanoTime());
        exchanges.put(id, exchange);
        exchange.timer(loop.later(call.timeoutMs(), () -> givenUp(id, exchange)));
        if (outbox != null) {
            outbox.add(id, exchange);
        }
    }

    /** Ends it; calls under way fail. */
    void close() {
        end("was closed by this client", false);
    }

    @Override
    public void opened(Wire opened) {
        if (over) {
            opened.close(Wire.NORMAL, "");
        } else {
            wire = opened;
        }
    }

    @Override
    public void unreachable(Throwable cause) {
        end("cannot be reached: " + cause.getMessage(), false);
    }

    @Override
    public void notOffered(String why) {
        end("offers no channel: " + why, true);
    }

    @Override
    public void closed(int status, @Nullable String reason) {
        boolean saysWeAreWrong = status >= 1002 && status <= 1010 && status != 1005 && status != 1006;
        boolean beforeHello = wire != null && outbox == null && status != GOING_AWAY;
        wire = null;
        String how = status + (reason == null ? "" : ": " + reason);
        end("closed the channel (" + how + ")", saysWeAreWrong || beforeHello);
    }

    @Override
    public void garbled(String what) {
        end("sent " + what, true);
    }

    @Override
    public void heard() {
        heardNanos = loop.nanoTime();
        if (forgetLifeSign != null) {
            forgetLifeSign.run();
            forgetLifeSign = null;
        }
    }

    @Override
    public void message(byte[] utf8) {
        if (over) {
            return;
        }
        try {
            Incoming message = IncomingReader.read(utf8);
            if (message instanceof Incoming.Reply reply) {
                reply(reply, utf8.length);
            } else if (message instanceof Incoming.Credit credit) {
                credit(credit);
            } else if (message instanceof Incoming.Hello hello) {
                hello(hello);
            } else if (message instanceof Incoming.Problem problem) {
                end("has a problem: " + problem.detail(), true);
            }
        } catch (ProtocolException e) {
            garbled(String.valueOf(e.getMessage()));
        }
    }

    private void hello(Incoming.Hello hello) throws ProtocolException {
        if (outbox != null || wire == null) {
            throw new ProtocolException("a second hello");
        }
        forgetOpening.run();
        Outbox opened = new Outbox(wire, hello, settings.maxWaitingCalls());
        outbox = opened;
        // A whole message must always have room, or neither side could go on.
        creditAtBytes = Math.min(hello.windowBytes() / CREDIT_SHARE, hello.windowBytes() - MAX_MESSAGE_BYTES);
        look();
        exchanges.forEach((id, exchange) -> {
            exchange.queued(loop.nanoTime());
            if (exchange.messages().isKeepAlive()) {
                opened.add(id, exchange);
            }
        });
        exchanges.forEach((id, exchange) -> {
            if (!exchange.messages().isKeepAlive()) {
                opened.add(id, exchange);
            }
        });
    }

    private void credit(Incoming.Credit credit) throws ProtocolException {
        if (outbox == null || credit.bytes() <= 0) {
            throw new ProtocolException("credit that is none");
        }
        outbox.credit(credit.bytes());
    }

    private void reply(Incoming.Reply reply, int bytes) throws ProtocolException {
        if (outbox == null || wire == null || reply.id() < 2 || reply.id() / 2 > lastNumber) {
            throw new ProtocolException("a reply to request " + reply.id() + ", which there was not");
        }
        Exchange exchange = exchanges.get(reply.id());
        Response response = exchange == null ? null : exchange.take(reply);
        owe(reply.id() % 2 == 1 ? 0 : bytes, wire);
        if (exchange != null && response != null) {
            if (exchange.messages().isComplete()) {
                forget(reply.id(), exchange);
            } else {
                // Refused before all of it was sent: the replica need not wait for the rest.
                cancel(reply.id(), exchange);
            }
            exchange.promise().complete(response);
        } else if (exchange != null && exchange.isTooLong()) {
            cancel(reply.id(), exchange);
            exchange.promise().fail(new ChannelBrokenException(address + " sent a reply that is too long"));
        }
    }

    /** What was read is put together or handed on in the same turn of the loop: nothing of it waits here. */
    private void owe(int bytes, Wire to) {
        owedBytes += bytes;
        if (owedBytes > creditAtBytes) {
            to.text("{\"credit\":" + owedBytes + "}");
            owedBytes = 0;
        }
    }

    private void givenUp(long id, Exchange exchange) {
        TimeoutException late = new TimeoutException(
                address + " did not answer within " + exchange.call().timeoutMs() + " ms");
        boolean written = exchange.messages().isBegun();
        cancel(id, exchange);
        if (heardNanos - exchange.queuedNanos() <= 0) {
            doubt();
        }
        exchange.promise().fail(written ? late : new NotSentException("no room on the channel to " + address, late));
    }

    private void cancel(long id, Exchange exchange) {
        if (exchange.messages().isBegun() && wire != null) {
            wire.text("{\"cancel\":" + id + "}");
        }
        forget(id, exchange);
    }

    private void forget(long id, Exchange exchange) {
        usedNanos = loop.nanoTime();
        exchanges.remove(id);
        exchange.stopTimer();
        if (outbox != null) {
            outbox.finished(id, exchange);
        }
    }

    /** Looks now and then whether it is still needed, and whether the replica is still there. */
    private void look() {
        long nowNanos = loop.nanoTime();
        if (exchanges.isEmpty() && nowNanos - usedNanos >= IDLE_NANOS) {
            end("was not used for a minute", false);
            return;
        }
        if (!exchanges.isEmpty()
                && nowNanos - heardNanos >= TimeUnit.MILLISECONDS.toNanos(settings.attemptTimeoutMs())) {
            doubt();
        }
        forgetLook = loop.later(settings.attemptTimeoutMs(), this::look);
    }

    /** Nothing was heard when something should have been: asks for a sign of life. */
    private void doubt() {
        if (wire != null && forgetLifeSign == null) {
            wire.ping();
            long withinMs = Math.max(1, settings.attemptTimeoutMs() / LIFE_SIGN_SHARE);
            String silent = "gave no sign of life within " + withinMs + " ms";
            forgetLifeSign = loop.later(withinMs, () -> end(silent, false));
        }
    }

    private void end(String why, boolean atFault) {
        if (over) {
            return;
        }
        over = true;
        forgetOpening.run();
        forgetLook.run();
        if (forgetLifeSign != null) {
            forgetLifeSign.run();
        }
        if (wire != null) {
            wire.close(atFault ? Wire.PROTOCOL_ERROR : Wire.NORMAL, "");
        }
        List<Exchange> all = List.copyOf(exchanges.values());
        exchanges.clear();
        // First, or calls that are made again now would come back here.
        owner.over(atFault, why);
        ChannelBrokenException broken = new ChannelBrokenException(address + " " + why);
        all.forEach(exchange -> failOver(exchange, atFault, broken));
    }

    private void failOver(Exchange exchange, boolean otherwise, ChannelBrokenException broken) {
        exchange.stopTimer();
        if (exchange.messages().isBegun()) {
            exchange.promise().fail(broken);
        } else if (otherwise) {
            owner.otherwise(exchange.rest(loop.nanoTime()), exchange.promise());
        } else {
            exchange.promise().fail(new NotSentException(String.valueOf(broken.getMessage()), broken));
        }
    }
}

package io.lockservice.server.http.channel;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.server.http.exchange.Carrier;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.ProblemJson;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One channel, as {@code docs/channel.md} has it: requests are handed over in the order in which they came, replies go out as
 * they are ready, and what the window holds back on either side is never a keep-alive.
 *
 * <p>What the client uses up is bounded, whatever it does: requests under way and bodies half sent by their number, bodies by
 * the door's room, replies that it does not take by what is done for it meanwhile, see {@link #reply}.
 *
 * <p>Threading: one event loop, that of its connection.
 */
final class Channel implements Link.Listener {
    private static final System.Logger LOG = System.getLogger(Channel.class.getName());
    private static final String JSON = "application/json";

    private final Channels all;
    private final ChannelSettings settings;
    private final Runnable ended;
    private final Link link;
    private final Outgoing replies;
    private final MessageReader reader = new MessageReader();
    private final LongObjectMap<ChannelRequest> underWay = new LongObjectHashMap<>();
    /** In the order of their starts, which is that of their deadlines; until the last piece, wanted or not. */
    private final Map<Long, IncomingBody> arriving = new LinkedHashMap<>();

    private int keepAlives;
    /** Bytes of messages that were received and not given back. */
    private int takenBytes;

    /**
     * A channel over {@code socket}, just opened.
     *
     * @param ended run when the connection is closed
     */
    Channel(Channels all, ServerWebSocket socket, Runnable ended) {
        this.all = all;
        this.settings = all.settings();
        this.ended = ended;
        this.link = new Link(socket, this, all.nanoClock());
        this.replies = new Outgoing(link, settings.windowBytes());
    }

    /** Says what the client has to know first. */
    void greet() {
        link.send(new MessageText(128)
                .plain("{\"hello\":{\"cell\":")
                .quoted(all.door().cell())
                .plain(",\"replica\":")
                .number(all.door().replica())
                .plain(",\"windowBytes\":")
                .number(settings.windowBytes())
                .plain(",\"maxRequests\":")
                .number(settings.maxRequests())
                .plain("}}")
                .whole());
    }

    // What the client says

    @Override
    public void message(byte[] text) {
        try {
            Message message = reader.read(text);
            if (message instanceof Message.Part part) {
                part(part, text.length);
            } else if (message instanceof Message.Credit credit) {
                credit(credit.bytes());
            } else if (message instanceof Message.Cancel cancel) {
                leave(underWay.remove(cancel.id()));
            }
        } catch (ProblemException e) {
            refuse(e.problem());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "could not handle a message of a channel", e);
            leaveAll();
            link.close(CloseCode.INTERNAL, "the replica's log says why");
        }
    }

    @Override
    public void refused(String why) {
        refuse(new Problem(ProblemCode.BAD_REQUEST, why));
    }

    private void part(Message.Part part, int bytes) {
        IncomingBody body = arriving.isEmpty() ? null : arriving.get(part.id());
        if (body == null && !underWay.containsKey(part.id())) {
            if (!part.isKeepAlive()) {
                take(bytes);
            }
            begin(part);
        } else if (body != null && (part.goesOn() || part.method() == null)) {
            take(bytes);
            goOn(body, part);
        } else {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST, "request " + part.id() + " is under way already; use each id once");
        }
        giveBack();
    }

    private void begin(Message.Part part) {
        boolean full = !part.isKeepAlive()
                && (underWay.size() - keepAlives >= settings.maxRequests()
                        || replies.waitingBytes() > settings.maxWaitingBytes());
        IncomingBody body = part.more() ? arrives(part) : null;
        ChannelRequest request =
                new ChannelRequest(this, part, body, all.nanoClock().getAsLong());
        underWay.put(part.id(), request);
        keepAlives += request.isKeepAlive() ? 1 : 0;
        Exchange exchange = new Exchange(request, all.door());
        Problem problem = part.problem() != null ? part.problem() : incomplete(part);
        if (problem != null) {
            exchange.fail(problem);
        } else if (full) {
            exchange.fail(new Problem(
                    ProblemCode.OVERLOADED,
                    "this channel has as much under way as it can take; nothing was done, wait for replies first"));
        } else {
            exchange.guard(() -> all.root().handle(exchange));
        }
    }

    private static @Nullable Problem incomplete(Message.Part part) {
        if (part.method() == null) {
            return Problem.badField("method", "method is missing, and no body of this id is being sent");
        }
        return part.path() == null ? Problem.badField("path", "path is missing") : null;
    }

    private IncomingBody arrives(Message.Part part) {
        if (arriving.size() >= settings.maxRequests()) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "more than " + settings.maxRequests() + " bodies are half sent: send one whole before the next");
        }
        IncomingBody body = new IncomingBody(all.room(), all.nanoClock().getAsLong() + all.bodyTimeoutMs() * 1_000_000);
        arriving.put(part.id(), body);
        body.add(part.body());
        return body;
    }

    private void goOn(IncomingBody body, Message.Part part) {
        if (!part.goesOn()) {
            Problem problem = part.problem();
            body.refuse(
                    problem == null
                            ? Problem.badField("body", "a message that goes on with a body has id, base64 and more")
                            : problem);
        }
        body.add(part.body());
        if (!part.more()) {
            arriving.remove(part.id());
            body.end();
        }
    }

    // The windows

    private void take(int bytes) {
        takenBytes += bytes;
        if (takenBytes > settings.windowBytes()) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "more than " + settings.windowBytes() + " bytes were sent without waiting for a credit");
        }
    }

    /** Not while replies wait for the client's own credit: so whoever takes nothing can ask for no more than a window. */
    private void giveBack() {
        if (takenBytes >= settings.windowBytes() / 8 && replies.waitingBytes() == 0) {
            link.send(new MessageText(24)
                    .plain("{\"credit\":")
                    .number(takenBytes)
                    .plain("}")
                    .whole());
            takenBytes = 0;
        }
    }

    private void credit(long bytes) {
        if (!replies.giveBack(bytes)) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "a credit of " + bytes + " bytes is more than was sent and not given back");
        }
        giveBack();
    }

    // Replies

    /**
     * Sends the reply to a request. Where as much waits as may wait for a client that does not take it, a large reply is not
     * kept for it as well: a read is refused instead, since nothing was done; for anything else the channel ends, and the
     * client asks again for the outcome.
     */
    void reply(ChannelRequest request, int status, List<String> headers, Carrier.@Nullable Body body) {
        if (underWay.remove(request.id()) != request) {
            return;
        }
        keepAlives -= request.isKeepAlive() ? 1 : 0;
        int sent = status;
        if (request.isKeepAlive()) {
            ReplyText.write(request.id(), status, headers, body, link::send);
        } else if (fits(body)) {
            ReplyText.write(request.id(), status, headers, body, replies::send);
        } else if (request.method().equals(HttpMethod.GET)) {
            sent = ProblemCode.OVERLOADED.status();
            refuseReply(request.id());
        } else {
            refused("the client does not take its replies; give back with {\"credit\":<bytes>}");
        }
        all.metrics().ended(request.method(), sent, all.nanoClock().getAsLong() - request.startNanos());
    }

    private boolean fits(Carrier.@Nullable Body body) {
        return body == null
                || body.bytes().length() <= ChannelSettings.MAX_MESSAGE_BYTES / 2
                || replies.waitingBytes() <= settings.maxWaitingBytes();
    }

    private void refuseReply(long id) {
        Problem problem = new Problem(
                ProblemCode.OVERLOADED,
                "too many replies wait for this client to give back; nothing was done, take them and ask again");
        Carrier.Body body = new Carrier.Body(JSON, JsonText.object(json -> ProblemJson.fields(json, problem)));
        ReplyText.write(id, problem.code().status(), List.of("Retry-After", "1"), body, replies::send);
    }

    // The end

    /** What is late, or too long without a word. */
    void sweep() {
        link.sweep(settings.pingAfterMs(), settings.silentMs());
        long now = all.nanoClock().getAsLong();
        List<IncomingBody> late = new ArrayList<>();
        for (Iterator<IncomingBody> each = arriving.values().iterator(); each.hasNext(); ) {
            IncomingBody body = each.next();
            if (!body.isLate(now)) {
                break;
            }
            late.add(body);
            each.remove();
        }
        late.forEach(body -> body.refuse(Exchange.late(all.bodyTimeoutMs())));
    }

    /** The replica stops. */
    Future<Void> stop() {
        leaveAll();
        link.close(CloseCode.GOING_AWAY, "the replica stops; go on at another");
        return link.closed();
    }

    private void refuse(Problem problem) {
        if (!link.isOpen()) {
            return;
        }
        all.metrics().messageRefused();
        link.send(new MessageText(512)
                .plain("{\"problem\":")
                .json(JsonText.object(json -> ProblemJson.fields(json, problem)))
                .plain("}")
                .whole());
        link.close(CloseCode.POLICY, problem.code().label());
        leaveAll();
    }

    @Override
    public void closed() {
        leaveAll();
        all.closed(this);
        ended.run();
    }

    /** Nobody waits for anything any more. */
    private void leaveAll() {
        replies.drop();
        List<ChannelRequest> left = new ArrayList<>(underWay.values());
        underWay.clear();
        left.forEach(this::leave);
        arriving.values().forEach(IncomingBody::discard);
        arriving.clear();
    }

    private void leave(@Nullable ChannelRequest request) {
        if (request != null) {
            keepAlives -= request.isKeepAlive() ? 1 : 0;
            request.leave();
            all.metrics()
                    .ended(
                            request.method(),
                            ChannelMetrics.NO_REPLY,
                            all.nanoClock().getAsLong() - request.startNanos());
        }
    }
}

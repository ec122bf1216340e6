package io.lockservice.server.http.exchange;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.HandleId;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.replica.Input;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.http.exchange.ReplyWriter.Body;
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.http.json.JsonText;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its reply. A resource reads the query and the body, calls the replica and sends one reply; whatever it
 * throws becomes the reply: a {@link ProblemException} its problem, anything else {@code 500 internal}.
 *
 * <p>Threading: one event loop, that of the connection; answers of the replica are brought there.
 */
public final class Exchange {
    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final byte[] NO_BODY = {};
    private static final int MAX_NAME_CHARS = 4_096;

    private final HttpServerRequest request;
    private final Door door;
    private final Target target;
    private final ReplyWriter replies;
    private final Thread eventLoop = Thread.currentThread();
    private final @Nullable Context context = Vertx.currentContext();
    private final Preconditions preconditions;

    private String subpath = "";
    private byte[] body = NO_BODY;
    private boolean bodyHandled;
    private boolean preconditionsRead;
    private @Nullable RequestHeaders headers;
    private @Nullable Caller caller;

    /** An exchange for {@code request}, whose first part has just arrived. */
    public Exchange(HttpServerRequest request, Door door) {
        this.request = request;
        this.door = door;
        this.target = Target.parse(request.uri());
        this.replies = new ReplyWriter(request, door, target.path());
        this.preconditions = Preconditions.of(request.headers());
    }

    /** Runs {@code step}, and makes whatever it throws the reply. */
    public void guard(Runnable step) {
        try {
            step.run();
        } catch (ProblemException e) {
            fail(e.problem());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "could not handle " + request.method() + " " + target.path(), e);
            fail(new Problem(ProblemCode.INTERNAL, "the replica could not handle this request; its log says why"));
        }
    }

    // What was asked

    /** The method. */
    public HttpMethod method() {
        return request.method();
    }

    /** The path as it was sent. */
    public String path() {
        return target.path();
    }

    /** What follows the resource in the path, as it was sent: empty, or beginning with a slash. */
    public String subpath() {
        return subpath;
    }

    /** Says where in the path the resource ends. */
    public void resourceEndsAt(int index) {
        subpath = target.path().substring(index);
    }

    /** The name that follows the resource; throws bad-name or wrong-cell. */
    public Name name() {
        return NamePath.parse(subpath, door.cell());
    }

    /** The name that follows the resource, below {@code directory}; throws bad-name or wrong-cell. */
    public Name nameBelow(String directory) {
        return NamePath.parse(directory + subpath, door.cell());
    }

    /** A name in a query parameter; throws bad-name or wrong-cell. */
    public Name name(String text) {
        return Name.parse(text, door.cell());
    }

    /** The {@code name} that an object of the body has to have; throws bad-request, bad-name or wrong-cell. */
    public Name name(JsonFields fields) {
        return name(fields.requiredText("name", MAX_NAME_CHARS));
    }

    /** The query, to be read strictly. */
    public Query query() {
        return Query.parse(target.query());
    }

    /** The query of a request about a node, which may be made through a handle. */
    public Query queryOfNode() {
        Query query = query();
        caller().through(query);
        return query;
    }

    /** The caller wants to keep a copy of what it reads, where {@code query} says so. */
    public void cacheable(Query query, long maxStaleMs) {
        caller().keepsCopy(query, maxStaleMs);
    }

    /** The request is made through a handle, and so in its session. */
    public void through(HandleId handle) {
        caller().through(handle, "header:Lockservice-Session");
    }

    /** A sequencer in {@code field} of the body. */
    public Sequencer sequencer(String field, String text) {
        return RequestHeaders.sequencer(text, field, door.cell());
    }

    /** The session of the request; throws session-required where it names none. */
    public String session() {
        return caller().requiredSession();
    }

    private Caller caller() {
        if (caller == null) {
            caller = new Caller(headers().session());
        }
        return caller;
    }

    /** If-Match and If-None-Match, which the resource now takes care of. */
    public Preconditions preconditions() {
        preconditionsRead = true;
        return preconditions;
    }

    /** The value of the Accept header; null where there is none. */
    public @Nullable String accept() {
        return request.headers().contains("Accept")
                ? String.join(",", request.headers().getAll("Accept"))
                : null;
    }

    /** Refuses a client that would not take a reply of {@code type}. */
    public void requireAccept(String type) {
        String accept = accept();
        if (accept != null && Accept.quality(accept, type) == 0) {
            throw new ProblemException(
                    ProblemCode.NOT_ACCEPTABLE, "the reply is " + type + ": accept that, or send no Accept header");
        }
    }

    /** Refuses a client that would not take JSON; one that takes problems is content. */
    public void requireAcceptJson() {
        String accept = accept();
        boolean problems = accept != null && accept.contains(ReplyWriter.PROBLEM);
        if (!problems || Accept.quality(accept, ReplyWriter.PROBLEM) == 0) {
            requireAccept(ReplyWriter.JSON);
        }
    }

    // The body

    /** Goes on once it is certain that the request has no body. */
    public void withoutBody(Runnable next) {
        if (!hasBody()) {
            next.run();
            return;
        }
        Problem unwanted = Problem.badField("body", method().name() + " takes no body here; send none");
        if (declaredBytes() > 0) {
            throw new ProblemException(unwanted);
        }
        read(0, bytes -> next.run(), problem -> fail(unwanted));
    }

    /** Reads a JSON object; no body is one without fields. */
    public void withJson(Consumer<JsonFields> next) {
        RequestHeaders.requireJson(request.headers());
        withContent(door.maxBodyBytes(), bytes -> next.accept(JsonFields.parse(bytes)));
    }

    /** Reads the content of a file, of any type. */
    public void withContent(Consumer<byte[]> next) {
        RequestHeaders.refuseEncoded(request.headers());
        withContent(door.maxContentBytes(), next);
    }

    private void withContent(int limitBytes, Consumer<byte[]> next) {
        if (!hasBody()) {
            next.accept(NO_BODY);
            return;
        }
        if (declaredBytes() > limitBytes) {
            throw new ProblemException(BodyReader.tooLarge(limitBytes));
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        read(limitBytes, next, this::fail);
    }

    private void read(int limitBytes, Consumer<byte[]> next, Consumer<Problem> refused) {
        bodyHandled = true;
        door.bodies()
                .read(
                        request,
                        limitBytes,
                        whole -> guard(() -> {
                            body = whole.getBytes();
                            next.accept(body);
                        }),
                        refused);
    }

    private boolean hasBody() {
        return declaredBytes() > 0 || request.headers().contains("Transfer-Encoding");
    }

    /** What Content-Length says; -1 where it is not there. The HTTP codec has refused what is not a number. */
    private long declaredBytes() {
        String length = request.getHeader("Content-Length");
        return length == null ? -1 : Numbers.parse(length.strip(), "header:Content-Length", 0, Long.MAX_VALUE);
    }

    // The replica

    /** Asks the replica; {@code next} gets the answer unless it is a problem, which is sent. */
    public <R extends Reply> void read(Request.Read what, long maxStaleMs, Class<R> kind, BiConsumer<Answer, R> next) {
        call(caller().wants(what), maxStaleMs, answer -> next.accept(answer, kind.cast(answer.reply())));
    }

    /** Has the replica do something; {@code next} gets the answer unless it is a problem, which is sent. */
    public <R extends Reply> void command(Request what, Class<R> kind, BiConsumer<Answer, R> next) {
        command(what, answer -> next.accept(answer, kind.cast(answer.reply())));
    }

    /** As the other, where there is more than one kind of reply. */
    public void command(Request what, Consumer<Answer> next) {
        if (!preconditionsRead) {
            preconditions.refuse();
        }
        call(what, Input.Called.LINEARIZABLE, next);
    }

    private void call(Request what, long maxStaleMs, Consumer<Answer> next) {
        RequestHeaders from = headers();
        ClientCall call = new ClientCall(
                what,
                ClientCall.ANONYMOUS,
                caller().session(),
                idempotency(what, from.idempotencyKey()),
                from.sequencer(),
                caller().handleFor(what));
        Runnable gone = door.port()
                .call(call, from.timeoutMs(), maxStaleMs, answer -> onEventLoop(() -> answered(answer, next)));
        if (what instanceof Request.KeepAlive && !request.response().ended()) {
            request.response().closeHandler(closed -> gone.run());
        }
    }

    /** Runs {@code action} on the connection's event loop, and makes whatever it throws the reply. */
    void onEventLoop(Runnable action) {
        if (Thread.currentThread() == eventLoop || context == null) {
            guard(action);
        } else {
            context.runOnContext(back -> guard(action));
        }
    }

    /** What a reply needs that goes on while things happen. */
    public EventSource events() {
        return new EventSource(this, request, door, replies, headers());
    }

    /** Has the replica take a checkpoint with {@code revision} in it; {@code next} gets null where there is none. */
    public void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> next) {
        door.port().checkpoint(revision, stored -> onEventLoop(() -> next.accept(stored)));
    }

    private void answered(Answer answer, Consumer<Answer> next) {
        if (answer.reply() instanceof Reply.Cached copy) {
            header("Lockservice-Cacheable", String.valueOf(copy.cacheable()));
            answered(answer.saying(copy.reply()), next);
            return;
        }
        if (answer.reply() instanceof Reply.Failed failed) {
            replies.problem(answer, failed.problem());
        } else {
            next.accept(answer);
        }
    }

    private ClientCall.@Nullable Idempotency idempotency(Request what, @Nullable String key) {
        if (key == null || !(what instanceof Request.Write)) {
            return null;
        }
        Sequencer fence = headers().sequencer();
        Fingerprint fingerprint = new Fingerprint()
                .add(method().name())
                .add(target.path())
                .add(target.query() == null ? "" : target.query())
                .add(preconditions.asSent())
                .add(fence == null ? "" : fence.toString())
                .add(body);
        return new ClientCall.Idempotency(key, fingerprint.value());
    }

    private RequestHeaders headers() {
        if (headers == null) {
            headers = RequestHeaders.of(method(), request.headers(), door.cell());
        }
        return headers;
    }

    /** Checks the headers that every request may have, before anything else is looked at. */
    public void checkHeaders() {
        checkEnd();
        String host = RequestHeaders.single(request.headers(), "Host");
        if (host == null && !request.version().equals(HttpVersion.HTTP_1_0)) {
            throw new ProblemException(Problem.badField("header:Host", "header Host is missing"));
        }
        headers();
    }

    /** Refuses a request whose headers do not say clearly where it ends. */
    public void checkEnd() {
        if (RequestHeaders.isEndUnclear(request.headers())) {
            throw unclearEnd();
        }
    }

    /** Whether this was the last request that is read from its connection. */
    public boolean endsConnection() {
        return replies.closesAfterwards();
    }

    /**
     * The refusal of a request of which it is not clear where it ends: what follows might be its body or another request
     * (RFC 9112, section 6.3). So nothing more is read from the connection.
     */
    public ProblemException unclearEnd() {
        bodyHandled = true;
        replies.closeAfterwards();
        return new ProblemException(Problem.badField(
                "header:Transfer-Encoding",
                "send a body with Content-Length alone, or with Transfer-Encoding: chunked alone"));
    }

    // The reply

    /** Adds the Allow header. */
    public void allow(String methods) {
        replies.header("Allow", methods);
    }

    /** Adds a header. */
    public void header(String name, String value) {
        replies.header(name, value);
    }

    /** Sends a JSON object that shows {@code answer}. */
    public void sendJson(int status, Answer answer, JsonText.Writing fields) {
        replies.send(status, answer, new Body(ReplyWriter.JSON, JsonText.object(fields)));
    }

    /** Sends a JSON object that the door made by itself. */
    public void sendJson(int status, JsonText.Writing fields) {
        replies.send(status, null, new Body(ReplyWriter.JSON, JsonText.object(fields)));
    }

    /** Sends bytes of another type. */
    public void send(int status, @Nullable Answer answer, String type, Buffer bytes) {
        replies.send(status, answer, new Body(type, bytes));
    }

    /** Streams a checkpoint's file, as fast as the client takes it; {@code done} is run in the end, however it ends. */
    public void sendFile(CheckpointPort.Stored stored, String type, Runnable done) {
        replies.sendFile(stored, type).onComplete(sent -> done.run());
    }

    /** Sends a status that shows {@code answer}, without a body. */
    public void sendNothing(int status, Answer answer) {
        replies.send(status, answer, null);
    }

    /** Sends a status that the door knows by itself, without a body. */
    public void sendNothing(int status) {
        finishRequest();
        replies.send(status, null, null);
    }

    /** Sends a problem, as the state that {@code answer} shows. */
    public void fail(Answer answer, Problem problem) {
        replies.problem(answer, problem);
    }

    /** Sends a problem that the door found by itself. */
    public void fail(Problem problem) {
        finishRequest();
        replies.problem(null, problem);
    }

    /** A refused request may still be sending its body: that is read away, or the connection could not be used on. */
    private void finishRequest() {
        if (bodyHandled || request.isEnded() || !hasDeclaredBody()) {
            return;
        }
        bodyHandled = true;
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            // Nobody knows whether the body will come now (RFC 9110, section 10.1.1).
            replies.closeAfterwards();
        } else {
            door.bodies().discard(request);
        }
    }

    private boolean hasDeclaredBody() {
        return request.headers().contains("Content-Length") || request.headers().contains("Transfer-Encoding");
    }
}

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
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.http.json.JsonText;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
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

    private final Carrier carrier;
    private final Door door;
    private final Target target;
    private final ReplyWriter replies;
    private final Thread eventLoop = Thread.currentThread();
    private final @Nullable Context context = Vertx.currentContext();
    private final Preconditions preconditions;

    private String subpath = "";
    private byte[] body = NO_BODY;
    private boolean preconditionsRead;
    private @Nullable RequestHeaders headers;
    private @Nullable Caller caller;

    /** An exchange for the request of {@code carrier}, whose first part has just arrived. */
    public Exchange(Carrier carrier, Door door) {
        this.carrier = carrier;
        this.door = door;
        this.target = Target.parse(carrier.target());
        this.replies = new ReplyWriter(carrier, door, target.path());
        this.preconditions = Preconditions.of(carrier.headers());
    }

    /** Runs {@code step}, and makes whatever it throws the reply. */
    public void guard(Runnable step) {
        try {
            step.run();
        } catch (ProblemException e) {
            fail(e.problem());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "could not handle " + carrier.method() + " " + target.path(), e);
            fail(new Problem(ProblemCode.INTERNAL, "the replica could not handle this request; its log says why"));
        }
    }

    // What was asked

    /** The method. */
    public HttpMethod method() {
        return carrier.method();
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
        return carrier.headers().contains("Accept")
                ? String.join(",", carrier.headers().getAll("Accept"))
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
        long bytes = carrier.bodyBytes();
        if (bytes == 0) {
            next.run();
            return;
        }
        Problem unwanted = Problem.badField("body", method().name() + " takes no body here; send none");
        if (bytes > 0) {
            throw new ProblemException(unwanted);
        }
        read(0, none -> next.run(), problem -> fail(unwanted));
    }

    /** Reads a JSON object; no body is one without fields. */
    public void withJson(Consumer<JsonFields> next) {
        RequestHeaders.requireJson(carrier.headers());
        withContent(door.maxBodyBytes(), bytes -> next.accept(JsonFields.parse(bytes)));
    }

    /** Reads the content of a file, of any type. */
    public void withContent(Consumer<byte[]> next) {
        RequestHeaders.refuseEncoded(carrier.headers());
        withContent(door.maxContentBytes(), next);
    }

    private void withContent(int limitBytes, Consumer<byte[]> next) {
        long bytes = carrier.bodyBytes();
        if (bytes == 0) {
            next.accept(NO_BODY);
        } else if (bytes > limitBytes) {
            throw new ProblemException(tooLarge(limitBytes));
        } else {
            read(limitBytes, next, this::fail);
        }
    }

    private void read(int limitBytes, Consumer<byte[]> next, Consumer<Problem> refused) {
        carrier.readBody(
                limitBytes,
                whole -> guard(() -> {
                    body = whole;
                    next.accept(whole);
                }),
                refused);
    }

    /** The refusal of a body of more than {@code limitBytes}. */
    public static Problem tooLarge(int limitBytes) {
        return new Problem(
                ProblemCode.CONTENT_TOO_LARGE,
                "the body may have at most " + limitBytes + " bytes; send less",
                new Problem.Limit(limitBytes));
    }

    /** The refusal of a body that took longer than {@code timeoutMs} to arrive. */
    public static Problem late(long timeoutMs) {
        return Problem.badField("body", "the body did not arrive within " + timeoutMs + " ms; send it at once");
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
        if (what instanceof Request.KeepAlive && !carrier.isOver()) {
            carrier.whenGone(gone);
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
        return new EventSource(this, carrier, door, replies, headers());
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
            headers = RequestHeaders.of(method(), carrier.headers(), door.cell());
        }
        return headers;
    }

    /** Checks the headers that every request may have, before anything else is looked at. */
    public void checkHeaders() {
        headers();
    }

    /** A header that may be given once; null where it is not given. */
    public @Nullable String header(String name) {
        return RequestHeaders.single(carrier.headers(), name);
    }

    /** Whether the request has a connection for itself, and a reply may go on without end. */
    public boolean hasOwnConnection() {
        return carrier.own() != null;
    }

    /** The connection; where others share it throws not-acceptable, and {@code otherwise} is the sentence that says what to do. */
    public OwnConnection ownConnection(String otherwise) {
        OwnConnection own = carrier.own();
        if (own == null) {
            throw new ProblemException(ProblemCode.NOT_ACCEPTABLE, otherwise);
        }
        return own;
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
        replies.send(status, answer, new Carrier.Body(ReplyWriter.JSON, JsonText.object(fields)));
    }

    /** Sends a JSON object that the door made by itself. */
    public void sendJson(int status, JsonText.Writing fields) {
        replies.send(status, null, new Carrier.Body(ReplyWriter.JSON, JsonText.object(fields)));
    }

    /** Sends bytes of another type. */
    public void send(int status, @Nullable Answer answer, String type, Buffer bytes) {
        replies.send(status, answer, new Carrier.Body(type, bytes));
    }

    /** Streams a checkpoint's file, as fast as the client takes it; {@code done} is run in the end, however it ends. */
    public void sendFile(CheckpointPort.Stored stored, String type, Runnable done) {
        if (carrier.isOver()) {
            done.run();
            return;
        }
        replies.state(stored);
        ownConnection("a file needs a connection of its own: ask for it by HTTP")
                .sendFile(stored.file().toString(), type)
                .onComplete(sent -> done.run());
    }

    /** Sends a status that shows {@code answer}, without a body. */
    public void sendNothing(int status, Answer answer) {
        replies.send(status, answer, null);
    }

    /** Sends a status that the door knows by itself, without a body. */
    public void sendNothing(int status) {
        carrier.discardBody();
        replies.send(status, null, null);
    }

    /** Sends a problem, as the state that {@code answer} shows; null where the door found it by itself. */
    public void fail(@Nullable Answer answer, Problem problem) {
        if (answer == null) {
            carrier.discardBody();
        }
        replies.problem(answer, problem);
    }

    /** Sends a problem that the door found by itself. */
    public void fail(Problem problem) {
        fail(null, problem);
    }
}

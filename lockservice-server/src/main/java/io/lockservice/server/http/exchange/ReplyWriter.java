package io.lockservice.server.http.exchange;

import io.lockservice.api.Answer;
import io.lockservice.api.Problem;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.ProblemJson;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Writes the one reply of an exchange. Where the client has gone, nothing happens. Not thread-safe. */
final class ReplyWriter {
    static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";

    private static final CharSequence REVISION = HttpHeaders.createOptimized("Lockservice-Revision");
    private static final CharSequence EPOCH = HttpHeaders.createOptimized("Lockservice-Epoch");
    private static final CharSequence REPLICA = HttpHeaders.createOptimized("Lockservice-Replica");
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Carrier carrier;
    private final Door door;
    private final boolean showsState;

    ReplyWriter(Carrier carrier, Door door, String path) {
        this.carrier = carrier;
        this.door = door;
        this.showsState = path.startsWith("/v1/") || path.equals("/v1");
    }

    void header(String name, String value) {
        carrier.header(name, value);
    }

    void problem(@Nullable Answer answer, Problem problem) {
        int status = problem.code().status();
        if (status == SERVICE_UNAVAILABLE || status == TOO_MANY_REQUESTS) {
            carrier.header(RETRY_AFTER, "1");
        }
        send(status, answer, new Carrier.Body(PROBLEM, JsonText.object(json -> ProblemJson.fields(json, problem))));
    }

    void send(int status, @Nullable Answer answer, Carrier.@Nullable Body body) {
        if (carrier.isOver()) {
            return;
        }
        if (showsState) {
            state(answer);
        }
        carrier.reply(status, body);
    }

    /** Adds the headers of a reply that goes on. */
    void state(@Nullable Answer answer) {
        if (answer != null) {
            state(answer.revision(), answer.epoch(), answer.replica());
        } else {
            var status = door.port().status();
            state(status.revision(), status.epoch(), door.replica());
        }
    }

    void state(CheckpointPort.Stored stored) {
        state(stored.revision(), stored.epoch(), door.replica());
    }

    private void state(long revision, long epoch, int replica) {
        carrier.header(REVISION, Long.toString(revision));
        carrier.header(EPOCH, Long.toString(epoch));
        carrier.header(REPLICA, Integer.toString(replica));
    }
}

package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.LockMode;
import io.lockservice.api.Reply;
import io.lockservice.client.transport.Response;
import java.util.ArrayList;
import java.util.List;

/** Reads problem details (RFC 9457) into exceptions, and what the cell says of a lock's holders. */
public final class Problems {
    private Problems() {}

    /** The exception for a refusal. A body that is no problem, from a proxy say, gives one with the status as code. */
    public static LockServiceException of(Response response) {
        JsonNode body = response.json();
        String code = body.path("code").asText("http-" + response.status());
        String detail = body.path("detail").asText("the answer had status " + response.status() + " and no detail");
        LockServiceException problem = switch (code) {
            case SessionExpiredException.EXPIRED -> new SessionExpiredException(code, detail);
            case "lock-held" ->
                new LockHeldException(
                        detail,
                        holders(body.path("holders")),
                        body.path("waiters").asInt(0));
            default -> new LockServiceException(code, detail);
        };
        return problem.saidBy(response);
    }

    /** Whether the cell refused for a reason that trying again does not change. */
    public static boolean isDefinite(Throwable failure) {
        return !(failure instanceof OutcomeUnknownException) && !(failure instanceof NoLeaderException);
    }

    /** Whether the cell refused with this code. */
    public static boolean isCode(Throwable failure, String code) {
        return failure instanceof LockServiceException refusal && refusal.code().equals(code);
    }

    /** Reads a list of holders, as in the answer to GET of a lock. */
    public static List<Reply.Holder> holders(JsonNode list) {
        List<Reply.Holder> holders = new ArrayList<>();
        for (JsonNode each : list) {
            holders.add(new Reply.Holder(
                    each.path("session").asText(""),
                    each.path("client").asText(""),
                    each.path("mode").asText("").equals(LockMode.SHARED.label()) ? LockMode.SHARED : LockMode.EXCLUSIVE,
                    each.path("token").asLong(0),
                    each.path("heldMs").asLong(-1),
                    each.path("note").asText("")));
        }
        return holders;
    }
}

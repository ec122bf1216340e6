package io.lockservice.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import java.io.IOException;

/** Problem details (RFC 9457). */
public final class ProblemJson {
    private ProblemJson() {}

    /** Writes the fields of {@code problem}. */
    public static void fields(JsonGenerator json, Problem problem) throws IOException {
        ProblemCode code = problem.code();
        json.writeStringField("type", "/problems/" + code.label());
        json.writeStringField("title", code.title());
        json.writeNumberField("status", code.status());
        json.writeStringField("code", code.label());
        json.writeStringField("detail", problem.detail());
        extras(json, problem.extras());
    }

    private static void waiting(JsonGenerator json, Problem.Waiting waiting) throws IOException {
        json.writeStringField("session", waiting.session());
        json.writeStringField("client", waiting.client());
        json.writeStringField("name", waiting.name());
    }

    private static void extras(JsonGenerator json, Problem.Extras extras) throws IOException {
        if (extras instanceof Problem.InOperation in) {
            json.writeNumberField("index", in.index());
            extras(json, in.extras());
        } else if (extras instanceof Problem.Field field) {
            json.writeStringField("field", field.field());
        } else if (extras instanceof Problem.Held held) {
            JsonText.objects(json, "holders", held.holders(), LockJson::holder);
            json.writeNumberField("waiters", held.waiters());
        } else if (extras instanceof Problem.Delayed delayed) {
            JsonText.known(json, "remainingMs", delayed.remainingMs());
        } else if (extras instanceof Problem.Compacted compacted) {
            json.writeNumberField("oldestRevision", compacted.oldestRevision());
        } else if (extras instanceof Problem.Cycle cycle) {
            JsonText.objects(json, "cycle", cycle.cycle(), ProblemJson::waiting);
        } else if (extras instanceof Problem.Current current) {
            if (current.stat() == null) {
                json.writeNullField("stat");
            } else {
                NodeJson.statField(json, current.stat());
            }
        } else if (extras instanceof Problem.Invalid invalid) {
            json.writeStringField("reason", invalid.reason().label());
        } else if (extras instanceof Problem.Owned owned) {
            json.writeStringField("owner", owned.owner());
        } else if (extras instanceof Problem.Limit limit) {
            json.writeNumberField("limit", limit.limitBytes());
        }
    }
}

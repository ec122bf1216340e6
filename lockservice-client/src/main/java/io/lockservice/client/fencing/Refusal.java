package io.lockservice.client.fencing;

import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.ProblemCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Problem details (RFC 9457) with the fields that the cell's own refusals have.
 *
 * @param code what is wrong; decides the status
 * @param detail a sentence for people
 * @param extra one more field and its value, or null
 * @param value of {@code extra}
 */
record Refusal(
        ProblemCode code,
        String detail,
        @Nullable String extra,
        @Nullable String value) {
    static final String MEDIA_TYPE = "application/problem+json";

    static Refusal superseded(StaleTokenException stale) {
        return invalid(stale.detail(), InvalidSequencer.SUPERSEDED.label());
    }

    static Refusal invalid(String detail, @Nullable String reason) {
        return new Refusal(ProblemCode.SEQUENCER_INVALID, detail, reason == null ? null : "reason", reason);
    }

    static Refusal badHeader(String detail) {
        return new Refusal(ProblemCode.BAD_REQUEST, detail, "field", "header:" + FencingPolicy.HEADER);
    }

    int status() {
        return code.status();
    }

    Buffer body() {
        JsonObject json = new JsonObject()
                .put("type", "/problems/" + code.label())
                .put("title", code.title())
                .put("status", code.status())
                .put("code", code.label())
                .put("detail", detail);
        if (extra != null) {
            json.put(extra, value);
        }
        return json.toBuffer();
    }
}

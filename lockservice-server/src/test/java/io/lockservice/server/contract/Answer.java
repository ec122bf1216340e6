package io.lockservice.server.contract;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What came back for a request. */
public record Answer(int status, HttpHeaders headers, Buffer body) {
    static Answer of(HttpResponse<byte[]> response) {
        return new Answer(response.statusCode(), response.headers(), Buffer.buffer(response.body()));
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    public long revision() {
        return Long.parseLong(header("Lockservice-Revision"));
    }

    public String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    public JsonObject json() {
        return new JsonObject(text());
    }

    /** The objects of a list in the body. */
    public List<JsonObject> list(String field) {
        return objects(json().getJsonArray(field));
    }

    public static List<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast).toList();
    }

    /** One text of every object of a list in the body. */
    public List<String> texts(String field, String ofEach) {
        return list(field).stream().map(each -> each.getString(ofEach)).toList();
    }

    /** The status, and for a problem its code and the field it names: all that a program decides by. */
    public String outcome() {
        if (!header("Content-Type").equals("application/problem+json")) {
            return Integer.toString(status);
        }
        String field = json().getString("field", "");
        return (status + " " + json().getString("code") + " " + field).strip();
    }
}

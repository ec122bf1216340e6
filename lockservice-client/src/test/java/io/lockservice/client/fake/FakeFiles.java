package io.lockservice.client.fake;

import io.lockservice.api.PercentText;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Response;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files of the fake cell, with handles, and copies as in the real one: who has a copy is told and waited for before the
 * node changes, other than the writer; meanwhile nobody gets one.
 */
public final class FakeFiles {
    private final Sessions sessions;
    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final Map<String, Node> handles = new HashMap<>();
    private final Map<String, Map<String, Long>> copies = new HashMap<>();
    private final List<Write> waiting = new ArrayList<>();
    private long instances;
    private int reads;
    private boolean serves;

    FakeFiles(Sessions sessions) {
        this.sessions = sessions;
        nodes.put("/ls/local", new Node("/ls/local", ++instances, null));
    }

    /** What has to be known of sessions. */
    interface Sessions {
        boolean isAlive(String id);

        boolean caches(String id);

        /** Tells the session to drop a copy; returns the event's number. */
        long invalidate(String id, String name);

        long acked(String id);
    }

    /** How many reads the cell answered. */
    public int reads() {
        return reads;
    }

    /** How many writes wait for copies to be dropped. */
    public int waitingWrites() {
        return waiting.size();
    }

    /** Writes a file as somebody without a session does, done when copies have been dropped. */
    public void write(String name, String content) {
        begin(List.of(name, parent(name)), "", () -> put(name, content.getBytes(StandardCharsets.UTF_8)), done -> {});
    }

    /** Deletes a node the same way. */
    public void delete(String name) {
        begin(List.of(name, parent(name)), "", () -> remove(name), done -> {});
    }

    /** The content of a file, null where there is none. */
    public @Nullable String content(String name) {
        Node node = nodes.get(name);
        return node == null || node.content == null ? null : new String(node.content, StandardCharsets.UTF_8);
    }

    void serve() {
        serves = true;
    }

    boolean answers(Call call) {
        return serves
                && (call.path().startsWith("/v1/files/")
                        || call.path().startsWith("/v1/nodes/")
                        || call.path().startsWith("/v1/handles"));
    }

    void answer(Call call, Consumer<Response> answer) {
        String path = call.path().split("\\?", 2)[0];
        String query = call.path().substring(path.length());
        String session = call.headers().getOrDefault("Lockservice-Session", "");
        if (!session.isEmpty() && !sessions.isAlive(session)) {
            answer.accept(FakeCell.problem(410, "session-expired"));
        } else if (path.startsWith("/v1/handles")) {
            answer.accept(handle(call, path, session));
        } else {
            String name = PercentText.decode(path.substring("/v1/files".length()));
            int at = query.indexOf("handle=");
            Node opened = at < 0 ? null : handles.get(query.substring(at + "handle=".length()));
            if (at >= 0 && opened == null) {
                answer.accept(FakeCell.problem(404, "not-found"));
            } else if (opened != null && nodes.get(name) != opened) {
                answer.accept(FakeCell.problem(404, "no-such-node"));
            } else if (call.method().equals(HttpMethod.GET)) {
                answer.accept(read(name, query, session));
            } else {
                write(call, name, session, answer);
            }
        }
    }

    /** Carries out what need not wait any more. */
    void settle() {
        for (Write write : List.copyOf(waiting)) {
            if (waiting.contains(write) && !isAnyLeft(write)) {
                waiting.remove(write);
                write.answer.accept(write.work.get());
            }
        }
    }

    private Response handle(Call call, String path, String session) {
        if (call.method().equals(HttpMethod.DELETE)) {
            handles.remove(path.substring("/v1/handles/".length()));
            return new Response(204, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer());
        }
        JsonObject request = new JsonObject(call.body());
        String name = request.getString("name");
        Node node = nodes.get(name);
        boolean created = node == null && request.containsKey("create");
        if (created) {
            String content = request.getJsonObject("create").getString("contentBase64", "");
            put(name, Base64.getDecoder().decode(content));
            node = nodes.get(name);
        }
        if (node == null) {
            return FakeCell.problem(404, "no-such-node");
        }
        String id = session + ".h" + (handles.size() + 1);
        handles.put(id, node);
        return json(
                201, new JsonObject().put("handle", id).put("created", created).put("stat", stat(node)), false);
    }

    private Response read(String name, String query, String session) {
        reads++;
        Node node = nodes.get(name);
        boolean cacheable = query.contains("cache=true")
                && sessions.caches(session)
                && waiting.stream().noneMatch(write -> write.touched.contains(name));
        if (cacheable) {
            copies.computeIfAbsent(name, any -> new HashMap<>()).put(session, 0L);
        }
        if (node == null) {
            Response absent = FakeCell.problem(404, "no-such-node");
            absent.headers().set("Lockservice-Cacheable", Boolean.toString(cacheable));
            return absent;
        }
        JsonObject body = stat(node);
        if (query.contains("children=true")) {
            JsonArray children = new JsonArray();
            nodes.values().stream()
                    .filter(each -> parent(each.name).equals(name))
                    .forEach(each -> children.add(stat(each)));
            body = new JsonObject().put("stat", body).put("children", children);
        } else if (query.contains("content=true") && node.content != null) {
            body.put("contentBase64", Base64.getEncoder().encodeToString(node.content));
        }
        return json(200, body, cacheable);
    }

    private void write(Call call, String name, String session, Consumer<Response> answer) {
        byte[] content = call.body() == null ? new byte[0] : call.body().getBytes();
        Supplier<Response> work =
                call.method().equals(HttpMethod.DELETE) ? () -> remove(name) : () -> put(name, content);
        begin(List.of(name, parent(name)), session, work, answer);
    }

    private void begin(List<String> touched, String writer, Supplier<Response> work, Consumer<Response> answer) {
        waiting.add(new Write(touched, writer, work, answer));
        for (String name : touched) {
            Map<String, Long> of = copies.getOrDefault(name, Map.of());
            of.forEach((session, seq) -> {
                if (seq == 0 && !session.equals(writer)) {
                    of.put(session, Long.MAX_VALUE);
                    of.put(session, sessions.invalidate(session, name));
                }
            });
        }
        settle();
    }

    private boolean isAnyLeft(Write write) {
        boolean left = false;
        for (String name : write.touched) {
            Map<String, Long> of = copies.getOrDefault(name, new HashMap<>());
            of.entrySet()
                    .removeIf(copy -> copy.getKey().equals(write.writer)
                            || !sessions.isAlive(copy.getKey())
                            || (copy.getValue() > 0 && sessions.acked(copy.getKey()) >= copy.getValue()));
            left |= !of.isEmpty();
        }
        return left;
    }

    private Response put(String name, byte[] content) {
        Node before = nodes.get(name);
        Node node = before == null ? new Node(name, ++instances, content) : before;
        node.content = content;
        node.generation++;
        nodes.put(name, node);
        return json(before == null ? 201 : 200, stat(node), false);
    }

    private Response remove(String name) {
        return nodes.remove(name) == null
                ? FakeCell.problem(404, "no-such-node")
                : new Response(204, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer());
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('/'));
    }

    private static JsonObject stat(Node node) {
        return new JsonObject()
                .put("name", node.name)
                .put("kind", node.content == null ? "directory" : "file")
                .put("instance", node.instance)
                .put("contentGeneration", node.generation)
                .put("checksum", "00000000000000ff")
                .put("length", node.content == null ? 0 : node.content.length);
    }

    private static Response json(int status, JsonObject body, boolean cacheable) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().set("Lockservice-Cacheable", Boolean.toString(cacheable));
        return new Response(status, headers, body.toBuffer());
    }

    private record Write(List<String> touched, String writer, Supplier<Response> work, Consumer<Response> answer) {}

    private static final class Node {
        private final String name;
        private final long instance;
        private byte @Nullable [] content;
        private long generation;

        Node(String name, long instance, byte @Nullable [] content) {
            this.name = name;
            this.instance = instance;
            this.content = content;
        }
    }
}

package io.lockservice.client.fake;

import io.lockservice.client.transport.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The files of a cell that serves no handles and no copies: content, generations, and owners with whose sessions they go. Directories are what is written before a slash. */
final class FakeContents {
    private static final String FILES = "/v1/files";
    private static final String NODES = "/v1/nodes";

    private final Map<String, File> files = new TreeMap<>();
    private long instances;

    /** An answer; of a problem the body has only the code. */
    record Answer(int status, JsonObject body) {}

    private record File(String owner, long instance, long generation, Buffer content) {
        JsonObject stat(String name) {
            return new JsonObject()
                    .put("name", name)
                    .put("owner", owner)
                    .put("instance", instance)
                    .put("contentGeneration", generation);
        }
    }

    /** Whether it is about files; one that is read by its content is not modelled. */
    boolean knows(Call call) {
        return call.path().startsWith(NODES)
                || call.path().equals("/v1/txn")
                || (call.path().startsWith(FILES) && call.method().equals(HttpMethod.PUT));
    }

    void sessionEnded(String session) {
        files.values().removeIf(file -> file.owner.equals(session));
    }

    Answer handle(Call call) {
        if (call.path().equals("/v1/txn")) {
            return transact(call);
        }
        String name = call.path().substring(FILES.length()).replaceAll("\\?.*", "");
        if (call.method().equals(HttpMethod.PUT)) {
            return put(call, name);
        }
        if (call.path().contains("children=true")) {
            JsonArray children = new JsonArray();
            files.forEach((each, file) -> {
                if (each.startsWith(name + "/") && each.indexOf('/', name.length() + 1) < 0) {
                    children.add(file.stat(each));
                }
            });
            return new Answer(200, new JsonObject().put("children", children));
        }
        File file = files.get(name);
        if (file == null) {
            return problem(404, "no-such-node");
        } else if (call.method().equals(HttpMethod.DELETE)) {
            files.remove(name);
            return new Answer(200, new JsonObject());
        }
        return new Answer(200, file.stat(name).put("content", file.content.toString()));
    }

    private Answer put(Call call, String name) {
        File before = files.get(name);
        String match = call.headers().get("If-Match");
        boolean fits = before == null
                ? match == null
                : !call.headers().containsKey("If-None-Match")
                        && (match == null || match.equals("\"" + before.instance + "." + before.generation + "\""));
        if (!fits) {
            return problem(412, "generation-mismatch");
        }
        boolean ephemeral = call.path().contains("ephemeral=true");
        write(name, call.body() == null ? Buffer.buffer() : call.body(), ephemeral ? session(call) : "");
        return new Answer(200, Objects.requireNonNull(files.get(name)).stat(name));
    }

    private Answer transact(Call call) {
        JsonObject transaction = new JsonObject(Objects.requireNonNull(call.body()));
        boolean holds = transaction.getJsonArray("guards").stream().allMatch(each -> holds((JsonObject) each));
        if (holds) {
            for (Object each : transaction.getJsonArray("then")) {
                JsonObject operation = (JsonObject) each;
                String name = operation.getString("name");
                if (operation.getString("op").equals("delete")) {
                    files.remove(name);
                } else {
                    write(name, Buffer.buffer(operation.getString("content")), "");
                }
            }
        }
        return new Answer(200, new JsonObject().put("succeeded", holds));
    }

    private boolean holds(JsonObject guard) {
        File file = files.get(guard.getString("name"));
        return guard.containsKey("exists")
                ? (file != null) == guard.getBoolean("exists")
                : file != null && file.instance == guard.getLong("instance");
    }

    private void write(String name, Buffer content, String owner) {
        File before = files.get(name);
        if (before == null) {
            instances++;
            files.put(name, new File(owner, instances, 1, content));
        } else {
            files.put(name, new File(before.owner, before.instance, before.generation + 1, content));
        }
    }

    private static String session(Call call) {
        return call.headers().getOrDefault("Lockservice-Session", "");
    }

    private static Answer problem(int status, String code) {
        return new Answer(status, new JsonObject().put("code", code));
    }
}

package io.lockservice.client.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Stat;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.json.NodeJson;
import io.lockservice.client.transport.Response;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The requests of the API about one node, by its name or through a handle, and what is said to them. */
final class NodeRequests {
    private final Name name;
    private final @Nullable String handle;

    NodeRequests(Name name, @Nullable String handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * The name that {@code text} stands for.
     *
     * @throws LockServiceException {@code bad-name} or {@code wrong-cell}
     */
    static Name name(String text, String cell) {
        try {
            return Name.parse(text, cell);
        } catch (ProblemException e) {
            throw new LockServiceException(
                    e.problem().code().label(), e.problem().detail());
        }
    }

    /** A path with its query; {@code parameters} are of the form {@code x=y}, empty ones are left out. */
    String path(String resource, String... parameters) {
        StringBuilder path = new StringBuilder("/v1/").append(resource).append(PercentText.encode(name.path()));
        char separator = '?';
        for (String parameter : parameters) {
            if (!parameter.isEmpty()) {
                path.append(separator).append(parameter);
                separator = '&';
            }
        }
        if (handle != null) {
            path.append(separator).append("handle=").append(PercentText.encode(handle));
        }
        return path.toString();
    }

    Operation get(Seen.Part part, boolean cache, String after) {
        return Operation.get(path(
                "nodes",
                part == Seen.Part.CONTENT ? "content=true" : "",
                part == Seen.Part.CHILDREN ? "children=true" : "",
                cache ? "cache=true" : "",
                after.isEmpty() ? "" : "after=" + PercentText.encode(after)));
    }

    Operation write(byte[] content, boolean parents, boolean ephemeral) {
        return Operation.put(path("files", parents ? "parents=true" : "", ephemeral ? "ephemeral=true" : ""))
                .withBody(Buffer.buffer(content));
    }

    Operation delete(boolean recursive) {
        return Operation.delete(path("nodes", recursive ? "recursive=true" : ""));
    }

    Operation makeDirectory(boolean ephemeral, boolean parents) {
        return Operation.put(path("nodes"))
                .json(new JsonObject().put("ephemeral", ephemeral).put("parents", parents));
    }

    Operation getAcl() {
        return Operation.get(path("acls"));
    }

    Operation setAcl(Acl acl, @Nullable Long generation) {
        JsonObject body = new JsonObject()
                .put("read", acl.read())
                .put("write", acl.write())
                .put("change", acl.change());
        return Operation.put(path("acls")).json(generation == null ? body : body.put("aclGeneration", generation));
    }

    /** An entity tag: this very version. */
    static Operation ifAt(Operation write, long instance, long contentGeneration) {
        return write.header("If-Match", "\"" + instance + "." + contentGeneration + "\"");
    }

    static Stat stat(Response response) {
        return stat(response.json());
    }

    static Stat stat(JsonNode json) {
        Stat stat = NodeJson.stat(json);
        if (stat == null) {
            throw new LockServiceException("bad-answer", "the cell's answer is not a node's stat");
        }
        return stat;
    }

    static Acl acl(Response response) {
        JsonNode json = response.json();
        return new Acl(
                json.path("read").asText(null),
                json.path("write").asText(null),
                json.path("change").asText(null),
                json.path("aclGeneration").asLong());
    }

    static Seen.Node node(Response response, Seen.Part part) {
        JsonNode json = response.json();
        Content content = part == Seen.Part.CONTENT ? NodeJson.content(json) : null;
        return new Seen.Node(stat(json), content);
    }

    static Contents contents(Seen.Node node) {
        if (node.content() == null) {
            throw new LockServiceException(
                    "not-a-file", "'" + node.stat().name() + "' is a directory and has no content; list it instead");
        }
        return new Contents(node.stat(), node.content());
    }
}

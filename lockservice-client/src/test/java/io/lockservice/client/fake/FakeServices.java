package io.lockservice.client.fake;

import io.lockservice.api.PercentText;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Response;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The name registry of the fake cell: instances that go with their sessions, and polls that wait for a change. */
public final class FakeServices {
    private static final String SERVICES = "/v1/services";
    private static final String NODES = "/v1/nodes/ls/local/services/";

    private static final int NAMES_PER_PAGE = 2;

    private final VirtualTime.Machine time;
    private final Function<String, @Nullable String> clients;
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private final Map<String, Long> changed = new HashMap<>();
    private final List<Poll> polls = new ArrayList<>();
    private long revision = 1;

    /** {@code clients}: the client's name of a session that lives, else null. */
    FakeServices(VirtualTime.Machine time, Function<String, @Nullable String> clients) {
        this.time = time;
        this.clients = clients;
    }

    /** The sessions of the instances of a service, in the order of their ids. */
    public List<String> sessions(String service) {
        return below(service).map(entry -> entry.session).toList();
    }

    /** {@code host:port} of the instances of a service. */
    public List<String> ports(String service) {
        return below(service)
                .map(entry -> entry.body.getString("address") + ":" + entry.body.getInteger("port"))
                .toList();
    }

    /** Deletes an entry, as an operator does. */
    public void delete(String service, String id) {
        remove(service + "/" + id);
    }

    /** Forgets everything, revisions too, as a cell does that was made anew. */
    public void startAnew() {
        entries.clear();
        changed.clear();
        revision = 1;
    }

    boolean answers(Call call) {
        return call.path().startsWith(SERVICES) || call.path().startsWith(NODES);
    }

    void answer(Call call, Consumer<Response> answer) {
        String path = call.path().split("\\?", 2)[0];
        String query = call.path().substring(path.length());
        if (path.startsWith(NODES)) {
            answer.accept(stat(PercentText.decode(path.substring(NODES.length()))));
        } else if (path.equals(SERVICES)) {
            answer.accept(query.startsWith("?names=") ? batch(query.substring("?names=".length())) : page(query));
        } else {
            String name = PercentText.decode(path.substring(SERVICES.length() + 1));
            if (call.method().equals(HttpMethod.GET)) {
                poll(name, query, answer);
            } else {
                answer.accept(write(call, name));
            }
        }
    }

    void sessionEnded(String session) {
        List.copyOf(entries.values()).stream()
                .filter(entry -> entry.session.equals(session))
                .forEach(entry -> remove(entry.name));
    }

    private Response write(Call call, String name) {
        String session = call.headers().getOrDefault("Lockservice-Session", "");
        String client = clients.apply(session);
        Entry there = entries.get(name);
        if (client == null) {
            return FakeCell.problem(410, "session-expired");
        }
        if (call.method().equals(HttpMethod.DELETE)) {
            if (there == null) {
                return FakeCell.problem(404, "no-such-node");
            }
            if (!("\"" + there.version() + "\"").equals(call.headers().getOrDefault("If-Match", ""))) {
                return FakeCell.problem(412, "generation-mismatch");
            }
            remove(name);
            return new Response(204, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer());
        }
        if (there != null && !there.session.equals(session) && !client.equals(clients.apply(there.session))) {
            JsonObject problem = new JsonObject()
                    .put("status", 409)
                    .put("code", "node-exists")
                    .put("detail", "another session has it")
                    .put("owner", there.session);
            return new Response(409, MultiMap.caseInsensitiveMultiMap(), problem.toBuffer());
        }
        boolean same = there != null && there.session.equals(session);
        Buffer body = call.body();
        entries.put(
                name,
                new Entry(
                        name,
                        session,
                        same && there != null ? there.instance : revision + 1,
                        same && there != null ? there.generation + 1 : 1,
                        body == null ? new JsonObject() : new JsonObject(body)));
        touch(name);
        return json(same ? 200 : 201, new JsonObject());
    }

    private void remove(String name) {
        if (entries.remove(name) != null) {
            touch(name);
        }
    }

    private void touch(String name) {
        String service = name.substring(0, name.indexOf('/'));
        revision++;
        changed.put(service, revision);
        for (Poll poll : List.copyOf(polls)) {
            if (poll.service.equals(service) && polls.remove(poll)) {
                poll.answer.accept(show(service));
            }
        }
    }

    private void poll(String service, String query, Consumer<Response> answer) {
        long since = query.contains("since=") ? Long.parseLong(query.replaceAll(".*since=(\\d+).*", "$1")) : -1;
        if (since < 0 || changed.getOrDefault(service, 0L) > since) {
            answer.accept(show(service));
        } else if (since > revision) {
            answer.accept(FakeCell.problem(503, "overloaded"));
        } else {
            Poll poll = new Poll(service, answer);
            polls.add(poll);
            time.after(Long.parseLong(query.replaceAll(".*waitMs=(\\d+).*", "$1")), () -> {
                if (polls.remove(poll)) {
                    answer.accept(show(service));
                }
            });
        }
    }

    private Response show(String service) {
        return json(200, new JsonObject().put("service", service).put("instances", list(service)));
    }

    /** Names, a few at a time whatever limit is asked for, as a cell may. */
    private Response page(String query) {
        String after = query.contains("after=") ? query.replaceFirst(".*after=", "") : "";
        List<String> names = entries.keySet().stream()
                .map(name -> name.substring(0, name.indexOf('/')))
                .distinct()
                .filter(name -> name.compareTo(after) > 0)
                .toList();
        JsonArray services = new JsonArray();
        names.stream().limit(NAMES_PER_PAGE).forEach(name -> services.add(new JsonObject().put("name", name)));
        JsonObject body = new JsonObject().put("services", services);
        return json(200, names.size() > NAMES_PER_PAGE ? body.put("next", names.get(NAMES_PER_PAGE - 1)) : body);
    }

    private Response batch(String names) {
        JsonObject services = new JsonObject();
        for (String name : names.split(",", -1)) {
            services.put(PercentText.decode(name), list(PercentText.decode(name)));
        }
        return json(200, new JsonObject().put("services", services));
    }

    private JsonArray list(String service) {
        JsonArray list = new JsonArray();
        below(service)
                .forEach(entry -> list.add(entry.body
                        .copy()
                        .put("id", entry.name.substring(service.length() + 1))
                        .put("session", entry.session)));
        return list;
    }

    private Stream<Entry> below(String service) {
        return entries.values().stream().filter(entry -> entry.name.startsWith(service + "/"));
    }

    private Response stat(String name) {
        Entry entry = entries.get(name);
        return entry == null
                ? FakeCell.problem(404, "no-such-node")
                : json(
                        200,
                        new JsonObject()
                                .put("owner", entry.session)
                                .put("instance", entry.instance)
                                .put("contentGeneration", entry.generation));
    }

    private Response json(int status, JsonObject body) {
        return new Response(
                status,
                MultiMap.caseInsensitiveMultiMap(),
                body.put("revision", revision).toBuffer());
    }

    private record Entry(String name, String session, long instance, long generation, JsonObject body) {
        String version() {
            return instance + "." + generation;
        }
    }

    /** Equal to itself alone. */
    private static final class Poll {
        private final String service;
        private final Consumer<Response> answer;

        Poll(String service, Consumer<Response> answer) {
            this.service = service;
            this.answer = answer;
        }
    }
}

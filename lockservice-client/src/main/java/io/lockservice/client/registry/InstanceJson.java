package io.lockservice.client.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Name;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemException;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Section 6 of the API: its paths, and instances as JSON. */
final class InstanceJson {
    private static final String SERVICES = "/v1/services/";

    private InstanceJson() {}

    static String path(String service) {
        return SERVICES + PercentText.encode(service);
    }

    static String path(String service, String id) {
        return path(service) + "/" + PercentText.encode(id);
    }

    /** The file that an instance is. */
    static String node(String service, String id) {
        return "/v1/nodes/ls/local/services/" + PercentText.encode(service) + "/" + PercentText.encode(id);
    }

    /** Throws unless this may be the name of a service or of an instance. */
    static void check(String name) {
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + name + "' has a slash; services and instances have plain names");
        }
        try {
            Name.checkComponent(name);
        } catch (ProblemException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' names no service or instance: "
                            + e.problem().detail(),
                    e);
        }
    }

    static Operation register(String service, String id, Instance instance) {
        return Operation.put(path(service, id))
                .json(new JsonObject()
                        .put("address", instance.address())
                        .put("port", instance.port())
                        .put("tags", new JsonArray(instance.tags()))
                        .put("metadata", new JsonObject(new LinkedHashMap<>(instance.metadata())))
                        .put("weight", instance.weight()));
    }

    /**
     * The list at {@code path} of a cell's answer. Throws where there is none: what answers in the name of a cell,
     * such as a proxy's error page, must not be taken for the word that nobody is there.
     */
    static JsonNode list(JsonNode body, String... path) {
        JsonNode list = body;
        for (String each : path) {
            list = list.path(each);
        }
        if (!list.isArray() || !body.path("revision").isIntegralNumber()) {
            throw new LockServiceException(
                    "not-a-cell", "the answer is not that of a cell: look what is at the address of the replicas");
        }
        return list;
    }

    /** The instances in a list, by id; what cannot be one, as a newer cell might show it, is left out. */
    static List<ServiceInstance> read(String service, JsonNode list) {
        List<ServiceInstance> instances = new ArrayList<>();
        for (JsonNode each : list) {
            String address = each.path("address").asText("");
            int port = each.path("port").asInt(0);
            if (address.isBlank() || port < 1 || port > 65_535) {
                continue;
            }
            List<String> tags = new ArrayList<>();
            each.path("tags").forEach(tag -> tags.add(tag.asText()));
            Map<String, String> metadata = new LinkedHashMap<>();
            each.path("metadata")
                    .properties()
                    .forEach(entry ->
                            metadata.put(entry.getKey(), entry.getValue().asText()));
            int weight = Math.min(65_535, Math.max(1, each.path("weight").asInt(1)));
            instances.add(new ServiceInstance(
                    service,
                    each.path("id").asText(""),
                    new Instance(address, port, tags, metadata, weight),
                    each.path("session").asText("")));
        }
        return List.copyOf(instances);
    }
}

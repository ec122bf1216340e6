package io.lockservice.client.cli.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.cli.shell.CommandFailure;
import java.util.ArrayList;
import java.util.List;

/** What the commands about services have in common: where these are, and how they are shown. */
final class ServiceNames {
    private ServiceNames() {}

    /** The path of a service, whose name the cell checks; but for a slash, which would name something else. */
    static String path(String service) {
        return "/v1/services/" + PercentText.encode(plain(service));
    }

    /** The name as it is, where it has no slash. */
    static String plain(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw CommandFailure.usage(
                    "services and instances have names without a slash, such as web; this is '" + name + "'");
        }
        return name;
    }

    static String hostAndPort(JsonNode instance) {
        String address = instance.path("address").asText();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":"
                + instance.path("port").asText();
    }

    static String texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return String.join(",", texts);
    }

    static String pairs(JsonNode object) {
        List<String> pairs = new ArrayList<>();
        object.properties()
                .forEach(entry ->
                        pairs.add(entry.getKey() + "=" + entry.getValue().asText()));
        return String.join(",", pairs);
    }
}

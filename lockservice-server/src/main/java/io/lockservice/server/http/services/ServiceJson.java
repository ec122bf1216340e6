package io.lockservice.server.http.services;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Name;
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.registry.Registered;
import io.lockservice.server.registry.ServiceInstance;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.util.regex.Pattern;

/** Instances as JSON. */
final class ServiceJson {
    private static final int MAX_ADDRESS_CHARS = 253;
    private static final int MAX_TAGS = 32;
    private static final int MAX_TAG_CHARS = 64;
    private static final int MAX_METADATA = 32;
    private static final int MAX_METADATA_KEY_CHARS = 64;
    private static final int MAX_METADATA_VALUE_CHARS = 256;

    /** Labels of letters, digits and hyphens (RFC 1123, section 2.1); the last is not a number, or it would be an address. */
    private static final Pattern HOST_NAME = Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*"
            + "(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.?");

    private ServiceJson() {}

    /** What a client registers; throws a bad request that names the field. */
    static ServiceInstance read(JsonFields fields) {
        String address = fields.requiredText("address", MAX_ADDRESS_CHARS);
        if (!isAddress(address)) {
            throw fields.refusal(
                    "address",
                    "address must be an IP address or a host name, without a port: 10.1.2.3, ::1, host.example");
        }
        if (!fields.has("port")) {
            throw fields.refusal("port", "port is missing");
        }
        int port = (int) fields.number("port", 0, 1, ServiceInstance.MAX_UNSIGNED_SHORT);
        ServiceInstance instance = new ServiceInstance(
                address,
                port,
                fields.textList("tags", MAX_TAGS, MAX_TAG_CHARS),
                fields.texts("metadata", MAX_METADATA, MAX_METADATA_KEY_CHARS, MAX_METADATA_VALUE_CHARS),
                (int) fields.number("weight", 1, 1, ServiceInstance.MAX_UNSIGNED_SHORT));
        fields.finish();
        return instance;
    }

    private static boolean isAddress(String text) {
        return NetUtil.isValidIpV4Address(text)
                || (NetUtil.isValidIpV6Address(text) && text.indexOf('[') < 0 && text.indexOf('%') < 0)
                || HOST_NAME.matcher(text).matches();
    }

    /** A service as it is shown. */
    static void service(JsonGenerator json, Name name, Iterable<Registered> instances, long revision)
            throws IOException {
        json.writeStringField("service", name.leaf());
        instances(json, "instances", instances);
        json.writeNumberField("revision", revision);
    }

    /** A field with all of them, in their order. */
    static void instances(JsonGenerator json, String field, Iterable<Registered> instances) throws IOException {
        json.writeArrayFieldStart(field);
        for (Registered each : instances) {
            json.writeRawValue(each.json());
        }
        json.writeEndArray();
    }
}

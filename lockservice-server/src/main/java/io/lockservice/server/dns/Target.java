package io.lockservice.server.dns;

import io.lockservice.server.registry.DnsLabel;
import io.lockservice.server.registry.Registered;
import io.lockservice.server.registry.ServiceInstance;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance as DNS shows it. Immutable: nobody writes into its arrays. */
final class Target {
    static final int IPV4_BYTES = 4;
    static final int IPV6_BYTES = 16;
    private static final int MAX_NAME_CHARS = 254;
    private static final int MAX_STRING_BYTES = 255;

    /** More than that about one instance is for HTTP alone. */
    private static final int MAX_TEXT_BYTES = 4_096;

    private final String id;
    private final String name;
    private final int weight;
    private final byte @Nullable [] address;
    private final byte[] srv;
    private final byte[] text;

    Target(String id, String name, int weight, byte @Nullable [] address, byte[] srv, byte[] text) {
        this.id = id;
        this.name = name;
        this.weight = weight;
        this.address = address;
        this.srv = srv;
        this.text = text;
    }

    /** Null where DNS cannot say it: the id is no label, or the address neither an IP address nor a host's name. */
    static @Nullable Target of(Registered registered, String serviceName) {
        ServiceInstance instance = registered.instance();
        if (!DnsLabel.is(registered.id())) {
            return null;
        }
        String id = DnsLabel.fold(registered.id());
        String name = id + "." + serviceName;
        byte @Nullable [] address = address(instance.address());
        String host = address == null ? hostName(instance.address()) : name;
        if (host == null) {
            return null;
        }
        byte[] srv = Records.srv(instance.weight(), instance.port(), host);
        return new Target(id, name, instance.weight(), address, srv, text(registered));
    }

    private static byte @Nullable [] address(String text) {
        // A zone, or brackets, say something only on one machine, or in a URL.
        boolean plain = text.indexOf('%') < 0 && text.indexOf('[') < 0;
        return plain ? NetUtil.createByteArrayFromIpAddressString(text) : null;
    }

    /** With a dot at the end; null where it is none. Whoever may write the file can write anything. */
    private static @Nullable String hostName(String text) {
        String name = text.endsWith(".") ? text : text + ".";
        if (name.length() > MAX_NAME_CHARS) {
            return null;
        }
        List<String> labels = List.of(name.substring(0, name.length() - 1).split("\\.", -1));
        return labels.stream().allMatch(DnsLabel::is) ? name : null;
    }

    /** As RFC 6763, section 6, has it: strings of a key, an equals sign and a value. */
    private static byte[] text(Registered registered) {
        List<byte[]> strings = new ArrayList<>();
        strings.add(string("id", registered.id()));
        registered.instance().tags().forEach(tag -> strings.add(string("tag", tag)));
        for (Map.Entry<String, String> each : registered.instance().metadata().entrySet()) {
            if (!each.getKey().isEmpty() && each.getKey().indexOf('=') < 0) {
                strings.add(string(each.getKey(), each.getValue()));
            }
        }
        byte[] text = new byte[MAX_TEXT_BYTES];
        int end = 0;
        for (byte[] string : strings) {
            if (string.length <= MAX_STRING_BYTES && end + 1 + string.length <= text.length) {
                text[end] = (byte) string.length;
                System.arraycopy(string, 0, text, end + 1, string.length);
                end += 1 + string.length;
            }
        }
        return Arrays.copyOf(text, end);
    }

    private static byte[] string(String key, String value) {
        return (key + "=" + value).getBytes(StandardCharsets.UTF_8);
    }

    /** Its name within the service, as {@link DnsLabel#fold} has it. */
    String id() {
        return id;
    }

    /** Its whole name, with a dot at the end. */
    String name() {
        return name;
    }

    /** Its share of the load. */
    int weight() {
        return weight;
    }

    /** 4 or 16 bytes; null where the instance has the name of a host. */
    byte @Nullable [] address() {
        return address;
    }

    /** The data of its SRV record. */
    byte[] srv() {
        return srv;
    }

    /** The data of its TXT record. */
    byte[] text() {
        return text;
    }

    boolean isIpv4() {
        return address != null && address.length == IPV4_BYTES;
    }

    boolean isIpv6() {
        return address != null && address.length == IPV6_BYTES;
    }
}

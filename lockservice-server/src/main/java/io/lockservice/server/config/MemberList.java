package io.lockservice.server.config;

import io.lockservice.server.config.CellConfig.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the list of replicas: each has its own id, and no two doors share a host and port. */
final class MemberList {
    private static final int MAX_ID = 255;
    private static final int MAX_PORT = 65_535;
    private static final String HOST = "give a host name or an IP address";

    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, String> ids = new HashMap<>();
    private final Map<String, String> doors = new HashMap<>();

    private MemberList() {}

    static List<Member> read(List<Section> sections) {
        MemberList list = new MemberList();
        sections.forEach(list::add);
        return list.members;
    }

    private void add(Section section) {
        String place = "replicas[" + members.size() + "]";
        int id = section.smallNumber("id", 1, MAX_ID);
        @Nullable String twin = ids.putIfAbsent(id, place);
        if (twin != null) {
            throw section.error("id", id + " is already the id of " + twin + "; give each replica its own");
        }
        String host = host(section, "host", null);
        String listen = host(section, "listen", host);
        int bus = port(section, "bus");
        int http = port(section, "http");
        int dns = section.smallNumber("dns", 1, MAX_PORT, 0);
        own(section, place, "bus", host, bus);
        own(section, place, "http", host, http);
        if (dns != 0) {
            own(section, place, "dns", host, dns);
        }
        section.end();
        members.add(new Member(id, host, listen, bus, http, dns));
    }

    private static int port(Section section, String key) {
        return section.smallNumber(key, 1, MAX_PORT);
    }

    private void own(Section section, String place, String key, String host, int port) {
        String door = host.toLowerCase(Locale.ROOT) + ":" + port;
        @Nullable String twin = doors.putIfAbsent(door, place + "." + key);
        if (twin != null) {
            throw section.error(key, door + " is already " + twin + "; give each a port of its own");
        }
    }

    private static String host(Section section, String key, @Nullable String standard) {
        String host = section.text(key, HOST, standard);
        boolean plain = host.chars().allMatch(c -> c > ' ' && c < 0x7F && "/@?#[]'\"".indexOf(c) < 0);
        if (!plain || host.length() > 253) {
            throw section.error(key, ConfigException.quoted(host) + " is not a host; " + HOST);
        }
        return host;
    }
}

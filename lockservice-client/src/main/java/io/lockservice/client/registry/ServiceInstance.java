package io.lockservice.client.registry;

import java.util.List;
import java.util.Map;

/**
 * An instance that is registered.
 *
 * @param service the service's name
 * @param id what it is called among the instances of its service
 * @param instance where it is, and what it says of itself
 * @param session whose registration it is: another one after the instance registered anew; empty for a file that somebody wrote
 */
public record ServiceInstance(String service, String id, Instance instance, String session) {
    /** An IP address or a host name. */
    public String address() {
        return instance.address();
    }

    /** 1 to 65,535. */
    public int port() {
        return instance.port();
    }

    /** Marks, by which callers choose. */
    public List<String> tags() {
        return instance.tags();
    }

    /** What it says of itself beside. */
    public Map<String, String> metadata() {
        return instance.metadata();
    }

    /** How much of the work it takes beside others. */
    public int weight() {
        return instance.weight();
    }

    /** {@code address:port}, as in a URL. */
    public String hostAndPort() {
        return instance.hostAndPort();
    }
}

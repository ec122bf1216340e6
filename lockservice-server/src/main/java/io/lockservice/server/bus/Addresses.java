package io.lockservice.server.bus;

/**
 * The addresses of a cell on the event bus: {@code <cell>.replica.<id>}, derived and never announced.
 *
 * @param cell the cell's name
 */
record Addresses(String cell) {
    /** The node id of a replica. */
    static String node(int replicaId) {
        return Integer.toString(replicaId);
    }

    /** Where {@code replicaId} is reached. */
    String of(int replicaId) {
        return prefix() + node(replicaId);
    }

    /** The node an address belongs to; empty where it is none of this cell's. */
    String nodeOf(String address) {
        return address.startsWith(prefix()) ? address.substring(prefix().length()) : "";
    }

    private String prefix() {
        return cell + ".replica.";
    }
}

package io.lockservice.client.evidence;

/**
 * Where an instance answers; each program that is started has a port of its own, so this says which of them it is.
 *
 * @param service the service's name
 * @param id the instance's
 * @param port its port
 */
record Place(String service, String id, int port) {
    @Override
    public String toString() {
        return id + ":" + port;
    }
}

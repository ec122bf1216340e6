package io.lockservice.server.http;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.http.json.JsonText;
import java.util.regex.Pattern;

/** {@code /v1/cell/replicas} and {@code /v1/cell/leader}: changes who is in the cell, and who leads it. */
final class CellReplicas {
    /** Below {@code /v1/cell}. */
    static final String PATH = "/replicas";

    private static final Pattern ID = Pattern.compile("/[1-9][0-9]{0,2}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]+");
    private static final int MAX_ID = 255;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_HOST_CHARS = 255;

    private final Methods all = new Methods().post(CellReplicas::add);
    private final Methods one = new Methods().delete(CellReplicas::remove);

    void handle(Exchange exchange) {
        if (exchange.subpath().equals(PATH)) {
            all.dispatch(exchange);
        } else {
            one.dispatch(exchange);
        }
    }

    static void moveLeader(Exchange exchange) {
        exchange.query().finish();
        exchange.withJson(fields -> {
            long replica = fields.number("replica", 0, 1, MAX_ID);
            fields.finish();
            administer(exchange, new Request.MoveLeader((int) replica));
        });
    }

    private static void add(Exchange exchange) {
        exchange.query().finish();
        exchange.withJson(fields -> {
            int id = required(fields, "id", MAX_ID);
            String host = fields.requiredText("host", MAX_HOST_CHARS);
            if (!HOST.matcher(host).matches()) {
                throw new ProblemException(
                        Problem.badField("host", "host must be a name or an address without a port, such as node4"));
            }
            int bus = required(fields, "bus", MAX_PORT);
            int http = required(fields, "http", MAX_PORT);
            fields.finish();
            administer(exchange, new Request.AddReplica(id, host, bus, http));
        });
    }

    private static int required(JsonFields fields, String name, int max) {
        long number = fields.number(name, 0, 1, max);
        if (number == 0) {
            throw new ProblemException(Problem.badField(name, name + " is missing: give a number from 1 to " + max));
        }
        return (int) number;
    }

    private static void remove(Exchange exchange) {
        Query query = exchange.query();
        boolean force = query.flag("force");
        query.finish();
        String id = exchange.subpath().substring(PATH.length());
        if (!ID.matcher(id).matches()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "a replica is named by its id, from 1 to " + MAX_ID);
        }
        int replica = Integer.parseInt(id.substring(1));
        exchange.withoutBody(() -> administer(exchange, new Request.RemoveReplica(replica, force)));
    }

    private static void administer(Exchange exchange, Request.Administer request) {
        exchange.command(
                request,
                Reply.Done.class,
                (answer, done) -> exchange.sendJson(
                        202,
                        answer,
                        json -> JsonText.known(json, "leader", answer.leader() == 0 ? -1 : answer.leader())));
    }
}

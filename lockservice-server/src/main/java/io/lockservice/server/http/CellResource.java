package io.lockservice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Answer;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonText;
import java.io.IOException;
import java.util.HexFormat;

/** {@code /v1/cell}: the replicas and how they are. */
final class CellResource implements Resource {
    private final HttpSettings settings;
    private final Methods all = new Methods().get(this::show);
    private final Methods checkpoint;
    private final Methods leader = new Methods().post(CellReplicas::moveLeader);
    private final CellReplicas replicas = new CellReplicas();

    CellResource(HttpSettings settings) {
        this.settings = settings;
        checkpoint = new Methods().getAnyType(new CheckpointDownload(settings)::download);
    }

    @Override
    public void handle(Exchange exchange) {
        if (exchange.subpath().equals("/checkpoint")) {
            checkpoint.dispatch(exchange);
            return;
        }
        if (exchange.subpath().equals("/leader")) {
            leader.dispatch(exchange);
            return;
        }
        if (exchange.subpath().startsWith(CellReplicas.PATH)) {
            replicas.handle(exchange);
            return;
        }
        if (!exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "there is no such resource below /v1/cell");
        }
        all.dispatch(exchange);
    }

    private void show(Exchange exchange) {
        Query query = exchange.query();
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        exchange.withoutBody(() -> exchange.read(
                new Request.GetCell(),
                maxStaleMs,
                Reply.CellState.class,
                (answer, cell) -> exchange.sendJson(200, answer, json -> cell(json, answer, cell))));
    }

    private void cell(JsonGenerator json, Answer answer, Reply.CellState cell) throws IOException {
        json.writeStringField("cell", settings.cell());
        json.writeNumberField("epoch", answer.epoch());
        json.writeNumberField("revision", answer.revision());
        JsonText.known(json, "leader", answer.leader() == 0 ? -1 : answer.leader());
        json.writeNumberField("replica", answer.replica());
        json.writeStringField("version", settings.version());
        JsonText.known(json, "faultTolerance", cell.faultTolerance());
        JsonText.objects(json, "replicas", cell.replicas(), this::replica);
        json.writeNumberField("sessions", cell.sessions());
        json.writeNumberField("nodes", cell.nodes());
        json.writeNumberField("locks", cell.locks());
    }

    private void replica(JsonGenerator json, Reply.ReplicaState replica) throws IOException {
        json.writeNumberField("id", replica.id());
        json.writeStringField("host", replica.host());
        json.writeNumberField("http", replica.http());
        // As in the data directory's file "identity".
        json.writeStringField(
                "incarnation",
                replica.incarnation() == 0 ? null : HexFormat.of().toHexDigits(replica.incarnation()));
        json.writeStringField("role", replica.role());
        if (replica.reachable() || replica.lastHeardMs() >= 0) {
            json.writeBooleanField("reachable", replica.reachable());
        } else {
            // Never heard from: only the leader hears from everybody.
            json.writeNullField("reachable");
        }
        JsonText.known(json, "chosenSlot", replica.chosenSlot());
        JsonText.known(json, "appliedSlot", replica.appliedSlot());
        JsonText.known(json, "lagSlots", replica.lagSlots());
        JsonText.known(json, "lastHeardMs", replica.lastHeardMs());
    }
}

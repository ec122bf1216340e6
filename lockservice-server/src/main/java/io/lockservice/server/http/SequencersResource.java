package io.lockservice.server.http;

import io.lockservice.api.Answer;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;

/** {@code /v1/sequencers/check}: is a sequencer valid now? */
final class SequencersResource implements Resource {
    /** More than the longest sequencer: a name of 1,024 bytes, each encoded as three characters, and four numbers. */
    static final int MAX_SEQUENCER_CHARS = 4096;

    private final Methods check = new Methods().post(this::check);

    @Override
    public void handle(Exchange exchange) {
        if (!exchange.subpath().equals("/check")) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "sequencers are checked with POST /v1/sequencers/check");
        }
        check.dispatch(exchange);
    }

    private void check(Exchange exchange) {
        Query query = exchange.query();
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        exchange.withJson(fields -> {
            String text = fields.requiredText("sequencer", MAX_SEQUENCER_CHARS);
            fields.finish();
            Sequencer sequencer = exchange.sequencer("sequencer", text);
            exchange.read(
                    new Request.CheckSequencer(sequencer),
                    maxStaleMs,
                    Reply.SequencerState.class,
                    (answer, state) -> checked(exchange, answer, state));
        });
    }

    private static void checked(Exchange exchange, Answer answer, Reply.SequencerState state) {
        exchange.sendJson(200, answer, json -> {
            json.writeBooleanField("valid", state.reason() == null);
            if (state.reason() != null) {
                json.writeStringField("reason", state.reason().label());
                return;
            }
            json.writeStringField("name", state.sequencer().name());
            json.writeStringField("mode", state.sequencer().mode().label());
            json.writeNumberField("token", state.sequencer().token());
            json.writeNumberField("lockGeneration", state.sequencer().lockGeneration());
        });
    }
}

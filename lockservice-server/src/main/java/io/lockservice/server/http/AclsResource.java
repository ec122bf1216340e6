package io.lockservice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Answer;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonFields;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@code /v1/acls}: which ACLs a node names. */
final class AclsResource implements Resource {
    private static final int MAX_NAME_CHARS = 255;

    private final Methods one = new Methods().get(this::show).put(this::set);

    @Override
    public void handle(Exchange exchange) {
        if (exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "say of which node: /v1/acls/ls/local/<name>");
        }
        one.dispatch(exchange);
    }

    private void show(Exchange exchange) {
        Query query = exchange.queryOfNode();
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        Name name = exchange.name();
        BiConsumer<Answer, Reply.Acl> reply = (answer, acl) -> exchange.sendJson(200, answer, json -> acl(json, acl));
        exchange.withoutBody(() -> exchange.read(new Request.GetAcl(name), maxStaleMs, Reply.Acl.class, reply));
    }

    private void set(Exchange exchange) {
        exchange.queryOfNode().finish();
        Name name = exchange.name();
        exchange.withJson(fields -> {
            Request.SetAcl request = new Request.SetAcl(
                    name,
                    acl(fields, "read"),
                    acl(fields, "write"),
                    acl(fields, "change"),
                    fields.optionalNumber("aclGeneration", 0, Long.MAX_VALUE));
            fields.finish();
            exchange.command(
                    request, Reply.Acl.class, (answer, acl) -> exchange.sendJson(200, answer, json -> acl(json, acl)));
        });
    }

    private static @Nullable String acl(JsonFields fields, String field) {
        String acl = fields.text(field, MAX_NAME_CHARS);
        if (acl == null) {
            return null;
        }
        try {
            if (acl.indexOf('/') < 0) {
                Name.checkComponent(acl);
                return acl;
            }
        } catch (ProblemException notOne) {
            throw fields.refusal(field, notOne.problem().detail());
        }
        throw fields.refusal(field, "an ACL is named by one component: the file is /ls/<cell>/acl/<name>");
    }

    private static void acl(JsonGenerator json, Reply.Acl acl) throws IOException {
        json.writeStringField("read", acl.read());
        json.writeStringField("write", acl.write());
        json.writeStringField("change", acl.change());
        json.writeNumberField("aclGeneration", acl.aclGeneration());
    }
}

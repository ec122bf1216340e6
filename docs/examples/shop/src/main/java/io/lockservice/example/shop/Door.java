package io.lockservice.example.shop;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The HTTP side of a program. */
final class Door implements Handler<HttpServerRequest> {
    private static final System.Logger LOG = System.getLogger(Door.class.getName());
    private static final Pattern ITEM = Pattern.compile("/items/([a-z]{1,64})");
    private static final int BAD_METHOD = 405;
    private static final int BAD_GATEWAY = 502;

    private final Program program;

    Door(Program program) {
        this.program = program;
    }

    @Override
    public void handle(HttpServerRequest request) {
        Matcher path = ITEM.matcher(request.path());
        if (!path.matches()) {
            end(request, Answer.notFound(request.path() + " here; ask for /items/tea"));
        } else if (!request.method().equals(HttpMethod.GET)) {
            end(request, new Answer(BAD_METHOD, new JsonObject().put("error", "only GET")));
        } else {
            program.item(path.group(1), request).onComplete((answer, failure) -> {
                if (failure == null) {
                    end(request, answer);
                } else {
                    LOG.log(System.Logger.Level.WARNING, request.uri() + " is not answered: " + failure.getMessage());
                    end(request, new Answer(BAD_GATEWAY, new JsonObject().put("error", "try again later")));
                }
            });
        }
    }

    private static void end(HttpServerRequest request, Answer answer) {
        request.response()
                .setStatusCode(answer.status())
                .putHeader("Content-Type", "application/json")
                .end(answer.body().encode() + "\n");
    }
}

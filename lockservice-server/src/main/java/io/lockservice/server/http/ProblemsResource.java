package io.lockservice.server.http;

import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.server.http.exchange.Accept;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Resource;
import io.vertx.core.buffer.Buffer;

/** {@code /problems/<code>}: what a problem's {@code type} leads to, for a person. */
final class ProblemsResource implements Resource {
    private static final String HTML = "text/html";
    private static final String PLAIN = "text/plain";

    private final Methods one = new Methods().getAnyType(this::explain);

    @Override
    public void handle(Exchange exchange) {
        one.dispatch(exchange);
    }

    private void explain(Exchange exchange) {
        exchange.query().finish();
        String below = exchange.subpath();
        String label = below.isEmpty() ? "" : PercentText.decode(below.substring(1));
        ProblemCode code = ProblemCode.ofLabel(label)
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.NOT_FOUND, "there is no such problem; the 'type' of a problem is its address"));
        exchange.withoutBody(() -> {
            boolean html = wantsHtml(exchange);
            exchange.header("Vary", "Accept");
            exchange.send(
                    200,
                    null,
                    (html ? HTML : PLAIN) + "; charset=utf-8",
                    Buffer.buffer(html ? html(code) : plain(code)));
        });
    }

    /** A browser puts HTML before anything; a command line takes anything and is better served with plain text. */
    private static boolean wantsHtml(Exchange exchange) {
        String accept = exchange.accept();
        return accept != null && Accept.quality(accept, HTML) > Accept.quality(accept, PLAIN);
    }

    private static String plain(ProblemCode code) {
        return code.title() + " (" + code.status() + " " + code.label() + ")\n\n" + code.advice() + "\n";
    }

    /** Titles and advice are our own words; only {@code <} needs care in them. */
    private static String html(ProblemCode code) {
        return """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>%1$s</title></head>
                <body><h1>%1$s</h1><p><code>%2$d %3$s</code></p><p>%4$s</p></body></html>
                """.formatted(escape(code.title()), code.status(), code.label(), escape(code.advice()));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}

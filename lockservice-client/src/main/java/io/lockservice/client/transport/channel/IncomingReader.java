package io.lockservice.client.transport.channel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message. A reply's JSON is cut out as it stands there. Fields that are not known are passed over, so that a
 * newer replica may say more; a message of an unknown kind is refused.
 */
final class IncomingReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final byte[] utf8;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable Incoming special;
    private long id;
    private int status;
    private @Nullable Buffer body;
    private boolean isJson;
    private boolean more;

    private IncomingReader(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** The message in these bytes. */
    static Incoming read(byte[] utf8) throws ProtocolException {
        // Jackson would take UTF-16 as well.
        expect(utf8.length > 1 && utf8[0] == '{' && utf8[1] != 0);
        IncomingReader reader = new IncomingReader(utf8);
        try (JsonParser parser = JSON.createParser(utf8)) {
            reader.object(parser);
        } catch (JsonProcessingException e) {
            throw new ProtocolException("a message that is not as agreed: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ProtocolException("a message that is not as agreed: " + e.getMessage());
        }
        return reader.result();
    }

    private void object(JsonParser parser) throws IOException, ProtocolException {
        expect(parser.nextToken() == JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            field(name, value, parser);
        }
        expect(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null);
    }

    private void field(String name, JsonToken value, JsonParser parser) throws IOException, ProtocolException {
        switch (name) {
            case "id" -> id = parser.getLongValue();
            case "status" -> status = parser.getIntValue();
            case "more" -> more = parser.getBooleanValue();
            case "base64" -> body = Buffer.buffer(parser.getBinaryValue());
            case "body" -> {
                body = cut(parser);
                isJson = true;
            }
            case "headers" -> {
                expect(value == JsonToken.START_OBJECT);
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String header = parser.currentName();
                    expect(parser.nextToken() == JsonToken.VALUE_STRING);
                    headers.put(header, parser.getText());
                }
            }
            case "credit" -> special = new Incoming.Credit(parser.getLongValue());
            case "hello" -> special = hello(value, parser);
            case "problem" -> special = problem(value, parser);
            default -> parser.skipChildren();
        }
    }

    private Buffer cut(JsonParser parser) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        // A text is read to its end only when somebody asks for it.
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        return Buffer.buffer(end - start).appendBytes(utf8, start, end - start);
    }

    private static Incoming hello(JsonToken value, JsonParser parser) throws IOException, ProtocolException {
        expect(value == JsonToken.START_OBJECT);
        int windowBytes = 0;
        int maxRequests = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "windowBytes" -> windowBytes = parser.getIntValue();
                case "maxRequests" -> maxRequests = parser.getIntValue();
                default -> parser.skipChildren();
            }
        }
        expect(windowBytes >= Channel.MAX_MESSAGE_BYTES && maxRequests > 0);
        return new Incoming.Hello(windowBytes, maxRequests);
    }

    private static Incoming problem(JsonToken value, JsonParser parser) throws IOException, ProtocolException {
        expect(value == JsonToken.START_OBJECT);
        String detail = "no reason given";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isDetail = parser.currentName().equals("detail");
            if (parser.nextToken() == JsonToken.VALUE_STRING && isDetail) {
                detail = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        return new Incoming.Problem(detail);
    }

    private Incoming result() throws ProtocolException {
        if (special != null) {
            return special;
        }
        expect(id > 0 && status >= 0 && status < 1_000 && !(more && isJson));
        return new Incoming.Reply(id, status, headers, body, isJson, more);
    }

    private static void expect(boolean asAgreed) throws ProtocolException {
        if (!asAgreed) {
            throw new ProtocolException("a message that is not as agreed");
        }
    }
}

package io.lockservice.server.http.channel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to a {@link Message}, strictly. The value of {@code body} is not made anything of: its bytes are cut out as they are.
 * What makes the message none at all is thrown; what is wrong with a request whose {@code id} can be read goes with it, and
 * the first thing found counts.
 *
 * <p>Not thread-safe; one reader reads message after message.
 */
final class MessageReader {
    private static final long MAX_ID = (1L << 53) - 1;
    private static final byte[] NO_BYTES = {};

    /** Never added to. */
    private static final MultiMap NO_HEADERS = MultiMap.caseInsensitiveMultiMap();

    private static final int BYTE_ORDER_MARK = 0xEF;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            // Names are the client's: they would stay in memory.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // However deep a body is: its resource says so, and the channel lives on.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(ChannelSettings.MAX_MESSAGE_BYTES)
                    .build())
            .build();

    private int seen;
    private long id;
    private @Nullable HttpMethod method;
    private @Nullable String path;
    private MultiMap headers = NO_HEADERS;
    private byte[] body = NO_BYTES;
    private boolean more;
    private long cancel;
    private long credit;
    private @Nullable Problem problem;

    private enum Field {
        ID("id", 1),
        METHOD("method", 1 << 1),
        PATH("path", 1 << 2),
        HEADERS("headers", 1 << 3),
        BODY("body", 1 << 4),
        BASE64("base64", 1 << 5),
        MORE("more", 1 << 6),
        CANCEL("cancel", 1 << 7),
        CREDIT("credit", 1 << 8);

        private static final Field[] ALL = values();

        private final String label;
        private final int bit;

        Field(String label, int bit) {
            this.label = label;
            this.bit = bit;
        }

        static @Nullable Field of(String label) {
            for (Field each : ALL) {
                if (each.label.equals(label)) {
                    return each;
                }
            }
            return null;
        }
    }

    /** The message; throws a bad request where it is none. */
    Message read(byte[] bytes) {
        checkText(bytes);
        forget();
        try (JsonParser json = FACTORY.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refused("a message is one JSON object");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                field(json, name, bytes);
            }
            if (json.nextToken() != null) {
                throw refused("a message is one JSON object with nothing after it");
            }
            return message();
        } catch (JsonProcessingException e) {
            throw refused("the message is not valid JSON; see RFC 8259");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forget() {
        seen = 0;
        id = 0;
        method = null;
        path = null;
        headers = NO_HEADERS;
        body = NO_BYTES;
        more = false;
        cancel = 0;
        credit = 0;
        problem = null;
    }

    private Message message() {
        if (has(Field.CANCEL) || has(Field.CREDIT)) {
            if (seen == Field.CANCEL.bit && cancel > 0 && problem == null) {
                return new Message.Cancel(cancel);
            }
            if (seen == Field.CREDIT.bit && credit > 0 && problem == null) {
                return new Message.Credit(credit);
            }
            throw refused("cancel and credit stand alone, each with a whole number from 1 to " + MAX_ID);
        }
        if (id <= 0) {
            throw refused("a message has an id, a whole number from 1 to " + MAX_ID + " given once, or is a cancel or a"
                    + " credit");
        }
        if (has(Field.BODY) && has(Field.BASE64)) {
            wrong("base64", "give either body or base64");
        }
        if (more && has(Field.BODY)) {
            wrong("body", "a body that is sent in pieces is sent as base64 in each of them");
        }
        return new Message.Part(id, method, path, headers, body, more, problem);
    }

    private boolean has(Field field) {
        return (seen & field.bit) != 0;
    }

    private void field(JsonParser json, String name, byte[] bytes) throws IOException {
        Field field = Field.of(name);
        if (field == null) {
            json.skipChildren();
            wrong(name, "unknown field '" + name + "'; known here: id, method, path, headers, body, base64, more");
            return;
        }
        if (has(field)) {
            json.skipChildren();
            id = field == Field.ID ? -1 : id;
            wrong(name, "field '" + name + "' is given twice; give it once");
            return;
        }
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        seen |= field.bit;
        switch (field) {
            case ID -> id = number(json);
            case METHOD -> method(json);
            case PATH -> path(json);
            case HEADERS -> headers(json);
            case BODY -> body = cutOut(json, bytes);
            case BASE64 -> base64(json);
            case MORE -> more(json);
            case CANCEL -> cancel = number(json);
            case CREDIT -> credit = number(json);
        }
    }

    /** 0 for anything but a whole number from 1 to 2^53 - 1. */
    private static long number(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long number = json.getLongValue();
            return number >= 1 && number <= MAX_ID ? number : 0;
        }
        json.skipChildren();
        return 0;
    }

    private @Nullable String text(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        json.skipChildren();
        return null;
    }

    private void method(JsonParser json) throws IOException {
        String text = text(json);
        if (text == null || text.isEmpty() || !text.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
            wrong("method", "method is text such as \"GET\"");
        } else {
            method = HttpMethod.valueOf(text);
        }
    }

    private void path(JsonParser json) throws IOException {
        String text = text(json);
        if (text == null || !isPath(text)) {
            wrong("path", "path is text that begins with /, percent-encoded, such as \"/v1/locks/ls/local/name\"");
        } else {
            path = text;
        }
    }

    private static boolean isPath(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return text.startsWith("/");
    }

    private void headers(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            wrong("headers", "headers is an object of text by name");
            return;
        }
        headers = MultiMap.caseInsensitiveMultiMap();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            String value = text(json);
            String at = "header:" + name;
            if (value == null || !isHeader(name) || !isHeader(value)) {
                wrong(at, at + " must be text without control characters");
            } else if (headers.contains(name)) {
                wrong(at, "header " + name + " is given twice; give it once");
            } else if (name.equalsIgnoreCase("Authorization")) {
                wrong(at, "Authorization stands for all requests of a channel: send it when the channel is opened");
            } else {
                headers.add(name, value);
            }
        }
    }

    private static boolean isHeader(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7F || Character.isSurrogate(c)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private void more(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            more = token == JsonToken.VALUE_TRUE;
        } else {
            json.skipChildren();
            wrong("more", "more must be true or false, without quotes");
        }
    }

    private void base64(JsonParser json) throws IOException {
        String text = text(json);
        try {
            if (text != null) {
                body = text.isEmpty() ? NO_BYTES : Base64.getDecoder().decode(text);
                return;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        wrong("base64", "base64 must be text in Base64 (RFC 4648, section 4)");
    }

    private static byte[] cutOut(JsonParser json, byte[] bytes) throws IOException {
        int start = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        json.finishToken();
        return Arrays.copyOfRange(bytes, start, (int) json.currentLocation().getByteOffset());
    }

    private void wrong(String field, String detail) {
        if (problem == null) {
            problem = Problem.badField(field, detail);
        }
    }

    /**
     * That the bytes are UTF-8, which Jackson neither insists on nor checks to the last. No byte is 0 in any JSON, and none
     * that is not below 128 is outside a string, so with neither there is nothing left to guess.
     */
    private static void checkText(byte[] bytes) {
        boolean plain = true;
        for (byte each : bytes) {
            plain &= each > 0;
        }
        if (plain) {
            return;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw refused("the message is not valid UTF-8");
        }
        if (bytes[0] == (byte) BYTE_ORDER_MARK) {
            throw refused("a message begins with its object, without a byte order mark");
        }
        for (byte each : bytes) {
            if (each == 0) {
                throw refused("the message is not valid JSON; see RFC 8259");
            }
        }
    }

    private static ProblemException refused(String detail) {
        return new ProblemException(new Problem(ProblemCode.BAD_REQUEST, detail));
    }
}

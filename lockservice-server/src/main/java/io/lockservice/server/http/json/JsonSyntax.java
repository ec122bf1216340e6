package io.lockservice.server.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes to an object of plain values: {@link String}, {@link Long}, {@link Boolean}, {@link Map}, {@link List},
 * {@link #NULL}, and for numbers that are not whole or do not fit a long, a {@link Double}. Refuses a field given twice.
 *
 * <p>The bytes are decoded here and not by Jackson, which would guess UTF-16 and let some malformed UTF-8 pass.
 */
final class JsonSyntax {
    /** The value of a field that is {@code null}. */
    static final Object NULL = new Object();

    private static final int MAX_DEPTH = 16;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private JsonSyntax() {}

    /** The object in {@code body}; throws a bad request whose field is {@code body}, or the field given twice. */
    static Map<String, Object> object(byte[] body) {
        String text = text(body);
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the body must be one JSON object");
            }
            Map<String, Object> fields = object(parser, "");
            if (parser.nextToken() != null) {
                throw bad("the body must be one JSON object with nothing after it");
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw bad("the body is not valid JSON: " + position(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> object(JsonParser parser, String path) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String at = path + name;
            parser.nextToken();
            if (fields.put(name, value(parser, at)) != null) {
                throw new ProblemException(Problem.badField(at, "field '" + at + "' is given twice; give it once"));
            }
        }
        return fields;
    }

    private static List<Object> array(JsonParser parser, String path) throws IOException {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser, path + "[" + values.size() + "]"));
        }
        return values;
    }

    private static Object value(JsonParser parser, String path) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, path + ".");
            case START_ARRAY -> array(parser, path);
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> NULL;
            case VALUE_NUMBER_INT -> wholeNumber(parser);
            default -> parser.getDoubleValue();
        };
    }

    private static Object wholeNumber(JsonParser parser) throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return parser.getDoubleValue();
        }
        return parser.getLongValue();
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("the body is not valid UTF-8");
        }
    }

    /** Where the mistake is; the parser's own words would show its inner workings. */
    private static String position(JsonProcessingException e) {
        return e.getLocation() == null
                ? "see RFC 8259"
                : "look at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(Problem.badField("body", detail));
    }
}

package io.lockservice.client.transport.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncomingReaderTest {
    private static Incoming read(String message) throws ProtocolException {
        return IncomingReader.read(message.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ \"a\" : [1, {\"b\":\"\u20ac}\"}] }",
                "[]",
                "null",
                "12",
                "-1.5e3",
                "true",
                "\"a\\\"\u00e4\""
            })
    void aBodyIsCutOutAsItStands(String body) throws ProtocolException {
        for (String message : new String[] {
            "{\"id\":2,\"body\":" + body + "}", "{\"headers\":{\"\u20ac\":\"\u20ac\"},\"body\": " + body + " ,\"id\":2}"
        }) {
            Incoming.Reply reply = (Incoming.Reply) read(message);
            assertEquals(body, String.valueOf(reply.body()));
        }
    }

    @Test
    void readsHelloCreditAndProblem() throws ProtocolException {
        assertEquals(
                new Incoming.Hello(262_144, 1_024),
                read("{\"hello\":{\"cell\":\"local\",\"replica\":1,\"windowBytes\":262144,\"maxRequests\":1024}}"));
        assertEquals(new Incoming.Credit(16_384), read("{\"credit\":16384}"));
        assertEquals(
                new Incoming.Problem("no"),
                read("{\"problem\":{\"code\":\"bad-request\",\"extra\":{\"detail\":\"x\"},\"detail\":\"no\"}}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"hello\":{\"windowBytes\":32767,\"maxRequests\":1024}}",
                "{\"hello\":{\"windowBytes\":262144,\"maxRequests\":0}}",
                "{\"hello\":7}",
                "{\"problem\":\"x\"}",
                "{\"id\":2,\"headers\":{\"a\":1}}",
                "{\"id\":2,\"headers\":[]}",
                "{\"id\":2,\"status\":-1}",
                "{\"id\":99999999999999999999}"
            })
    void refusesWhatIsNotAsAgreed(String message) {
        assertThrows(ProtocolException.class, () -> read(message));
    }

    @Test
    void takesUtf8Only() {
        byte[] utf16 = "{\"credit\":1}".getBytes(StandardCharsets.UTF_16LE);
        assertThrows(ProtocolException.class, () -> IncomingReader.read(utf16));
        byte[] broken = "{\"id\":2,\"body\":\"x\"}".getBytes(StandardCharsets.ISO_8859_1);
        broken[broken.length - 3] = (byte) 0xff;
        assertThrows(ProtocolException.class, () -> IncomingReader.read(broken));
    }
}

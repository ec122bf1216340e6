package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.channel.ChannelClient;
import io.lockservice.server.channel.WebSocketWire;
import io.lockservice.server.http.HttpSettings.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be said on a channel, and what is said to anything else. */
@Timeout(60)
final class ChannelMessagesTest extends ResourceTest {
    private static final String CELL = "{\"id\":1,\"method\":\"GET\",\"path\":\"/health/live\"}";
    private static final int MUTATIONS = 2_000;

    private ChannelClient channel;

    @BeforeEach
    void openChannel() {
        channel = new ChannelClient(door.url());
    }

    @AfterEach
    void closeChannel() {
        channel.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "[]",
                "7",
                "{}",
                "{\"id\":1}{}",
                "{\"id\":1,\"method\":\"GET\",\"path\":\"/health/live\"",
                "{\"id\":1,\"method\":\"GET\",\"path\":\"/health/live\",\"body\":{]}",
                "{\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":0,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":-1,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":\"1\",\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":1.0,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":null,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":9007199254740992,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":99999999999999999999,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"id\":1,\"id\":2,\"method\":\"GET\",\"path\":\"/health/live\"}",
                "{\"credit\":0}",
                "{\"credit\":1}",
                "{\"credit\":-5}",
                "{\"credit\":\"5\"}",
                "{\"credit\":1,\"id\":1}",
                "{\"cancel\":0}",
                "{\"cancel\":{}}",
                "{\"cancel\":1,\"credit\":1}",
                "{\"cancel\":1,\"cancel\":1}",
                "{\"cancel\":1,\"why\":1}",
                "\u0000",
                "\uFEFF{\"id\":1,\"method\":\"GET\",\"path\":\"/health/live\"}"
            })
    void whatIsNoMessageEndsTheChannel(String text) {
        channel.text(text);
        assertEquals(1008, channel.closeCode());
        assertEquals("bad-request", channel.problem().getString("code"));
        assertEquals(400, channel.problem().getInteger("status"));
        assertTrue(channel.problem().getString("detail").length() > 10);
        assertEquals(1, door.metric("lockservice_http_channel_refused_total"));
        assertEquals(0, replica.calls());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':1}                                                              | method",
                "{'id':1,'path':'/health/live'}                                        | method",
                "{'id':1,'method':7,'path':'/health/live'}                             | method",
                "{'id':1,'method':'','path':'/health/live'}                            | method",
                "{'id':1,'method':'get','path':'/health/live'}                         | method",
                "{'id':1,'method':'GET'}                                               | path",
                "{'id':1,'method':'GET','path':'health'}                               | path",
                "{'id':1,'method':'GET','path':'/v1/a b'}                              | path",
                "{'id':1,'method':'GET','path':'/v1/é'}                                | path",
                "{'id':1,'method':'GET','path':['/v1']}                                | path",
                "{'id':1,'method':'GET','path':'/v1/cell','headers':[]}                | headers",
                "{'id':1,'method':'GET','path':'/v1/cell','headers':{'A':1}}           | header:A",
                "{'id':1,'method':'GET','path':'/v1/cell','headers':{'A':'1','a':'1'}} | header:a",
                "{'id':1,'method':'GET','path':'/v1/cell','headers':{'A':'\\n'}}       | header:A",
                "{'id':1,'method':'GET','path':'/v1/cell','headers':{'authorization':'x'}} | header:authorization",
                "{'id':1,'method':'GET','path':'/v1/cell','headers':{'Lockservice-Timeout-Ms':'x'}} |"
                        + " header:Lockservice-Timeout-Ms",
                "{'id':1,'method':'GET','path':'/v1/cell','bodie':{}}                  | bodie",
                "{'id':1,'method':'GET','path':'/v1/cell','path':'/v1/cell'}           | path",
                "{'id':1,'method':'GET','path':'/v1/cell','body':{}}                   | body",
                "{'id':1,'method':'POST','path':'/v1/sessions','body':[]}              | body",
                "{'id':1,'method':'POST','path':'/v1/sessions','body':7}               | body",
                "{'id':1,'method':'POST','path':'/v1/sessions','body':{'x':1}}         | x",
                "{'id':1,'method':'POST','path':'/v1/sessions','body':{'leaseMs':'1'}} | leaseMs",
                "{'id':1,'method':'POST','path':'/v1/sessions','body':{},'base64':''}  | base64",
                "{'id':1,'method':'POST','path':'/v1/sessions','body':{},'more':true}  | body",
                "{'id':1,'method':'POST','path':'/v1/sessions','base64':'***'}         | base64",
                "{'id':1,'method':'POST','path':'/v1/sessions','base64':'e30 ='}       | base64",
                "{'id':1,'method':'POST','path':'/v1/sessions','base64':'e30=','more':1} | more"
            })
    void whatIsWrongWithARequestIsItsReply(String text, String field) {
        channel.text(text.replace('\'', '"'));
        assertEquals("400 bad-request " + field, channel.reply(1).outcome());
        assertEquals(
                "{\"live\":true}", channel.send("GET", "/health/live", null).text());
        assertEquals(0, replica.calls());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':9007199254740991,'method':'GET','path':'/health/live'}",
                " { \"id\" : 9007199254740991 , \"method\":\"GET\",\"path\":\"/health/live\",\"headers\":null,\"body\":null } ",
                "{'path':'/health/live','base64':'','more':false,'headers':{},'method':'GET','id':9007199254740991}"
            })
    void anyOrderWillDo(String text) {
        channel.text(text.replace('\'', '"'));
        assertEquals("{\"live\":true}", channel.reply(9_007_199_254_740_991L).text());
    }

    @Test
    void anIdUnderWayIsNotUsedTwice() {
        replica.keepSilent();
        long id = channel.begin("GET", "/v1/cell", null);
        channel.text("{\"id\":" + id + ",\"method\":\"GET\",\"path\":\"/health/live\"}");
        assertEquals(1008, channel.closeCode());
        String detail = channel.problem().getString("detail");
        assertTrue(detail.contains("request " + id + " "), detail);
    }

    @Test
    void theBytesOfABodyAreTakenAsTheyAre() {
        replica.answer(call -> new Reply.Failed(io.lockservice.api.Problem.badField("x", "refused")));
        String body = " { \"client\" : \"\\u00e9 }]\\\"\" , \"metadata\" : { \"a\" : \"b\" } } ";
        channel.send("POST", "/v1/sessions", body);
        Request.OpenSession asked = (Request.OpenSession) replica.next().call().request();
        assertEquals("é }]\"", asked.client());
        channel.send("PUT", "/v1/files/ls/local/x", "\"text\"");
        Request.WriteFile written = (Request.WriteFile) replica.next().call().request();
        assertArrayEquals(
                "\"text\"".getBytes(StandardCharsets.UTF_8), written.content().bytes());
        for (String scalar : new String[] {"12", "-0.5e3", "true", "false", "[1,[2]]"}) {
            channel.send("PUT", "/v1/files/ls/local/x", scalar);
            written = (Request.WriteFile) replica.next().call().request();
            assertEquals(scalar, new String(written.content().bytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aMessageMayComeInFrames() throws IOException {
        byte[] bytes = CELL.getBytes(StandardCharsets.UTF_8);
        channel.wire().write(WebSocketWire.TEXT, false, java.util.Arrays.copyOf(bytes, 5));
        channel.wire().write(WebSocketWire.PING, true, new byte[] {1});
        channel.wire().write(WebSocketWire.CONTINUATION, false, new byte[0]);
        channel.wire().send(WebSocketWire.CONTINUATION, true, java.util.Arrays.copyOfRange(bytes, 5, bytes.length));
        assertEquals("{\"live\":true}", channel.reply(1).text());
    }

    @Test
    void aBinaryMessageIsRefused() throws IOException {
        channel.wire().send(WebSocketWire.BINARY, true, CELL.getBytes(StandardCharsets.UTF_8));
        assertEquals(1008, channel.closeCode());
        assertTrue(channel.problem().getString("detail").contains("binary"));
    }

    @Test
    void aMessageOfMoreThan32KiBIsRefused() throws IOException {
        String rest = "{\"id\":1,\"method\":\"GET\",\"path\":\"/health/live\",\"headers\":{\"X\":\"\"}}";
        String fits = rest.replace("\"\"", "\"" + "x".repeat((32 << 10) - rest.length()) + "\"");
        channel.text(fits);
        assertEquals(200, channel.reply(1).status());
        channel.text(fits.replace("xx", "xxx"));
        assertEquals(1008, channel.closeCode());
    }

    @Test
    void whatIsNotUtf8IsRefused() throws IOException {
        byte[] bytes = CELL.replace("live", "l\u00c3ve").getBytes(StandardCharsets.ISO_8859_1);
        channel.wire().send(WebSocketWire.TEXT, true, bytes);
        assertEquals(1008, channel.closeCode());
    }

    @Test
    void aHandlerThatThrowsIsOneReply() {
        replica.answer(call -> {
            throw new IllegalStateException("a test");
        });
        assertEquals("500 internal", channel.get("/v1/cell").outcome());
        assertEquals(200, channel.get("/health/live").status());
    }

    @Test
    void aRequestThatIsCancelledIsWaitedForNoLonger() throws Exception {
        replica.keepSilent();
        long id = channel.beginKeepAlive("s1");
        replica.next();
        channel.text("{\"cancel\":" + id + "}");
        channel.text("{\"cancel\":12345}");
        replica.awaitGone();
        assertEquals(200, channel.get("/health/live").status(), "also where there is nothing to cancel");
        assertEquals(1, door.metric("lockservice_http_requests_seconds_count", "kind=\"write\"", "status=\"none\""));
    }

    @Test
    void whatIsStillSentOfACancelledBodyDoesNoHarm() {
        channel.text(
                "{\"id\":70,\"method\":\"PUT\",\"path\":\"/v1/files/ls/local/x\",\"base64\":\"YQ==\",\"more\":true}");
        channel.text("{\"cancel\":70}");
        channel.text("{\"id\":70,\"base64\":\"YQ==\",\"more\":true}");
        channel.text("{\"id\":70,\"base64\":\"YQ==\"}");
        assertEquals(200, channel.get("/health/live").status());
        assertEquals(0, replica.calls());
    }

    @Test
    void aPieceThatIsMoreThanThatIsRefused() {
        channel.text(
                "{\"id\":70,\"method\":\"PUT\",\"path\":\"/v1/files/ls/local/x\",\"base64\":\"YQ==\",\"more\":true}");
        channel.text("{\"id\":70,\"base64\":\"YQ==\",\"headers\":{\"A\":\"b\"},\"more\":true}");
        channel.text("{\"id\":70,\"base64\":\"YQ==\"}");
        assertEquals("400 bad-request body", channel.reply(70).outcome());
        assertEquals(0, replica.calls());
    }

    @Test
    void aBodyHasToComeInTime() {
        try (DoorFixture quick = new DoorFixture(new Limits(1 << 20, 256 << 10, 10, 60, 150_000));
                ChannelClient slow = new ChannelClient(quick.url())) {
            slow.text(
                    "{\"id\":70,\"method\":\"PUT\",\"path\":\"/v1/files/ls/local/x\",\"base64\":\"YQ==\",\"more\":true}");
            assertEquals("400 bad-request body", slow.reply(70).outcome());
            slow.text("{\"id\":70,\"base64\":\"YQ==\"}");
            assertEquals("400 bad-request method", slow.reply(70).outcome(), "that was too late");
            assertEquals(0, quick.replica.calls());
        }
    }

    /** Each is answered, or ends its channel, in time; and nothing of it is left. */
    @Test
    void nothingThatIsSentHangsOrLeaks() throws IOException {
        Random random = new Random(20_261_128);
        ChannelClient fuzzed = new ChannelClient(door.url());
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutated(random, i);
            fuzzed.wire().send(WebSocketWire.TEXT, true, bytes);
            long probe = 9_000_000L + i;
            try {
                fuzzed.text("{\"id\":" + probe + ",\"method\":\"GET\",\"path\":\"/health/live\"}");
                fuzzed.reply(probe);
            } catch (AssertionError | java.io.UncheckedIOException ended) {
                fuzzed.close();
                fuzzed = new ChannelClient(door.url());
            }
        }
        fuzzed.close();
        while (door.metric("lockservice_http_channels") > 1) {
            Thread.onSpinWait();
        }
        assertTrue(door.metric("lockservice_http_channel_refused_total") > 100, "most of them are no messages");
        assertEquals(200, channel.get("/health/live").status());
    }

    private static byte[] mutated(Random random, int id) {
        String[] seeds = {
            "{\"id\":" + (id + 10) + ",\"method\":\"POST\",\"path\":\"/v1/sessions\",\"body\":{\"leaseMs\":5000}}",
            "{\"id\":" + (id + 10)
                    + ",\"method\":\"PUT\",\"path\":\"/v1/files/ls/local/x\",\"base64\":\"YWJj\",\"more\":true}",
            "{\"id\":" + (id + 9) + ",\"base64\":\"YWJj\"}",
            "{\"id\":" + (id + 10)
                    + ",\"method\":\"GET\",\"path\":\"/v1/cell\",\"headers\":{\"Lockservice-Session\":\"s\"}}",
            "{\"cancel\":" + id + "}",
            "{\"credit\":" + random.nextInt(1_000) + "}"
        };
        byte[] bytes = seeds[random.nextInt(seeds.length)].getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) "{}[]\",:\\0truefalsn".charAt(random.nextInt(18));
        }
        return random.nextInt(10) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}

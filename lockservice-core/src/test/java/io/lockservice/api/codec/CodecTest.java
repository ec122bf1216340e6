package io.lockservice.api.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final int ROUNDS = 3_000;

    @Test
    void everyCallComesBackAsItWas() {
        RandomValues values = new RandomValues(1);
        Set<Class<?>> seen = new HashSet<>();
        for (int i = 0; i < ROUNDS; i++) {
            ClientCall call = values.call();
            seen.add(call.request().getClass());
            assertEquals(call, RequestCodec.decode(RequestCodec.encode(call)));
        }
        assertEquals(concreteTypesOf(Request.class), seen);
    }

    @Test
    void everyAnswerComesBackAsItWas() {
        RandomValues values = new RandomValues(2);
        Set<Class<?>> seen = new HashSet<>();
        Set<Class<?>> extras = new HashSet<>();
        for (int i = 0; i < ROUNDS; i++) {
            Answer answer = values.answer();
            seen.add(answer.reply().getClass());
            if (answer.reply() instanceof Reply.Failed failed) {
                extras.add(failed.problem().extras().getClass());
            }
            assertEquals(answer, ReplyCodec.decode(ReplyCodec.encode(answer)));
        }
        assertEquals(concreteTypesOf(Reply.class), seen);
        assertEquals(concreteTypesOf(Problem.Extras.class), extras);
    }

    @Test
    void damagedCallsAreRefusedAndNothingElse() {
        RandomValues values = new RandomValues(3);
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] encoded = RequestCodec.encode(values.call());
            DamagedBytes.assertCutAndExtendedRefused(encoded, RequestCodec::decode);
            DamagedBytes.assertNothingElseThrown(encoded, RequestCodec::decode, random);
        }
    }

    @Test
    void damagedAnswersAreRefusedAndNothingElse() {
        RandomValues values = new RandomValues(4);
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            byte[] encoded = ReplyCodec.encode(values.answer());
            DamagedBytes.assertCutAndExtendedRefused(encoded, ReplyCodec::decode);
            DamagedBytes.assertNothingElseThrown(encoded, ReplyCodec::decode, random);
        }
    }

    @Test
    void anUnknownFormatIsRefused() {
        byte[] call = RequestCodec.encode(ClientCall.of(new Request.GetCell()));
        call[0] = 9;
        assertThrows(WireException.class, () -> RequestCodec.decode(call));
        byte[] answer = ReplyCodec.encode(new Answer(new Reply.Done(), 1, 1, 1, 1));
        answer[0] = 0;
        assertThrows(WireException.class, () -> ReplyCodec.decode(answer));
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        for (String text : new String[] {"", "/", "/ls/", "/ls//", "/ls", "/ls/a/../b", "x", "/ls/a/\u0000"}) {
            byte[] bytes = new WireWriter().text(text).toBytes();
            assertThrows(WireException.class, () -> Fields.name(new WireReader(bytes)), text);
        }
        byte[] root = new WireWriter().text("/ls/local").toBytes();
        assertEquals(Name.root("local"), Fields.name(new WireReader(root)));
    }

    @Test
    void aHugeCountIsRefusedBeforeAnythingIsAllocatedForIt() {
        WireWriter out = new WireWriter().tag(1).number(1).number(1).number(1).number(1);
        byte[] bytes = out.tag(10).number(Integer.MAX_VALUE).toBytes();
        assertThrows(WireException.class, () -> ReplyCodec.decode(bytes));
    }

    @Test
    void theFormatStaysWhatItIs() {
        Sequencer sequencer = new Sequencer("/ls/local/l", LockMode.SHARED, 3, 4, 300);
        ClientCall call = new ClientCall(
                new Request.Release(Name.root("local").child("l")),
                "me",
                "s1",
                new ClientCall.Idempotency("k", 0x0102030405060708L),
                sequencer);
        assertEquals(
                "01026d650102733101016b0102030405060708010b2f6c732f6c6f63616c2f6c020304ac0200050b2f6c732f6c6f63616c2f6c",
                HexFormat.of().formatHex(RequestCodec.encode(call)));
        assertEquals(
                "01050203010802",
                HexFormat.of().formatHex(ReplyCodec.encode(new Answer(new Reply.Queued(2), 5, 2, 3, 1))));
    }

    private static Set<Class<?>> concreteTypesOf(Class<?> sealed) {
        Set<Class<?>> types = new HashSet<>();
        for (Class<?> each : sealed.getPermittedSubclasses()) {
            if (each.isSealed()) {
                types.addAll(concreteTypesOf(each));
            } else {
                types.add(each);
            }
        }
        return types;
    }
}

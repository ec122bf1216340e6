package io.lockservice.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.founding.FoundingMessage;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.Configurations;
import io.lockservice.log.DiskRoom;
import io.lockservice.log.ProposalNumber;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.transfer.TransferMessage;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
    private static final Name NAME = Name.parse("/ls/paris/app/config", "paris");

    static List<Message> messages() {
        Origin origin = new Origin(2, 1_700_000_000_000L, 9, 7);
        return List.of(
                new Message.Consensus(new PaxosMessage.Heartbeat(new ProposalNumber(3, 1), 4, 5, 5)),
                new Message.Founding(new FoundingMessage.Hello()),
                new Message.Founding(new FoundingMessage.Blank(-7)),
                new Message.Founding(new FoundingMessage.Founded(Configurations.ofVoters(List.of(1, 2, 3)))),
                new Message.Transferring(new TransferMessage.Offered(new CheckpointName(7, 8, -9))),
                new Message.Transferring(new TransferMessage.Fetch(new CheckpointName(7, 8, -9), 5)),
                new Message.Transferring(
                        new TransferMessage.Fetched(new Chunk(new CheckpointName(7, 8, -9), 5, new byte[] {1, 2, 3}))),
                new Message.StateDigest(300, -9),
                new Message.Room(DiskRoom.ENOUGH),
                new Message.Room(DiskRoom.LOW),
                new Message.Room(DiskRoom.NONE),
                new Message.Forward(5, origin, 0, ClientCall.of(new Request.GetCell())),
                new Message.Forward(6, origin, 60_000, acquire()),
                new Message.Forward(
                        300, origin, 1, ClientCall.of(new Request.OpenSession("s", "c", 5, Map.of("k", "v")))),
                new Message.ForwardOutdated(5, 6, 7),
                new Message.KeepAliveGone(5, 6),
                new Message.ForwardAnswer(5, 6, 8, new Answer(new Reply.Queued(3), 10, 11, 1, 1)),
                new Message.ForwardAnswer(5, 6, 8, new Answer(failed(), 10, 11, 1, 0)));
    }

    private static ClientCall acquire() {
        return new ClientCall(
                new Request.Acquire(NAME, LockMode.EXCLUSIVE, 60_000, true, LockCreation.EPHEMERAL, "why"),
                "alice",
                "session",
                new ClientCall.Idempotency("key", -1),
                null);
    }

    private static Reply failed() {
        return new Reply.Failed(new Problem(ProblemCode.NO_LEADER, "ask again"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatItWrote(Message message) {
        WireReader in = new WireReader(encode(message));
        assertEquals(message, MessageCodec.read(in));
        in.expectEnd();
    }

    @Test
    void theListAboveHasEveryKindOfMessage() {
        Set<Class<?>> tested = messages().stream().map(Object::getClass).collect(Collectors.toSet());
        Set<Class<?>> all = new HashSet<>(Set.of(Message.class.getPermittedSubclasses()));
        all.remove(Message.OfCalls.class);
        all.addAll(Set.of(Message.OfCalls.class.getPermittedSubclasses()));
        assertEquals(all, tested);
    }

    @Test
    void aFileTravelsWhole() {
        Content content = new Content(new byte[262_144]);
        Request write = new Request.WriteFile(NAME, content, Condition.NONE, true, false);
        Message message = new Message.Forward(1, new Origin(1, 1, 1, 1), 0, ClientCall.of(write));
        assertEquals(message, MessageCodec.read(new WireReader(encode(message))));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageCutShortIsRefused(Message message) {
        byte[] whole = encode(message);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(WireException.class, () -> MessageCodec.read(new WireReader(cut)));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void damageIsRefusedOrGivesAnotherMessageButNothingElse(Message message) {
        Random random = new Random(20261123);
        byte[] whole = encode(message);
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = whole.clone();
            int flips = 1 + random.nextInt(3);
            for (int i = 0; i < flips; i++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            assertReadOrRefused(damaged);
        }
    }

    @Test
    void noiseIsRefusedOrGivesAMessageButNothingElse() {
        Random random = new Random(12);
        for (int round = 0; round < 50_000; round++) {
            byte[] noise = new byte[2 + random.nextInt(80)];
            random.nextBytes(noise);
            noise[0] = (byte) random.nextInt(11);
            assertReadOrRefused(noise);
        }
    }

    private static void assertReadOrRefused(byte[] bytes) {
        try {
            Message read = MessageCodec.read(new WireReader(bytes));
            encode(read);
        } catch (WireException refused) {
            assertTrue(refused.getMessage() != null && !refused.getMessage().isEmpty());
        }
    }

    private static byte[] encode(Message message) {
        WireWriter out = new WireWriter();
        MessageCodec.write(message, out);
        return out.toBytes();
    }
}

package io.lockservice.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.Command;
import io.lockservice.cell.StateMachine;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckpointCodecTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Configuration THREE = new Configuration(List.of(
            new Member(1, 11, true, "a", 1, 2),
            new Member(2, 22, true, "b", 3, 4),
            new Member(3, 0, false, "c", 5, 6)));

    private final StateMachine state = new StateMachine("test", 1_000);
    private long calls;

    @Test
    void whatIsWrittenIsReadTheSame() {
        RestoredCheckpoint restored = read(records());
        assertEquals(9, restored.slot());
        assertEquals(THREE, restored.configuration());
        assertEquals(state.digest(), restored.state().digest());
    }

    /** The format of every released version stays readable; this is version 1. */
    @Test
    void theFirstFormatIsRead() throws IOException {
        List<Map.Entry<byte[], byte[]>> golden = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/checkpoint-format-1.txt"))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] parts = line.split(" ", -1);
                golden.add(Map.entry(HEX.parseHex(parts[0]), HEX.parseHex(parts[1])));
            }
        }
        RestoredCheckpoint restored = read(golden);
        assertEquals(THREE, restored.configuration());
        assertEquals(read(records()).state().digest(), restored.state().digest());
        assertEquals(text(golden), text(records()), "the format changed: it needs a new version");
    }

    @Test
    void damageIsSaidUnlessTheStateIsTheSameAllTheSame() {
        List<Map.Entry<byte[], byte[]>> sound = records();
        SplittableRandom random = new SplittableRandom(3);
        int said = 0;
        for (int i = 0; i < 2_000; i++) {
            List<Map.Entry<byte[], byte[]>> damaged = new ArrayList<>(sound);
            // What the header says beside the digest is proved by the file around it.
            int at = 1 + random.nextInt(sound.size() - 1);
            switch (random.nextInt(4)) {
                case 0 -> damaged.remove(at);
                case 1 -> damaged.add(at, sound.get(at));
                case 2 -> Collections.swap(damaged, at, at - 1);
                default -> damaged.set(at, flipped(sound.get(at), random));
            }
            said += isRefused(damaged) ? 1 : 0;
        }
        assertTrue(said > 1_900, "said " + said + " times");
        assertTrue(isRefused(List.of()));
        assertThrows(WireException.class, () -> CheckpointCodec.read("other", 1_000, sound.iterator()));
    }

    private boolean isRefused(List<Map.Entry<byte[], byte[]>> records) {
        RestoredCheckpoint restored;
        try {
            restored = read(records);
        } catch (WireException said) {
            assertThrows(WireException.class, () -> CheckpointCodec.prove("test", records.iterator()));
            return true;
        }
        assertEquals(9, CheckpointCodec.prove("test", records.iterator()).slot());
        assertEquals(state.digest(), restored.state().digest());
        return false;
    }

    private static Map.Entry<byte[], byte[]> flipped(Map.Entry<byte[], byte[]> record, SplittableRandom random) {
        byte[] key = record.getKey().clone();
        byte[] value = record.getValue().clone();
        byte[] either = value.length == 0 || random.nextInt(3) == 0 ? key : value;
        either[random.nextInt(either.length)] ^= (byte) (1 << random.nextInt(8));
        return Map.entry(key, value);
    }

    private static RestoredCheckpoint read(List<Map.Entry<byte[], byte[]>> records) {
        return CheckpointCodec.read("test", 1_000, records.iterator());
    }

    private static String text(List<Map.Entry<byte[], byte[]>> records) {
        StringBuilder text = new StringBuilder();
        records.forEach(each -> text.append(HEX.formatHex(each.getKey()))
                .append(' ')
                .append(HEX.formatHex(each.getValue()))
                .append('\n'));
        return text.toString();
    }

    /** A state with a record of every kind. */
    private List<Map.Entry<byte[], byte[]>> records() {
        if (calls == 0) {
            state.apply(new Command.StartEpoch(1, 5));
            call(new Request.OpenSession("s1", "one", 5_000, Map.of("host", "x")), null, null);
            call(new Request.OpenSession("s2", "two", 6_000, Map.of()), null, null);
            call(write("d/f", true), null, "k1");
            call(new Request.Acquire(name("l"), LockMode.EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, "n"), "s1", null);
            call(new Request.Acquire(name("l"), LockMode.SHARED, 9, true, LockCreation.EPHEMERAL, ""), "s2", "k2");
            call(new Request.Acquire(name("m"), LockMode.SHARED, 0, false, LockCreation.PERMANENT, ""), "s1", null);
            call(new Request.Release(name("m")), "s1", null);
            call(new Request.OpenSession("s3", "three", 6_000, Map.of()), null, null);
            call(new Request.SetAcl(name("d"), "readers", null, "admins", null), null, null);
            Request delayed =
                    new Request.Acquire(name("n"), LockMode.SHARED, 0, false, LockCreation.EPHEMERAL, "", 8, null);
            call(delayed, "s3", null);
            state.apply(new Command.ExpireSessions(1, List.of("s3")));
            Request open = new Request.OpenHandle(
                    new HandleId("s2", "h1"),
                    name("m"),
                    List.of(HandleMode.READ, HandleMode.LOCK),
                    List.of(Event.Type.CONTENT_CHANGED),
                    null,
                    7);
            call(open, "s2", null);
            call(write("m", false), null, null);
            state.apply(new Command.StartEpoch(2, 6));
        }
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        CheckpointCodec.write(
                "test", new Checkpoint(9, THREE, state.snapshot()), (key, value) -> records.add(Map.entry(key, value)));
        for (int kind = 0; kind <= 12; kind++) {
            int wanted = kind;
            assertTrue(records.stream().anyMatch(each -> each.getKey()[0] == wanted), "a record of kind " + kind);
        }
        return records;
    }

    private static Request write(String path, boolean parents) {
        return new Request.WriteFile(
                name(path), new Content("hello".getBytes(StandardCharsets.UTF_8)), Condition.NONE, parents, false);
    }

    private static Name name(String path) {
        return new Name("/ls/test/" + path);
    }

    private void call(Request request, @Nullable String session, @Nullable String key) {
        calls++;
        ClientCall.Idempotency once = key == null ? null : new ClientCall.Idempotency(key, 77);
        state.apply(new Command.Client(
                state.epoch(), new Origin(1, 1, calls, 0), new ClientCall(request, "anonymous", session, once, null)));
    }
}

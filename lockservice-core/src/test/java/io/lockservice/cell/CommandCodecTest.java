package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.api.codec.DamagedBytes;
import io.lockservice.api.codec.RandomValues;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.wire.WireException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CommandCodecTest {
    @Test
    void everyCommandComesBackAsItWas() {
        List<Command> commands = commands(1, 1_000);
        for (Command command : commands) {
            assertEquals(command, CommandCodec.decode(CommandCodec.encode(command)));
        }
        assertEquals(
                Set.of(Command.class.getPermittedSubclasses()),
                commands.stream().map(Command::getClass).collect(Collectors.toSet()));
    }

    @Test
    void damagedCommandsAreRefusedAndNothingElse() {
        Random random = new Random(2);
        for (Command command : commands(2, 300)) {
            byte[] encoded = CommandCodec.encode(command);
            DamagedBytes.assertCutAndExtendedRefused(encoded, CommandCodec::decode);
            DamagedBytes.assertNothingElseThrown(encoded, CommandCodec::decode, random);
        }
    }

    @Test
    void onlyWritesAreCommands() {
        byte[] read = CommandCodec.encode(
                new Command.Client(1, new Origin(1, 1, 1, 1), ClientCall.of(new Request.GetCell())));
        assertThrows(WireException.class, () -> CommandCodec.decode(read));
    }

    @Test
    void theFormatStaysWhatItIs() {
        Name name = Name.root("local").child("l");
        assertEquals("01040b2f6c732f6c6f63616c2f6c02733109", hex(new Command.Withdraw(name, "s1", 9)));
        assertEquals("0102030000000000000007", hex(new Command.StartEpoch(3, 7)));
        assertEquals("01030201027331", hex(new Command.ExpireSessions(2, List.of("s1"))));
        assertEquals("0106ac020102030405060708", hex(new Command.CompareDigest(300, 0x0102030405060708L)));
        assertEquals("01070b2f6c732f6c6f63616c2f6c09", hex(new Command.EndLockDelay(name, 9)));
        assertEquals("010801027331ac02", hex(new Command.AcknowledgeEvents(Map.of("s1", 300L))));
        assertEquals(
                "0109010b2f6c732f6c6f63616c2f6c01027331",
                hex(new Command.Invalidate(List.of(new Command.Invalidate.Copies(name, List.of("s1"))))));
        assertEquals("010a0201", hex(new Command.StretchLeases(2, true)));
        assertEquals("0105028001", hex(new Command.RetireKeys(2, 128)));
        assertEquals(
                "01010301050604046d65737300000000050b2f6c732f6c6f63616c2f6c",
                hex(new Command.Client(
                        3,
                        new Origin(1, 5, 6, 4),
                        new ClientCall(new Request.Release(name), "mess", null, null, null))));
    }

    private static String hex(Command command) {
        return HexFormat.of().formatHex(CommandCodec.encode(command));
    }

    private static List<Command> commands(long seed, int count) {
        RandomValues values = new RandomValues(seed);
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(
                    switch (i % 10) {
                        case 0 -> new Command.StartEpoch(i, values.number());
                        case 1 -> new Command.ExpireSessions(values.number(), values.list(values::text));
                        case 2 -> new Command.Withdraw(values.name(), values.text(), values.number());
                        case 3 -> new Command.RetireKeys(values.number(), values.number());
                        case 4 -> new Command.CompareDigest(i, values.number());
                        case 5 -> new Command.EndLockDelay(values.name(), values.number());
                        case 6 -> new Command.AcknowledgeEvents(Map.of(values.text(), values.number()));
                        case 8 -> new Command.StretchLeases(values.number(), i % 20 == 8);
                        case 7 ->
                            new Command.Invalidate(values.list(
                                    () -> new Command.Invalidate.Copies(values.name(), values.list(values::text))));
                        default ->
                            new Command.Client(
                                    values.number(),
                                    new Origin(i, values.number(), values.number(), values.number()),
                                    values.writeCall());
                    });
        }
        return commands;
    }
}

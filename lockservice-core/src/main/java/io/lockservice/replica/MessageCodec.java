package io.lockservice.replica;

import io.lockservice.api.codec.ReplyCodec;
import io.lockservice.api.codec.RequestCodec;
import io.lockservice.cell.CommandCodec;
import io.lockservice.founding.FoundingMessageCodec;
import io.lockservice.log.DiskRoom;
import io.lockservice.paxos.PaxosMessageCodec;
import io.lockservice.transfer.TransferMessageCodec;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/**
 * The bytes of a {@link Message}: a tag, then the fields in the order of the record. Tags are never given a second
 * meaning; the envelope around messages says the format. Stateless.
 */
public final class MessageCodec {
    private static final int CONSENSUS = 1;
    private static final int FORWARD = 2;
    private static final int FORWARD_ANSWER = 3;
    private static final int TRANSFERRING = 4;
    private static final int FOUNDING = 5;
    private static final int STATE_DIGEST = 6;
    private static final int ROOM = 7;
    private static final int FORWARD_OUTDATED = 8;
    private static final int KEEP_ALIVE_GONE = 9;

    private MessageCodec() {}

    /** Appends {@code message} to {@code out}. */
    public static void write(Message message, WireWriter out) {
        if (message instanceof Message.Consensus consensus) {
            PaxosMessageCodec.write(consensus.message(), out.tag(CONSENSUS));
        } else if (message instanceof Message.Transferring transferring) {
            TransferMessageCodec.write(transferring.message(), out.tag(TRANSFERRING));
        } else if (message instanceof Message.Founding founding) {
            FoundingMessageCodec.write(founding.message(), out.tag(FOUNDING));
        } else if (message instanceof Message.Room said) {
            writeRoom(said.room(), out.tag(ROOM));
        } else if (message instanceof Message.Forward forward) {
            CommandCodec.write(out.tag(FORWARD).number(forward.sequence()), forward.origin());
            RequestCodec.write(out.number(forward.waitLeftMs()), forward.call());
        } else if (message instanceof Message.ForwardAnswer answer) {
            out.tag(FORWARD_ANSWER).number(answer.incarnation()).number(answer.callId());
            out.number(answer.sequence());
            ReplyCodec.write(out, answer.answer());
        } else if (message instanceof Message.ForwardOutdated outdated) {
            out.tag(FORWARD_OUTDATED).number(outdated.incarnation());
            out.number(outdated.callId()).number(outdated.sequence());
        } else if (message instanceof Message.KeepAliveGone gone) {
            out.tag(KEEP_ALIVE_GONE).number(gone.incarnation()).number(gone.callId());
        } else if (message instanceof Message.StateDigest state) {
            out.tag(STATE_DIGEST).number(state.slot()).fixed64(state.digest());
        } else {
            throw new IllegalArgumentException("a message without a tag: " + message.getClass());
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws WireException where the bytes are not a message of this version
     */
    public static Message read(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case CONSENSUS -> new Message.Consensus(PaxosMessageCodec.read(in));
            case FORWARD ->
                new Message.Forward(in.number(), CommandCodec.readOrigin(in), in.number(), RequestCodec.read(in));
            case KEEP_ALIVE_GONE -> new Message.KeepAliveGone(in.number(), in.number());
            case FORWARD_OUTDATED -> new Message.ForwardOutdated(in.number(), in.number(), in.number());
            case FORWARD_ANSWER ->
                new Message.ForwardAnswer(in.number(), in.number(), in.number(), ReplyCodec.read(in));
            case TRANSFERRING -> new Message.Transferring(TransferMessageCodec.read(in));
            case FOUNDING -> new Message.Founding(FoundingMessageCodec.read(in));
            case STATE_DIGEST -> new Message.StateDigest(in.number(), in.fixed64());
            case ROOM -> new Message.Room(readRoom(in));
            default -> throw new WireException("no message has the tag " + tag);
        };
    }

    private static void writeRoom(DiskRoom room, WireWriter out) {
        out.tag(
                switch (room) {
                    case ENOUGH -> 0;
                    case LOW -> 1;
                    case NONE -> 2;
                });
    }

    private static DiskRoom readRoom(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 0 -> DiskRoom.ENOUGH;
            case 1 -> DiskRoom.LOW;
            case 2 -> DiskRoom.NONE;
            default -> throw new WireException("no room on a disk has the tag " + tag);
        };
    }
}

package io.lockservice.api.codec;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Request;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** Encodes calls with their requests. Tags are part of the format: never reuse one. */
public final class RequestCodec {
    private static final int FORMAT = 1;

    private RequestCodec() {}

    /** A call as bytes, its format first. */
    public static byte[] encode(ClientCall call) {
        WireWriter out = new WireWriter();
        write(out.tag(FORMAT), call);
        return out.toBytes();
    }

    /** The call; throws {@link io.lockservice.wire.WireException} for bytes that are no call of a known format. */
    public static ClientCall decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        Fields.expectFormat(in, FORMAT);
        ClientCall call = read(in);
        in.expectEnd();
        return call;
    }

    /** A call as a field of something that has a format of its own. */
    public static void write(WireWriter out, ClientCall call) {
        out.text(call.principal()).optionalText(call.session());
        Fields.optional(out, call.idempotency(), (w, key) -> w.text(key.key()).fixed64(key.fingerprint()));
        Fields.optional(out, call.sequencer(), Values::sequencer);
        Fields.optional(out, call.handle(), HandleFields::id);
        request(out, call.request());
    }

    /** See {@link #write}. */
    public static ClientCall read(WireReader in) {
        String principal = in.text();
        String session = in.optionalText();
        ClientCall.Idempotency idempotency =
                Fields.optional(in, r -> new ClientCall.Idempotency(r.text(), r.fixed64()));
        var sequencer = Fields.optional(in, Values::sequencer);
        var handle = Fields.optional(in, HandleFields::id);
        return new ClientCall(request(in), principal, session, idempotency, sequencer, handle);
    }

    private static void request(WireWriter out, Request request) {
        if (request instanceof Request.Write write) {
            write(out, write);
        } else if (request instanceof Request.Read read) {
            read(out, read);
        } else if (request instanceof Request.AddReplica add) {
            out.tag(40).number(add.id()).text(add.host()).number(add.bus()).number(add.http());
        } else if (request instanceof Request.RemoveReplica remove) {
            out.tag(41).number(remove.id()).bool(remove.force());
        } else if (request instanceof Request.MoveLeader move) {
            out.tag(42).number(move.replica());
        } else if (request instanceof Request.KeepAlive keepAlive) {
            out.tag(1).text(keepAlive.session()).number(keepAlive.waitMs()).number(keepAlive.ack());
        }
    }

    private static void write(WireWriter out, Request.Write request) {
        if (request instanceof Request.OpenSession open) {
            out.tag(2).text(open.session()).text(open.client()).number(open.leaseMs());
            Fields.map(out, open.metadata());
            out.bool(open.caches());
        } else if (request instanceof Request.CloseSession close) {
            out.tag(3).text(close.session()).number(close.afterMs());
        } else if (request instanceof Request.Acquire acquire) {
            Fields.name(out.tag(4), acquire.name());
            Values.mode(out, acquire.mode());
            out.number(acquire.waitMs()).bool(acquire.keepPlace());
            Values.creation(out, acquire.create());
            out.text(acquire.note()).number(acquire.lockDelayMs());
            Fields.optional(out, acquire.reclaim(), Values::sequencer);
        } else if (request instanceof Request.Release release) {
            Fields.name(out.tag(5), release.name());
        } else if (request instanceof Request.ForceRelease release) {
            Fields.name(out.tag(6), release.name());
        } else if (request instanceof Request.WriteFile write) {
            Fields.name(out.tag(7), write.name());
            Values.content(out, write.content());
            Values.condition(out, write.condition());
            out.bool(write.parents()).bool(write.ephemeral());
        } else if (request instanceof Request.Register register) {
            Fields.name(out.tag(26), register.name());
            Values.content(out, register.content());
        } else if (request instanceof Request.MakeDirectory make) {
            Fields.name(out.tag(8), make.name());
            out.bool(make.ephemeral()).bool(make.parents());
        } else if (request instanceof Request.DeleteNode delete) {
            Fields.name(out.tag(9), delete.name());
            Values.condition(out.bool(delete.recursive()), delete.condition());
        } else if (request instanceof Request.SetAcl set) {
            Fields.name(out.tag(21), set.name());
            out.optionalText(set.read()).optionalText(set.write()).optionalText(set.change());
            Fields.optional(out, set.aclGeneration(), WireWriter::number);
        } else if (request instanceof Request.OpenHandle open) {
            HandleFields.id(out.tag(23), open.handle());
            Fields.name(out, open.name());
            Fields.list(out, open.modes(), HandleFields::mode);
            Fields.list(out, open.events(), Values::type);
            Fields.optional(out, open.create(), HandleFields::creation);
            out.number(open.lockDelayMs());
        } else if (request instanceof Request.CloseHandle close) {
            HandleFields.id(out.tag(24), close.handle());
        } else if (request instanceof Request.Transaction transaction) {
            Fields.list(out.tag(20), transaction.guards(), TransactionFields::guard);
            Fields.list(out, transaction.then(), RequestCodec::request);
            Fields.list(out, transaction.otherwise(), RequestCodec::request);
        }
    }

    private static void read(WireWriter out, Request.Read request) {
        if (request instanceof Request.GetSession get) {
            out.tag(10).text(get.session());
        } else if (request instanceof Request.ListSessions list) {
            out.tag(11).number(list.limit()).text(list.after());
        } else if (request instanceof Request.GetLock get) {
            Fields.name(out.tag(12), get.name());
        } else if (request instanceof Request.ListLocks list) {
            Fields.name(out.tag(13), list.prefix());
            Fields.optional(out.number(list.limit()), list.after(), Fields::name);
        } else if (request instanceof Request.CheckSequencer check) {
            Values.sequencer(out.tag(14), check.sequencer());
        } else if (request instanceof Request.ReadFile read) {
            Fields.name(out.tag(15), read.name());
        } else if (request instanceof Request.GetStat get) {
            Fields.name(out.tag(16), get.name());
            out.bool(get.content());
        } else if (request instanceof Request.ListChildren list) {
            Fields.name(out.tag(17), list.name());
            out.number(list.limit()).text(list.after());
        } else if (request instanceof Request.ReadEvents read) {
            Fields.name(out.tag(19), read.name());
            Fields.optional(out.bool(read.recursive()), read.after(), Values::position);
            out.number(read.limit());
        } else if (request instanceof Request.GetAcl get) {
            Fields.name(out.tag(22), get.name());
        } else if (request instanceof Request.Cached cached) {
            read(out.tag(25), cached.read());
        } else if (request instanceof Request.GetCell) {
            out.tag(18);
        }
    }

    /** A transaction within another is none: who sends it could make reading endless. */
    private static Request operation(WireReader in) {
        Request operation = request(in);
        if (operation instanceof Request.Transaction) {
            throw new WireException("a transaction within a transaction");
        }
        return operation;
    }

    private static Request.Read cacheable(WireReader in) {
        Request read = request(in);
        if (read instanceof Request.ReadFile
                || read instanceof Request.GetStat
                || read instanceof Request.ListChildren) {
            return (Request.Read) read;
        }
        throw new WireException("not what can be cached");
    }

    private static Request request(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> new Request.KeepAlive(in.text(), in.number(), in.number());
            case 2 -> new Request.OpenSession(in.text(), in.text(), in.number(), Fields.map(in), in.bool());
            case 3 -> new Request.CloseSession(in.text(), in.number());
            case 4 ->
                new Request.Acquire(
                        Fields.name(in),
                        Values.mode(in),
                        in.number(),
                        in.bool(),
                        Values.creation(in),
                        in.text(),
                        in.number(),
                        Fields.optional(in, Values::sequencer));
            case 5 -> new Request.Release(Fields.name(in));
            case 6 -> new Request.ForceRelease(Fields.name(in));
            case 7 ->
                new Request.WriteFile(Fields.name(in), Values.content(in), Values.condition(in), in.bool(), in.bool());
            case 8 -> new Request.MakeDirectory(Fields.name(in), in.bool(), in.bool());
            case 9 -> new Request.DeleteNode(Fields.name(in), in.bool(), Values.condition(in));
            case 10 -> new Request.GetSession(in.text());
            case 11 -> new Request.ListSessions(in.smallNumber(), in.text());
            case 12 -> new Request.GetLock(Fields.name(in));
            case 13 -> new Request.ListLocks(Fields.name(in), in.smallNumber(), Fields.optional(in, Fields::name));
            case 14 -> new Request.CheckSequencer(Values.sequencer(in));
            case 15 -> new Request.ReadFile(Fields.name(in));
            case 16 -> new Request.GetStat(Fields.name(in), in.bool());
            case 17 -> new Request.ListChildren(Fields.name(in), in.smallNumber(), in.text());
            case 18 -> new Request.GetCell();
            case 19 ->
                new Request.ReadEvents(
                        Fields.name(in), in.bool(), Fields.optional(in, Values::position), in.smallNumber());
            case 20 ->
                new Request.Transaction(
                        Fields.list(in, TransactionFields::guard),
                        Fields.list(in, RequestCodec::operation),
                        Fields.list(in, RequestCodec::operation));
            case 21 ->
                new Request.SetAcl(
                        Fields.name(in),
                        in.optionalText(),
                        in.optionalText(),
                        in.optionalText(),
                        Fields.optional(in, WireReader::number));
            case 22 -> new Request.GetAcl(Fields.name(in));
            case 23 ->
                new Request.OpenHandle(
                        HandleFields.id(in),
                        Fields.name(in),
                        Fields.list(in, HandleFields::mode),
                        Fields.list(in, Values::type),
                        Fields.optional(in, HandleFields::creation),
                        in.number());
            case 24 -> new Request.CloseHandle(HandleFields.id(in));
            case 25 -> new Request.Cached(cacheable(in));
            case 26 -> new Request.Register(Fields.name(in), Values.content(in));
            case 40 -> new Request.AddReplica(in.smallNumber(), in.text(), in.smallNumber(), in.smallNumber());
            case 41 -> new Request.RemoveReplica(in.smallNumber(), in.bool());
            case 42 -> new Request.MoveLeader(in.smallNumber());
            default -> throw Fields.unknown("request", tag);
        };
    }
}

package io.lockservice.api.codec;

import io.lockservice.api.Request;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** The guards of transactions. Tags are part of the format: never reuse one. */
final class TransactionFields {
    private TransactionFields() {}

    static void guard(WireWriter out, Request.Guard guard) {
        if (guard instanceof Request.Guard.Exists exists) {
            Fields.name(out.tag(1), exists.name());
            out.bool(exists.exists());
        } else if (guard instanceof Request.Guard.Version version) {
            Fields.name(out.tag(2), version.name());
            Fields.optional(out, version.instance(), WireWriter::number);
            Fields.optional(out, version.contentGeneration(), WireWriter::number);
        } else if (guard instanceof Request.Guard.Valid valid) {
            Values.sequencer(out.tag(3), valid.sequencer());
        } else if (guard instanceof Request.Guard.Alive alive) {
            out.tag(4).text(alive.session());
        } else if (guard instanceof Request.Guard.Epoch epoch) {
            out.tag(5).number(epoch.epoch());
        }
    }

    static Request.Guard guard(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 1 -> new Request.Guard.Exists(Fields.name(in), in.bool());
            case 2 ->
                new Request.Guard.Version(
                        Fields.name(in),
                        Fields.optional(in, WireReader::number),
                        Fields.optional(in, WireReader::number));
            case 3 -> new Request.Guard.Valid(Values.sequencer(in));
            case 4 -> new Request.Guard.Alive(in.text());
            case 5 -> new Request.Guard.Epoch(in.number());
            default -> throw Fields.unknown("guard", tag);
        };
    }
}

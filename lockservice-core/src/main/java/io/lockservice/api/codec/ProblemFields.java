package io.lockservice.api.codec;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/** A problem: its code by label, so that codes can be added anywhere, its detail, its extras. */
final class ProblemFields {
    private ProblemFields() {}

    static void write(WireWriter out, Problem problem) {
        out.text(problem.code().label()).text(problem.detail());
        extras(out, problem.extras());
    }

    private static void extras(WireWriter out, Problem.Extras extras) {
        if (extras instanceof Problem.None) {
            out.tag(0);
        } else if (extras instanceof Problem.Field field) {
            out.tag(1).text(field.field());
        } else if (extras instanceof Problem.Held held) {
            Fields.list(out.tag(2), held.holders(), ReplyFields::holder);
            out.number(held.waiters());
        } else if (extras instanceof Problem.Current current) {
            Fields.optional(out.tag(3), current.stat(), Values::stat);
        } else if (extras instanceof Problem.Invalid invalid) {
            Values.reason(out.tag(4), invalid.reason());
        } else if (extras instanceof Problem.Limit limit) {
            out.tag(5).number(limit.limitBytes());
        } else if (extras instanceof Problem.Delayed delayed) {
            Fields.list(out.tag(6), delayed.tokens(), WireWriter::number);
            out.number(delayed.remainingMs());
        } else if (extras instanceof Problem.InOperation in) {
            extras(out.tag(9).number(in.index()), in.extras());
        } else if (extras instanceof Problem.Compacted compacted) {
            out.tag(8).number(compacted.oldestRevision());
        } else if (extras instanceof Problem.Owned owned) {
            out.tag(10).optionalText(owned.owner());
        } else if (extras instanceof Problem.Cycle cycle) {
            Fields.list(
                    out.tag(7),
                    cycle.cycle(),
                    (w, each) -> w.text(each.session()).text(each.client()).text(each.name()));
        }
    }

    static Problem read(WireReader in) {
        String label = in.text();
        ProblemCode code = ProblemCode.ofLabel(label).orElseThrow(() -> new WireException("unknown problem: " + label));
        return new Problem(code, in.text(), extras(in));
    }

    private static Problem.Extras extras(WireReader in) {
        int tag = in.tag();
        return switch (tag) {
            case 0 -> new Problem.None();
            case 1 -> new Problem.Field(in.text());
            case 2 -> new Problem.Held(Fields.list(in, ReplyFields::holder), in.smallNumber());
            case 3 -> new Problem.Current(Fields.optional(in, Values::stat));
            case 4 -> new Problem.Invalid(Values.reason(in));
            case 5 -> new Problem.Limit(in.number());
            case 6 -> new Problem.Delayed(Fields.list(in, WireReader::number), in.number());
            case 7 -> new Problem.Cycle(Fields.list(in, r -> new Problem.Waiting(r.text(), r.text(), r.text())));
            case 8 -> new Problem.Compacted(in.number());
            case 9 -> inOperation(in);
            case 10 -> new Problem.Owned(in.optionalText());
            default -> throw Fields.unknown("problem extras", tag);
        };
    }

    private static Problem.Extras inOperation(WireReader in) {
        int index = in.smallNumber();
        Problem.Extras inner = extras(in);
        if (inner instanceof Problem.InOperation) {
            throw new WireException("an operation within an operation");
        }
        return new Problem.InOperation(index, inner);
    }
}

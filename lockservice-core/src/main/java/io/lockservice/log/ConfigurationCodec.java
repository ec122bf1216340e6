package io.lockservice.log;

import io.lockservice.check.InvariantViolation;
import io.lockservice.wire.WireException;
import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** A configuration as bytes, inside something that has a format of its own. */
public final class ConfigurationCodec {
    private ConfigurationCodec() {}

    /** Writes it. */
    public static void write(WireWriter out, Configuration configuration) {
        out.number(configuration.members().size());
        for (Member member : configuration.members()) {
            out.number(member.id()).fixed64(member.incarnation()).bool(member.voter());
            out.text(member.host()).number(member.bus()).number(member.http());
        }
    }

    /** Reads it; throws {@link io.lockservice.wire.WireException} where it is none. */
    public static Configuration read(WireReader in) {
        int count = in.count();
        List<Member> members = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                members.add(new Member(
                        in.smallNumber(), in.fixed64(), in.bool(), in.text(), in.smallNumber(), in.smallNumber()));
            }
            return new Configuration(members);
        } catch (InvariantViolation senseless) {
            throw new WireException("no configuration: " + senseless.getMessage());
        }
    }
}

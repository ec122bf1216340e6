package io.lockservice.client.cli.node;

import io.lockservice.client.Operation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What makes a change conditional. */
final class WriteOptions {
    @Option(
            names = "--if-match",
            paramLabel = "VERSION",
            description = "only where this is the version there, such as 7.1, or any version: *")
    private @Nullable String ifMatch;

    @Option(
            names = "--sequencer",
            paramLabel = "SEQUENCER",
            description = "only while the lock is held that this sequencer stands for")
    private @Nullable String sequencer;

    /** The operation, refused where a condition does not hold. */
    Operation applied(Operation operation) {
        Operation conditional = operation;
        if (ifMatch != null) {
            boolean asIs = ifMatch.equals("*") || ifMatch.startsWith("\"");
            conditional = conditional.header("If-Match", asIs ? ifMatch : '"' + ifMatch + '"');
        }
        return sequencer == null ? conditional : conditional.fencedBy(sequencer);
    }

    boolean hasMatch() {
        return ifMatch != null;
    }
}

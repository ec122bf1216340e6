package io.lockservice.server.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a replica may answer is what it says of itself. */
final class FreshnessTest {
    private final ScriptedPort port = new ScriptedPort();
    private boolean known = true;
    private final Freshness freshness = new Freshness(port, Name.root("paris").child("services"), 1_234, () -> known);
    private final List<Boolean> told = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        ", true",
        "NO_SUCH_NODE, true",
        "PERMISSION_DENIED, true",
        "NOT_A_DIRECTORY, true",
        "TOO_STALE, false",
        "OVERLOADED, false",
        "NO_LEADER, false"
    })
    void onlyWhatIsTooOldOrCannotAnswerIsNot(ProblemCode refusal, boolean fresh) {
        port.refuse(refusal);
        freshness.whenKnown(told::add);
        assertEquals(List.of(fresh), told);
        assertEquals(1_234, port.maxStaleMs());
    }

    @Test
    void nothingIsKnownBeforeTheServicesWereRead() {
        known = false;
        freshness.whenKnown(told::add);
        known = true;
        freshness.whenKnown(told::add);
        assertEquals(List.of(false, true), told);
    }

    @Test
    void allWhoAskMeanwhileShareAnAnswer() {
        port.hold();
        freshness.whenKnown(told::add);
        freshness.whenKnown(told::add);
        assertEquals(2, freshness.waiting());
        // Who asks while others are told is not told what they are.
        freshness.whenKnown(fresh -> {
            port.hold();
            freshness.whenKnown(told::add);
        });
        assertEquals(1, port.calls());
        port.answer();
        assertEquals(List.of(true, true, true), told);
        assertEquals(2, port.calls());
        assertEquals(0, freshness.waiting());
    }
}

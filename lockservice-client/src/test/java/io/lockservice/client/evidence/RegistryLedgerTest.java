package io.lockservice.client.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The ledger notices what it is there to notice, and nothing else. Times are in ms. */
final class RegistryLedgerTest {
    private static final long MS = 1_000_000;
    private static final Place A = new Place("web", "a", 1);
    private static final Place A_AGAIN = new Place("web", "a", 2);
    private static final Place B = new Place("web", "b", 3);
    private static final Seen.View HTTP_1 = new Seen.View(Seen.Kind.HTTP, 1);
    private static final Seen.View HTTP_2 = new Seen.View(Seen.Kind.HTTP, 2);
    private static final Seen.View DNS_1 = new Seen.View(Seen.Kind.DNS, 1);
    private static final Seen.View COPY = new Seen.View(Seen.Kind.COPY, 0);

    private final RegistryLedger ledger = new RegistryLedger(
            new RegistryLedger.Bounds(250 * MS, 500 * MS, 5_000 * MS, 2_000 * MS, 250 * MS), (from, to) -> 0);
    private final RegistryLedger.Stay a = registered(A, 1_000);
    private final RegistryLedger.Stay b = registered(B, 1_000);

    private RegistryLedger.Stay registered(Place place, long atMs) {
        RegistryLedger.Stay stay = ledger.begins(place, (atMs - 100) * MS);
        stay.registered(atMs * MS);
        return stay;
    }

    private static Seen answer(Seen.View view, long atMs, Place... places) {
        return new Seen(
                view,
                atMs * MS,
                (atMs + 1) * MS,
                Seen.Outcome.ANSWER,
                Arrays.stream(places).collect(Collectors.toSet()),
                60_000);
    }

    private static Seen none(Seen.View view, long atMs, Seen.Outcome outcome) {
        return new Seen(view, atMs * MS, (atMs + 1) * MS, outcome, Set.of(), 0);
    }

    private void right(Seen... seen) {
        assertEquals(List.of(), ledger.wrong(List.of(seen)));
    }

    private void wrong(String what, Seen... seen) {
        List<String> found = ledger.wrong(List.of(seen));
        assertTrue(found.stream().anyMatch(line -> line.contains(what)), what + " is not among " + found);
    }

    @Test
    void whatIsRegisteredIsMissedAtOnceByHttpAndSoonInOtherViews() {
        right(answer(HTTP_1, 950), answer(HTTP_1, 960, A), answer(HTTP_1, 1_001, A, B));
        wrong("a:1 is missing", answer(HTTP_1, 1_001, B));
        right(answer(DNS_1, 1_249), answer(COPY, 1_499));
        wrong("b:3 is missing", answer(DNS_1, 1_251, A));
        wrong("b:3 is missing", answer(COPY, 1_501, A));
    }

    @Test
    void whoIsDeadMayBeShownForAsLongAsItsLeaseAndNotLonger() {
        a.mayEnd(3_000 * MS);
        a.goneBy(5_000 * MS);
        wrong("a:1 is missing", answer(HTTP_1, 2_990, B));
        right(answer(HTTP_1, 3_001, B));
        right(answer(HTTP_1, 4_999, A, B), answer(DNS_1, 5_249, A, B), answer(COPY, 5_499, A, B));
        wrong("a:1 is shown", answer(HTTP_1, 5_001, A, B));
        wrong("a:1 is shown", answer(DNS_1, 5_251, A, B));
        wrong("a:1 is shown", answer(COPY, 5_501, A, B));
    }

    @Test
    void whoIsEndedBeforeItsLeaseIsOverIsMissed() {
        a.mayEnd(5_000 * MS);
        a.goneBy(3_000 * MS);
        wrong("a:1 is missing", answer(HTTP_1, 3_500, B));
    }

    @Test
    void whatNobodyRegisteredIsNotShown() {
        wrong("a:2 is shown", answer(DNS_1, 2_000, A, A_AGAIN, B));
        wrong("a:1 is shown", answer(HTTP_1, 800, A));
    }

    @Test
    void oneThatWasStartedAgainTakesThePlaceOfTheOneBefore() {
        ledger.begins(A_AGAIN, 2_000 * MS).registered(2_100 * MS);
        a.mayEnd(2_000 * MS);
        a.goneBy(2_100 * MS);
        right(answer(HTTP_1, 2_050, A, B), answer(HTTP_1, 2_101, A_AGAIN, B), answer(DNS_1, 2_200, A, B));
        wrong("one instance twice", answer(HTTP_1, 2_050, A, A_AGAIN, B));
        wrong("a:2 is missing", answer(HTTP_1, 2_101, B));
        wrong("a:1 is shown", answer(HTTP_1, 2_101, A, B));
        wrong("a:1 comes back", answer(HTTP_1, 2_020, A_AGAIN, B), answer(HTTP_2, 2_040, A, B));
        wrong("a:1 comes back", answer(DNS_1, 2_020, A_AGAIN, B), answer(DNS_1, 2_240, A, B));
    }

    @Test
    void oneThatGoesOnIsThereAgain() {
        a.mayEnd(3_000 * MS);
        a.goneBy(4_000 * MS);
        RegistryLedger.Stay again = ledger.begins(A, 6_000 * MS);
        right(answer(HTTP_1, 4_001, B), answer(HTTP_1, 6_001, A, B), answer(HTTP_1, 6_050, A, B));
        wrong("a:1 is shown", answer(HTTP_1, 5_900, A, B));
        again.registered(6_100 * MS);
        wrong("a:1 is missing", answer(HTTP_1, 6_200, B));
    }

    @Test
    void whoIsNotAwayAnswers() {
        wrong("refused", none(DNS_1, 2_000, Seen.Outcome.REFUSED));
        wrong("no answer", none(HTTP_1, 2_000, Seen.Outcome.SILENCE));
        right(none(DNS_1, 2_000, Seen.Outcome.SILENCE));
        wrong(
                "no answer",
                none(DNS_1, 2_000, Seen.Outcome.SILENCE),
                none(DNS_1, 2_400, Seen.Outcome.SILENCE),
                none(DNS_1, 2_800, Seen.Outcome.SILENCE));
    }

    @Test
    void whoIsAwayOrHasNoLeaderNeedNotAnswer() {
        ledger.away(List.of(2), true, 2_000 * MS);
        ledger.starting(4_000 * MS);
        ledger.whole(5_000 * MS);
        right(none(HTTP_1, 2_001, Seen.Outcome.REFUSED), none(HTTP_2, 3_000, Seen.Outcome.SILENCE));
        wrong("refused", none(DNS_1, 2_500, Seen.Outcome.REFUSED));
        wrong("refused", none(HTTP_1, 5_300, Seen.Outcome.REFUSED));
        wrong("a:1 is missing", answer(new Seen.View(Seen.Kind.DNS, 2), 4_500, B));
    }

    @Test
    void withoutAMajorityDnsAnswersForAsLongAsItSays() {
        ledger.away(List.of(2, 3), true, 2_000 * MS);
        ledger.starting(9_000 * MS);
        right(answer(DNS_1, 4_200, A, B), none(DNS_1, 4_300, Seen.Outcome.REFUSED), answer(DNS_1, 9_001, A, B));
        wrong("too long", answer(DNS_1, 4_300, A, B));
    }

    @Test
    void aCopyNeverBlocksAndSaysHowOldItIs() {
        Seen slow = new Seen(COPY, 2_000 * MS, 2_300 * MS, Seen.Outcome.ANSWER, Set.of(A, B), 0);
        wrong("blocked", slow);
        ledger.away(List.of(1, 2, 3), true, 2_000 * MS);
        ledger.starting(9_000 * MS);
        Seen fresh = new Seen(COPY, 5_000 * MS, 5_000 * MS, Seen.Outcome.ANSWER, Set.of(A, B), 100);
        wrong("newer than", fresh);
        right(answer(COPY, 5_000, A, B));
        wrong("b:3 is missing", answer(COPY, 5_000, A));
    }

    @Test
    void aCopyKeepsUpAgainAsLongAfterTheCellWasAwayAsThatWasAway() {
        ledger.away(List.of(1, 2, 3), true, 2_000 * MS);
        ledger.starting(3_000 * MS);
        ledger.whole(4_000 * MS);
        b.mayEnd(3_800 * MS);
        b.goneBy(3_900 * MS);
        right(answer(COPY, 6_499, A, B));
        wrong("b:3 is shown", answer(COPY, 6_501, A, B));
    }
}

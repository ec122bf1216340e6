package io.lockservice.client.evidence;

import java.util.Set;

/**
 * One question and its answer.
 *
 * @param view who was asked
 * @param sentNanos when it was asked; the answer is of no earlier time
 * @param answeredNanos when the answer was there
 * @param outcome what came of it
 * @param places the instances, where they were told
 * @param ageMs how old the copy said that it is; 0 for others
 */
record Seen(View view, long sentNanos, long answeredNanos, Outcome outcome, Set<Place> places, long ageMs) {
    /** What can come of a question. */
    enum Outcome {
        /** The instances, of which there may be none. */
        ANSWER,
        /** SERVFAIL, or an error of the cell: ask another. */
        REFUSED,
        /** Nothing. */
        SILENCE
    }

    /**
     * Who was asked.
     *
     * @param kind how
     * @param replica which replica; 0 for a copy
     */
    record View(Kind kind, int replica) {
        @Override
        public String toString() {
            return kind + (replica == 0 ? "" : " " + replica);
        }
    }

    /** How it was asked. */
    enum Kind {
        /** {@code GET /v1/services/web}: linearizable. */
        HTTP,
        /** {@code SRV} records. */
        DNS,
        /** The client's copy. */
        COPY
    }
}

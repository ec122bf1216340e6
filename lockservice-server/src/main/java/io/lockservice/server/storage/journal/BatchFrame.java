package io.lockservice.server.storage.journal;

/**
 * Where a sound batch stands in a segment.
 *
 * @param offset of its head, in bytes from the start of the file
 * @param sequence its number
 * @param kind {@link BatchFraming#RECORDS} or {@link BatchFraming#SEAL}
 * @param payloadBytes length of its records
 */
record BatchFrame(int offset, long sequence, int kind, int payloadBytes) {
    /** Where its first record stands. */
    int payloadOffset() {
        return offset + BatchFraming.HEAD_BYTES;
    }

    /** Where its last record ends. */
    int payloadEnd() {
        return payloadOffset() + payloadBytes;
    }

    /** Where the next batch stands. */
    int end() {
        return offset + BatchFraming.frameBytes(payloadBytes);
    }
}

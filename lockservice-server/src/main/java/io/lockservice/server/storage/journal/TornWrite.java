package io.lockservice.server.storage.journal;

/**
 * An unfinished last write that was found at the end of the journal and cut away: nothing in it had been acknowledged.
 *
 * @param file the segment it was in
 * @param offset where it began, in bytes from the start of the file
 * @param lengthBytes how many bytes were overwritten with zeroes
 */
public record TornWrite(String file, long offset, long lengthBytes) {}

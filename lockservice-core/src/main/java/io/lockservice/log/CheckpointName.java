package io.lockservice.log;

/**
 * Names one checkpoint file among all of a cell: two with the same name have the same bytes.
 *
 * @param slot everything up to here is in it
 * @param lengthBytes of the file
 * @param fileHash of all its bytes
 */
public record CheckpointName(long slot, long lengthBytes, long fileHash) {}

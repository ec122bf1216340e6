package io.lockservice.client.node;

import org.jspecify.annotations.Nullable;

/**
 * Which ACLs a node names (Burrows, section 2.3): {@code x} is the file {@code /ls/<cell>/acl/x}, one principal a line; null
 * allows everybody.
 *
 * @param read who may read it
 * @param write who may write it and acquire its lock
 * @param change who may name other ACLs
 * @param aclGeneration grows with every change of these names
 */
public record Acl(
        @Nullable String read,
        @Nullable String write,
        @Nullable String change,
        long aclGeneration) {}

package io.lockservice.api;

import org.jspecify.annotations.Nullable;

/**
 * A node's metadata (Burrows, section 2.3). All numbers only grow.
 *
 * @param name the absolute name with the real cell's name
 * @param kind file or directory
 * @param ephemeral whether it goes with its owner
 * @param owner the session whose end removes an ephemeral node; null for permanent nodes, ephemeral
 *     lock nodes, and ephemeral directories that only their children keep
 * @param instance larger than that of any earlier node of the same name
 * @param contentGeneration 1 for a new file, one more with every accepted write; 0 for a directory
 * @param lockGeneration one more with every change of the lock from free to held
 * @param aclGeneration one more with every change of the ACL names
 * @param childGeneration one more with every child made or deleted; 0 for a file
 * @param checksum of the content alone: 64 bits
 * @param length of the content in bytes
 * @param childCount direct children
 * @param createdRevision the cell's revision that made the node
 * @param modifiedRevision the last revision that changed the content or a generation
 */
public record Stat(
        String name,
        NodeKind kind,
        boolean ephemeral,
        @Nullable String owner,
        long instance,
        long contentGeneration,
        long lockGeneration,
        long aclGeneration,
        long childGeneration,
        long checksum,
        int length,
        int childCount,
        long createdRevision,
        long modifiedRevision) {}

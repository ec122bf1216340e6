package io.lockservice.cell.table;

import io.lockservice.api.Content;
import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Sequencer;
import io.lockservice.api.Stat;
import io.lockservice.wire.Hash64;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory, and its lock. Every change gives a new node.
 *
 * @param name its name
 * @param kind file or directory
 * @param ephemeral whether it goes with its owner, unless others have it open; without an owner a file goes with the last
 *     who has it open, holds its lock or waits for it, a directory with the last who has it open and its last child
 * @param owner the living session whose end removes it, or null
 * @param instance the revision that made it
 * @param content empty for a directory
 * @param checksum FNV-1a, 64 bits, of the content alone; 0 for a directory
 * @param contentGeneration see {@link Stat}
 * @param childGeneration see {@link Stat}
 * @param childCount see {@link Stat}
 * @param modifiedRevision see {@link Stat}
 * @param lock its lock
 * @param acl its ACLs
 * @param aclGeneration see {@link Stat}
 */
public record Node(
        Name name,
        NodeKind kind,
        boolean ephemeral,
        @Nullable String owner,
        long instance,
        Content content,
        long checksum,
        long contentGeneration,
        long childGeneration,
        int childCount,
        long modifiedRevision,
        Lock lock,
        Acl acl,
        long aclGeneration) {
    /** A new directory; ephemeral where it has an owner. */
    public static Node directory(Name name, @Nullable String owner, long revision) {
        return new Node(
                name,
                NodeKind.DIRECTORY,
                owner != null,
                owner,
                revision,
                Content.EMPTY,
                0,
                0,
                0,
                0,
                revision,
                Lock.NEW,
                Acl.OPEN,
                0);
    }

    /** A new file; ephemeral where it has an owner. */
    public static Node file(Name name, @Nullable String owner, Content content, long revision) {
        return file(name, owner != null, owner, content, revision);
    }

    /** A new empty file that is there for its lock; ephemeral: until nobody holds or waits for it. */
    public static Node lockFile(Name name, boolean ephemeral, long revision) {
        return file(name, ephemeral, null, Content.EMPTY, revision);
    }

    private static Node file(Name name, boolean ephemeral, @Nullable String owner, Content content, long revision) {
        long checksum = Hash64.fnv1a(content.bytes());
        return new Node(
                name,
                NodeKind.FILE,
                ephemeral,
                owner,
                revision,
                content,
                checksum,
                1,
                0,
                0,
                revision,
                Lock.NEW,
                Acl.OPEN,
                0);
    }

    public boolean isDirectory() {
        return kind == NodeKind.DIRECTORY;
    }

    /** An ephemeral node that outlives its owner: a directory with children, a file whose lock is delayed, what others have open. */
    public Node orphaned() {
        return new Node(
                name,
                kind,
                ephemeral,
                null,
                instance,
                content,
                checksum,
                contentGeneration,
                childGeneration,
                childCount,
                modifiedRevision,
                lock,
                acl,
                aclGeneration);
    }

    public Node withContent(Content changed, long revision) {
        long changedChecksum = Hash64.fnv1a(changed.bytes());
        return new Node(
                name,
                kind,
                ephemeral,
                owner,
                instance,
                changed,
                changedChecksum,
                contentGeneration + 1,
                childGeneration,
                childCount,
                revision,
                lock,
                acl,
                aclGeneration);
    }

    /** With {@code more} children, which may be negative. */
    public Node withChildren(int more, long revision) {
        return new Node(
                name,
                kind,
                ephemeral,
                owner,
                instance,
                content,
                checksum,
                contentGeneration,
                childGeneration + 1,
                childCount + more,
                revision,
                lock,
                acl,
                aclGeneration);
    }

    /** With a changed lock; {@code revision} counts as a modification only where the lock generation changed. */
    public Node withLock(Lock changed, long revision) {
        return new Node(
                name,
                kind,
                ephemeral,
                owner,
                instance,
                content,
                checksum,
                contentGeneration,
                childGeneration,
                childCount,
                changed.generation() == lock.generation() ? modifiedRevision : revision,
                changed,
                acl,
                aclGeneration);
    }

    /** With the ACLs of the directory in which it is made. */
    public Node inheriting(Acl parents) {
        return withAcl(parents, aclGeneration, modifiedRevision);
    }

    /** With other ACLs. */
    public Node withAcl(Acl changed, long revision) {
        return withAcl(changed, aclGeneration + 1, revision);
    }

    private Node withAcl(Acl changed, long generation, long revision) {
        return new Node(
                name,
                kind,
                ephemeral,
                owner,
                instance,
                content,
                checksum,
                contentGeneration,
                childGeneration,
                childCount,
                revision,
                lock,
                changed,
                generation);
    }

    /** The largest number in it. */
    public long highestNumber() {
        long generations =
                Math.max(Math.max(contentGeneration, childGeneration), Math.max(lock.generation(), aclGeneration));
        return Math.max(generations, Math.max(instance, modifiedRevision));
    }

    /** As if revision {@code number} had made it anew: every number that it has goes up there, what is in it stays. */
    public Node risenTo(long number) {
        return new Node(
                name,
                kind,
                ephemeral,
                owner,
                number,
                content,
                checksum,
                isDirectory() ? 0 : number,
                isDirectory() ? number : 0,
                childCount,
                number,
                lock.risenTo(number),
                acl,
                number);
    }

    /** One of this node's holds as clients see it. */
    public Grant grant(Lock.Hold hold) {
        Sequencer sequencer = new Sequencer(name.path(), hold.mode(), instance, lock.generation(), hold.token());
        return new Grant(
                name.path(), hold.mode(), hold.session(), sequencer, hold.token(), lock.generation(), instance);
    }

    public Stat stat() {
        return new Stat(
                name.path(),
                kind,
                ephemeral,
                owner,
                instance,
                contentGeneration,
                lock.generation(),
                aclGeneration,
                childGeneration,
                checksum,
                content.length(),
                childCount,
                instance,
                modifiedRevision);
    }

    /** {@link #hash} where the content has the checksum it should have; 1 otherwise. */
    public long recomputedHash() {
        return isDirectory() || Hash64.fnv1a(content.bytes()) == checksum ? hash() : 1;
    }

    /** Of all that is in it, content by its checksum. */
    public long hash() {
        Hash64 hash = new Hash64();
        hash.add(name.path()).add(isDirectory() ? 1 : 0).add(ephemeral ? 1 : 0);
        hash.add(owner == null ? "" : owner).add(instance).add(checksum).add(content.length());
        hash.add(contentGeneration).add(childGeneration).add(childCount).add(modifiedRevision);
        hash.add(aclGeneration).add(text(acl.read())).add(text(acl.write())).add(text(acl.change()));
        hash.add(lock.generation()).add(lock.holders().size()).add(lock.queue().size());
        for (Lock.Hold hold : lock.holders()) {
            hash.add(hold.session()).add(hold.mode().label()).add(hold.token()).add(hold.note());
            hash.add(hold.delayMs());
        }
        for (Lock.Waiting place : lock.queue()) {
            hash.add(place.session())
                    .add(place.mode().label())
                    .add(place.ticket())
                    .add(place.note())
                    .add(place.waitMs())
                    .add(place.delayMs());
        }
        for (Lock.Delay delay : lock.delays()) {
            hash.add(delay.client()).add(delay.mode().label()).add(delay.token());
            hash.add(delay.generation()).add(delay.delayMs());
        }
        for (Lock.Ended each : lock.ended()) {
            hash.add(each.token()).add(each.reason().label());
        }
        return hash.value();
    }

    /** No name has a slash. */
    private static String text(@Nullable String acl) {
        return acl == null ? "/" : acl;
    }
}

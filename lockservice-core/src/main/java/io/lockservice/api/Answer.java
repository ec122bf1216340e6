package io.lockservice.api;

/**
 * A reply with what goes into every reply's headers.
 *
 * @param reply the reply
 * @param revision the cell's revision the reply reflects
 * @param epoch the cell's epoch
 * @param replica whose state the reply shows
 * @param leader the leader's replica id, 0 where none is known
 */
public record Answer(Reply reply, long revision, long epoch, int replica, int leader) {
    /** The same with another reply. */
    public Answer saying(Reply other) {
        return new Answer(other, revision, epoch, replica, leader);
    }
}

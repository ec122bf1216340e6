package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.repeat.Origin;

/** A host that surely leads; a test says what else it expects, and anything more fails it. */
abstract class SureLeader implements DutyHost {
    @Override
    public boolean propose(Command command) {
        throw new AssertionError("not expected: " + command);
    }

    @Override
    public boolean hasRoomToGrow() {
        return true;
    }

    @Override
    public void answer(Origin origin, Reply reply) {
        throw new AssertionError("not expected: " + reply);
    }

    @Override
    public Reply read(ClientCall call) {
        throw new AssertionError("not expected: " + call);
    }

    @Override
    public void administer(Origin origin, Request.Administer request) {
        throw new AssertionError("not expected: " + request);
    }

    @Override
    public boolean isElected() {
        return true;
    }

    @Override
    public boolean hasLease() {
        return true;
    }

    @Override
    public boolean ledAt(long sinceNanos) {
        return true;
    }

    @Override
    public void confirm() {
        throw new AssertionError("not expected: it leads for sure");
    }
}

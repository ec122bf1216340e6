package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.repeat.Origin;
import java.util.function.Predicate;

/** A host whose commands go through a gate first; the rest is as it was. */
record GatedHost(DutyHost host, Predicate<Command> gate) implements DutyHost {
    @Override
    public boolean propose(Command command) {
        return gate.test(command);
    }

    @Override
    public boolean hasRoomToGrow() {
        return host.hasRoomToGrow();
    }

    @Override
    public void answer(Origin origin, Reply reply) {
        host.answer(origin, reply);
    }

    @Override
    public Reply read(ClientCall call) {
        return host.read(call);
    }

    @Override
    public void administer(Origin origin, Request.Administer request) {
        host.administer(origin, request);
    }

    @Override
    public boolean isElected() {
        return host.isElected();
    }

    @Override
    public boolean hasLease() {
        return host.hasLease();
    }

    @Override
    public boolean ledAt(long sinceNanos) {
        return host.ledAt(sinceNanos);
    }

    @Override
    public void confirm() {
        host.confirm();
    }
}

package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.event.Inboxes;
import io.lockservice.check.Check;
import io.lockservice.check.InvariantViolation;
import org.jspecify.annotations.Nullable;

/** Carries out commands: whether a client's call is a repeat, and may be done at all, and by which part it is done. */
final class Execution {
    private final State state;
    private final Repeats repeats;
    private final Permissions permissions;
    private final LockWrites locks;
    private final NodeWrites nodes;
    private final SessionWrites sessions;
    private final HandleWrites handles;
    private final Inboxes inboxes;
    private final Transactions transactions;

    Execution(State state, Repeats repeats, Permissions permissions, Inboxes inboxes, int maxContentBytes) {
        this.state = state;
        this.repeats = repeats;
        this.permissions = permissions;
        locks = new LockWrites(state);
        nodes = new NodeWrites(state, maxContentBytes);
        sessions = new SessionWrites(state);
        handles = new HandleWrites(state, nodes);
        this.inboxes = inboxes;
        transactions = new Transactions(state, this::write);
    }

    /** Does what {@code command} says; the reply is null where no client asked. */
    @Nullable
    Reply execute(Command command, Change change) {
        if (command instanceof Command.Client client) {
            return client.epoch() == state.epoch() ? onceForOrigin(client, change) : null;
        } else if (command instanceof Command.StartEpoch) {
            state.startEpoch(change);
        } else if (command instanceof Command.ExpireSessions expire) {
            if (expire.epoch() == state.epoch()) {
                sessions.expire(expire.sessions(), change);
            }
        } else if (command instanceof Command.Withdraw withdraw) {
            locks.withdraw(withdraw, change);
        } else if (command instanceof Command.EndLockDelay end) {
            locks.endDelay(end, change);
        } else if (command instanceof Command.RetireKeys retire && retire.epoch() == state.epoch()) {
            repeats.retireKeys(retire.throughRevision(), change);
        } else if (command instanceof Command.StretchLeases stretch && stretch.epoch() == state.epoch()) {
            state.stretchLeases(stretch.stretched());
        } else if (command instanceof Command.AcknowledgeEvents acknowledge) {
            acknowledge.seqs().forEach(inboxes::acknowledge);
        } else if (command instanceof Command.Invalidate invalidate) {
            for (Command.Invalidate.Copies copies : invalidate.copies()) {
                SessionEvent.Notice notice =
                        new SessionEvent.Invalidate(copies.name().path());
                copies.sessions().forEach(session -> change.tell(session, notice));
            }
        }
        repeats.learn(change);
        return null;
    }

    /** A call that the same replica process has sent before is not executed again (Burrows, section 2.9: fail-over). */
    private Reply onceForOrigin(Command.Client command, Change change) {
        Reply before = repeats.of(command.origin());
        if (before != null) {
            return before;
        }
        Reply reply = onceForKey(command.call(), change);
        repeats.remember(command, reply);
        return reply;
    }

    /** A call whose idempotency key was used before is not executed again. */
    private Reply onceForKey(ClientCall call, Change change) {
        Reply before = repeats.of(call);
        if (before != null) {
            return before;
        }
        Reply reply = admit(call, change);
        repeats.learn(change);
        repeats.remember(call, reply, change);
        return reply;
    }

    private Reply admit(ClientCall call, Change change) {
        if (call.session() != null && !state.sessions().isAlive(call.session())) {
            return new Reply.Failed(Problem.sessionExpired(call.session()));
        }
        Problem refusal = refusal(call);
        if (refusal != null) {
            return new Reply.Failed(refusal);
        }
        InvalidSequencer reason = call.sequencer() == null ? null : state.whyInvalid(call.sequencer());
        if (reason != null) {
            return new Reply.Failed(new Problem(
                    ProblemCode.SEQUENCER_INVALID,
                    "nothing was done: the lock that this sequencer stands for is no longer held (" + reason.label()
                            + ")",
                    new Problem.Invalid(reason)));
        }
        if (call.session() == null && needsSession(call.request())) {
            return new Reply.Failed(new Problem(
                    ProblemCode.SESSION_REQUIRED,
                    "open a session with POST /v1/sessions and name it in the header Lockservice-Session"));
        }
        return write(call.request(), call, change);
    }

    private static boolean needsSession(Request request) {
        return (request instanceof Request.Transaction transaction
                        && transaction.operations().anyMatch(Execution::needsSession))
                || request instanceof Request.Acquire
                || request instanceof Request.Release
                || request instanceof Request.OpenHandle
                || request instanceof Request.Register
                || (request instanceof Request.WriteFile write && write.ephemeral())
                || (request instanceof Request.MakeDirectory make && make.ephemeral());
    }

    private Reply write(Request request, ClientCall call, Change change) {
        Problem denied = permissions.denied(request, call);
        return denied == null ? permitted(request, call, change) : new Reply.Failed(denied);
    }

    /** Why a read through a handle of a living session may not be done; null where it may. */
    @Nullable
    Problem refusal(ClientCall call) {
        return call.handle() == null ? null : handles.refusal(call);
    }

    private Reply permitted(Request request, ClientCall call, Change change) {
        String session = call.session();
        if (request instanceof Request.Acquire acquire) {
            return locks.acquire(
                    handles.completed(acquire, call), Check.present(session, "acquiring needs a session"), change);
        } else if (request instanceof Request.Release release) {
            return locks.release(release.name(), Check.present(session, "releasing needs a session"), change);
        } else if (request instanceof Request.ForceRelease release) {
            return locks.forceRelease(release.name(), change);
        } else if (request instanceof Request.WriteFile file) {
            return nodes.writeFile(file, session, change);
        } else if (request instanceof Request.Register register) {
            return nodes.register(register, Check.present(session, "registering needs a session"), change);
        } else if (request instanceof Request.MakeDirectory directory) {
            return nodes.makeDirectory(directory, session, change);
        } else if (request instanceof Request.DeleteNode delete) {
            return nodes.delete(delete, change);
        } else if (request instanceof Request.SetAcl set) {
            return nodes.setAcl(set, change);
        } else if (request instanceof Request.OpenHandle open) {
            return handles.open(open, call, change);
        } else if (request instanceof Request.CloseHandle close) {
            return handles.close(close, change);
        } else if (request instanceof Request.OpenSession open) {
            return sessions.open(open, change);
        } else if (request instanceof Request.CloseSession close) {
            return sessions.close(close, change);
        } else if (request instanceof Request.Transaction transaction) {
            return transactions.transact(transaction, call, change);
        } else if (request instanceof Request.GetStat read) {
            return new Queries(state).answer(read, name -> true, Elapsed.UNKNOWN);
        }
        throw new InvariantViolation("only writes are commands, not " + request);
    }
}

package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.table.Handle;
import io.lockservice.cell.table.Node;
import io.lockservice.check.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opening and closing nodes, and what may be done through a handle (Burrows, sections 2.3 and 2.6). */
final class HandleWrites {
    private final State state;
    private final NodeWrites nodes;

    HandleWrites(State state, NodeWrites nodes) {
        this.state = state;
        this.nodes = nodes;
    }

    Reply open(Request.OpenHandle request, ClientCall call, Change change) {
        Name name = request.name();
        Handle before = state.handles().find(request.handle());
        if (before != null) {
            state.close(before, change);
        }
        Node node = state.namespace().find(name);
        Request.OpenHandle.Creation create = request.create();
        if (node == null && create == null) {
            return failed(Problem.noSuchNode(name));
        }
        Problem obstacle = node != null && create != null ? whyNot(node, create) : null;
        if (obstacle != null) {
            return failed(obstacle);
        }
        if (node == null) {
            Reply made = nodes.create(name, Check.present(create, "looked at above"), request.handle(), change);
            if (made instanceof Reply.Failed) {
                return made;
            }
        }
        Node opened = state.namespace().at(name);
        state.open(
                new Handle(
                        request.handle(),
                        call.principal(),
                        name,
                        opened.instance(),
                        request.modes(),
                        request.events(),
                        request.lockDelayMs()),
                change);
        return new Reply.HandleOpened(request.handle(), node == null, opened.stat());
    }

    private static @Nullable Problem whyNot(Node node, Request.OpenHandle.Creation create) {
        if (create.must()) {
            return new Problem(
                    ProblemCode.NODE_EXISTS,
                    "'" + node.name() + "' exists; open it without must, or choose another name");
        }
        if (create.kind() == NodeKind.FILE && node.isDirectory()) {
            return NodeWrites.notAFile(node.name());
        }
        return create.kind() == NodeKind.DIRECTORY && !node.isDirectory()
                ? new Problem(ProblemCode.NOT_A_DIRECTORY, "'" + node.name() + "' is a file; open it as one")
                : null;
    }

    /** Close never fails (Burrows, section 2.6). */
    Reply close(Request.CloseHandle request, Change change) {
        Handle handle = state.handles().find(request.handle());
        if (handle != null) {
            state.close(handle, change);
        }
        return new Reply.Done();
    }

    /** Why {@code call}, which is made through a handle of a living session, may not be done; null where it may. */
    @Nullable
    Problem refusal(ClientCall call) {
        HandleId id = Check.present(call.handle(), "only calls through a handle are looked at");
        Handle handle = state.handles().find(id);
        Name name = call.request() instanceof Request.OfNode of ? of.name() : null;
        if (name == null) {
            return Problem.badField("handle", "a handle is for requests about its node alone; leave it out");
        } else if (handle == null) {
            return new Problem(
                    ProblemCode.NOT_FOUND,
                    "there is no such handle: it was closed, or never opened; open the node again");
        } else if (!handle.principal().equals(call.principal())) {
            return new Problem(
                    ProblemCode.PERMISSION_DENIED,
                    "the handle was opened by another principal; open the node yourself");
        } else if (!handle.name().equals(name)) {
            return Problem.badField(
                    "handle", "the handle is one of '" + handle.name() + "', not of '" + name + "'; open that node");
        }
        Node node = state.namespace().find(name);
        if (node == null || node.instance() != handle.instance()) {
            return new Problem(
                    ProblemCode.NO_SUCH_NODE,
                    "the node '" + name + "' that was opened has been deleted" + (node == null ? "" : ", and made anew")
                            + "; open it again");
        }
        List<HandleMode> needed = needed(call.request());
        return handle.modes().stream().anyMatch(needed::contains)
                ? null
                : new Problem(
                        ProblemCode.PERMISSION_DENIED,
                        "the handle was not opened for that; open the node with the mode '"
                                + needed.get(0).label() + "'");
    }

    /** With what the handle of {@code call} says where the request itself says nothing. */
    Request.Acquire completed(Request.Acquire request, ClientCall call) {
        Handle handle = call.handle() == null || request.lockDelayMs() > 0
                ? null
                : state.handles().find(call.handle());
        return handle == null ? request : request.withLockDelayMs(handle.lockDelayMs());
    }

    /** One of these modes. */
    private static List<HandleMode> needed(Request request) {
        if (request instanceof Request.GetLock) {
            return List.of(HandleMode.READ, HandleMode.LOCK);
        } else if (request instanceof Request.Read) {
            return List.of(HandleMode.READ);
        } else if (request instanceof Request.Acquire || request instanceof Request.Release) {
            return List.of(HandleMode.LOCK);
        }
        return request instanceof Request.SetAcl || request instanceof Request.ForceRelease
                ? List.of(HandleMode.CHANGE_ACL)
                : List.of(HandleMode.WRITE);
    }

    private static Reply failed(Problem problem) {
        return new Reply.Failed(problem);
    }
}

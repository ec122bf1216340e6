package io.lockservice.cell;

import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.table.Acl;
import io.lockservice.cell.table.Node;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writing files, making directories, deleting (Burrows, section 2.3). A condition is looked at last: as in HTTP (RFC
 * 9110, section 13.2.1) it does not matter where the request would be refused without it.
 */
final class NodeWrites {
    private final State state;
    private final int maxContentBytes;

    NodeWrites(State state, int maxContentBytes) {
        this.state = state;
        this.maxContentBytes = maxContentBytes;
    }

    /** {@code session} owns the file if the request makes an ephemeral one. */
    Reply writeFile(Request.WriteFile request, @Nullable String session, Change change) {
        Name name = request.name();
        if (request.content().length() > maxContentBytes) {
            return failed(tooLarge(request.content()));
        }
        Node node = state.namespace().find(name);
        if (node != null && node.isDirectory()) {
            return failed(notAFile(name));
        }
        Problem obstacle = node == null ? state.whyNoParents(name, request.parents()) : null;
        if (obstacle == null) {
            obstacle = mismatch(request.condition(), name, node);
        }
        if (obstacle != null) {
            return failed(obstacle);
        }
        if (node != null) {
            return rewritten(node, request.content(), change);
        }
        String owner = request.ephemeral() ? session : null;
        return made(name, instance -> Node.file(name, owner, request.content(), instance), change);
    }

    /**
     * A program that was started anew under its old client name does not wait until its old session is over: the entry of that
     * one is replaced, as another node.
     */
    Reply register(Request.Register request, String session, Change change) {
        Name name = request.name();
        if (request.content().length() > maxContentBytes) {
            return failed(tooLarge(request.content()));
        }
        Node node = state.namespace().find(name);
        if (node != null && node.isDirectory()) {
            return failed(notAFile(name));
        } else if (node != null && session.equals(node.owner())) {
            return rewritten(node, request.content(), change);
        } else if (node != null && !isOfSameClient(node.owner(), session)) {
            return failed(new Problem(
                    ProblemCode.NODE_EXISTS,
                    node.owner() == null
                            ? "'" + name
                                    + "' is not registered by a session that lives; choose another name or delete it"
                            : "'" + name + "' is registered by session '" + node.owner() + "'; choose another name, or"
                                    + " open your session with the same client as that one",
                    new Problem.Owned(node.owner())));
        }
        Problem obstacle = state.whyNoParents(name, true);
        if (obstacle != null) {
            return failed(obstacle);
        }
        if (node != null) {
            state.remove(node, change);
        }
        return made(name, instance -> Node.file(name, session, request.content(), instance), change);
    }

    private boolean isOfSameClient(@Nullable String owner, String session) {
        String client = state.sessions().clientOf(session);
        return owner != null
                && !client.isEmpty()
                && client.equals(state.sessions().clientOf(owner));
    }

    private Reply rewritten(Node node, Content content, Change change) {
        state.namespace().put(node.withContent(content, change.revision()));
        change.event(Event.Type.CONTENT_CHANGED, node.name(), null, 0);
        return new Reply.Written(state.namespace().at(node.name()).stat(), false);
    }

    private Problem tooLarge(Content content) {
        return new Problem(
                ProblemCode.CONTENT_TOO_LARGE,
                "the content has " + content.length() + " bytes; at most " + maxContentBytes + " are allowed",
                new Problem.Limit(maxContentBytes));
    }

    /** Makes the node that {@code handle} is to be opened for. */
    Reply create(Name name, Request.OpenHandle.Creation creation, HandleId handle, Change change) {
        return creation.kind() == NodeKind.DIRECTORY
                ? makeDirectory(new Request.MakeDirectory(name, creation.ephemeral(), false), handle.session(), change)
                : writeFile(
                        new Request.WriteFile(name, creation.content(), Condition.NONE, false, creation.ephemeral()),
                        handle.session(),
                        change);
    }

    /** {@code session} owns the directory if it is to be ephemeral. */
    Reply makeDirectory(Request.MakeDirectory request, @Nullable String session, Change change) {
        Name name = request.name();
        Node node = state.namespace().find(name);
        if (node != null) {
            return request.parents() && node.isDirectory()
                    ? new Reply.Written(node.stat(), false)
                    : failed(new Problem(
                            ProblemCode.NODE_EXISTS, "'" + name + "' exists; use it as it is or choose another name"));
        }
        Problem obstacle = state.whyNoParents(name, request.parents());
        if (obstacle != null) {
            return failed(obstacle);
        }
        String owner = request.ephemeral() ? session : null;
        return made(name, instance -> Node.directory(name, owner, instance), change);
    }

    private Reply made(Name name, LongFunction<Node> node, Change change) {
        state.createParents(name, change);
        state.create(name, node, change);
        return new Reply.Written(state.namespace().at(name).stat(), true);
    }

    Reply delete(Request.DeleteNode request, Change change) {
        Name name = request.name();
        if (state.namespace().isRoot(name)) {
            return failed(Problem.badField("name", "the root directory of a cell cannot be deleted"));
        }
        Node node = state.namespace().find(name);
        if (node == null) {
            return failed(Problem.noSuchNode(name));
        }
        if (node.childCount() > 0 && !request.recursive()) {
            return failed(new Problem(
                    ProblemCode.NOT_EMPTY,
                    "'" + name + "' is not empty (children: " + node.childCount()
                            + "); delete what is in it first, or use recursive=true"));
        }
        Problem obstacle = mismatch(request.condition(), name, node);
        if (obstacle != null) {
            return failed(obstacle);
        }
        for (Name each : state.namespace().subtree(name)) {
            // A directory whose owner is gone has already left with its last child.
            Node doomed = state.namespace().find(each);
            if (doomed != null) {
                state.remove(doomed, change);
            }
        }
        return new Reply.Done();
    }

    Reply setAcl(Request.SetAcl request, Change change) {
        Node node = state.namespace().find(request.name());
        if (node == null) {
            return failed(Problem.noSuchNode(request.name()));
        }
        if (request.aclGeneration() != null && request.aclGeneration() != node.aclGeneration()) {
            return failed(new Problem(
                    ProblemCode.GENERATION_MISMATCH,
                    "the ACLs of '" + node.name() + "' are at generation " + node.aclGeneration()
                            + " now; read, decide, try again",
                    new Problem.Current(node.stat())));
        }
        Acl acl = new Acl(request.read(), request.write(), request.change());
        Node changed = node.withAcl(acl.equals(Acl.OPEN) ? Acl.OPEN : acl, change.revision());
        state.namespace().put(changed);
        change.event(Event.Type.ACL_CHANGED, node.name(), null, 0);
        return aclOf(changed);
    }

    static Reply.Acl aclOf(Node node) {
        return new Reply.Acl(node.acl().read(), node.acl().write(), node.acl().change(), node.aclGeneration());
    }

    /** Why the node is not as a condition wants it; null where it is. */
    static @Nullable Problem mismatch(Condition condition, Name name, @Nullable Node node) {
        boolean fits = node == null
                ? condition.match() == null && !condition.mustExist()
                : !condition.mustBeAbsent() && matches(condition, node);
        if (fits) {
            return null;
        }
        String detail = node == null
                ? "there is no node '" + name + "' any more; read, decide, try again"
                : "'" + name + "' is at \"" + node.instance() + "." + node.contentGeneration()
                        + "\" now; read, decide, try again";
        return new Problem(
                ProblemCode.GENERATION_MISMATCH, detail, new Problem.Current(node == null ? null : node.stat()));
    }

    private static boolean matches(Condition condition, Node node) {
        return condition.match() == null
                || condition.match().contains(new Condition.Version(node.instance(), node.contentGeneration()));
    }

    static Problem notAFile(Name name) {
        return new Problem(ProblemCode.NOT_A_FILE, "'" + name + "' is a directory and has no content");
    }

    private static Reply failed(Problem problem) {
        return new Reply.Failed(problem);
    }
}

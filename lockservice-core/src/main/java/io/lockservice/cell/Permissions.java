package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Content;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.table.Acl;
import io.lockservice.cell.table.Node;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what (Burrows, section 2.3). ACLs are files, so that they are kept, watched and protected like any other. A file
 * that is not there lists nobody.
 */
final class Permissions {
    private static final String DIRECTORY = "acl";

    private final State state;

    /** By name of the ACL; only looked up. */
    private final Map<String, Listed> listed = new HashMap<>();

    /** What a content lists. Not known by a file's numbers: a transaction that is undone gives them back. */
    private record Listed(Content content, Set<String> principals) {}

    Permissions(State state) {
        this.state = state;
    }

    /**
     * Why whoever makes {@code call} may not do {@code request}, which is all of it or an operation of its transaction; null
     * where it may. Through a handle it may: that was looked at when it was opened, but for what is below its node.
     */
    @Nullable
    Problem denied(Request request, ClientCall call) {
        if (call.handle() != null && !(request instanceof Request.DeleteNode delete && delete.recursive())) {
            return null;
        }
        return request instanceof Request.Write write
                ? denied(write, call.principal())
                : denied((Request.Read) request, call.principal());
    }

    private @Nullable Problem denied(Request.Write request, String principal) {
        if (request instanceof Request.Acquire acquire) {
            return denied(nearest(acquire.name()), Acl.Right.WRITE, principal);
        } else if (request instanceof Request.ForceRelease release) {
            return denied(nearest(release.name()), Acl.Right.CHANGE, principal);
        } else if (request instanceof Request.WriteFile write) {
            return denied(nearest(write.name()), Acl.Right.WRITE, principal);
        } else if (request instanceof Request.Register register) {
            return denied(nearest(register.name()), Acl.Right.WRITE, principal);
        } else if (request instanceof Request.MakeDirectory make) {
            return denied(nearest(make.name()), Acl.Right.WRITE, principal);
        } else if (request instanceof Request.SetAcl set) {
            return denied(nearest(set.name()), Acl.Right.CHANGE, principal);
        }
        if (request instanceof Request.OpenHandle open) {
            return openingDenied(open, principal);
        }
        if (request instanceof Request.Transaction transaction) {
            return guardsDenied(transaction, principal);
        }
        return request instanceof Request.DeleteNode delete ? deletionDenied(delete, principal) : null;
    }

    /** For every mode in which it is opened, and for making it; whoever is told of events has to be allowed to see them. */
    private @Nullable Problem openingDenied(Request.OpenHandle open, String principal) {
        EnumSet<Acl.Right> rights = EnumSet.noneOf(Acl.Right.class);
        for (HandleMode mode : open.modes()) {
            rights.add(
                    switch (mode) {
                        case READ -> Acl.Right.READ;
                        case WRITE, LOCK -> Acl.Right.WRITE;
                        case CHANGE_ACL -> Acl.Right.CHANGE;
                    });
        }
        if (!open.events().isEmpty()) {
            rights.add(Acl.Right.READ);
        }
        if (open.create() != null && state.namespace().find(open.name()) == null) {
            rights.add(Acl.Right.WRITE);
        }
        for (Acl.Right right : rights) {
            Problem problem = denied(nearest(open.name()), right, principal);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** What is asked of a node one has to be allowed to see; the operations are looked at one by one. */
    private @Nullable Problem guardsDenied(Request.Transaction transaction, String principal) {
        for (Request.Guard guard : transaction.guards()) {
            Name name = null;
            if (guard instanceof Request.Guard.Exists exists) {
                name = exists.name();
            } else if (guard instanceof Request.Guard.Version version) {
                name = version.name();
            }
            Problem problem = name == null ? null : mayNotSee(name, principal);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** All that would go has to be one's to write. */
    private @Nullable Problem deletionDenied(Request.DeleteNode delete, String principal) {
        if (!delete.recursive()) {
            return denied(nearest(delete.name()), Acl.Right.WRITE, principal);
        }
        for (Name each : state.namespace().subtree(delete.name())) {
            Problem problem = denied(nearest(each), Acl.Right.WRITE, principal);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private @Nullable Problem denied(Request.Read request, String principal) {
        if (request instanceof Request.ReadFile read) {
            return mayNotSee(read.name(), principal);
        } else if (request instanceof Request.GetStat get) {
            return mayNotSee(get.name(), principal);
        } else if (request instanceof Request.ListChildren list) {
            return mayNotSee(list.name(), principal);
        } else if (request instanceof Request.GetLock get) {
            return mayNotSee(get.name(), principal);
        } else if (request instanceof Request.GetAcl get) {
            return mayNotSee(get.name(), principal);
        }
        return request instanceof Request.ReadEvents read ? mayNotSee(read.name(), principal) : null;
    }

    private @Nullable Problem mayNotSee(Name name, String principal) {
        return denied(nearest(name), Acl.Right.READ, principal);
    }

    /** Whether {@code principal} may see the node, or where it is gone the directory in which it was. */
    boolean maySee(Name name, String principal) {
        return mayNotSee(name, principal) == null;
    }

    /** Whether {@code principal} may hear of an event. */
    boolean maySee(Event event, String principal) {
        return event.name() == null || maySee(new Name(event.name()), principal);
    }

    /** The node, or the first above it that is there: what is made anew takes over from it. */
    private Node nearest(Name name) {
        Node node = state.namespace().find(name);
        Name above = name.parent();
        return node != null
                ? node
                : above == null ? state.namespace().at(state.namespace().root()) : nearest(above);
    }

    private @Nullable Problem denied(Node node, Acl.Right right, String principal) {
        String acl = node.acl().of(right);
        if (acl == null || principals(acl).contains(principal)) {
            return null;
        }
        if (right == Acl.Right.READ && principal.equals(ClientCall.REPLICA)) {
            return null;
        }
        return new Problem(
                ProblemCode.PERMISSION_DENIED,
                "'" + principal + "' is not listed in the ACL '" + acl + "' that '" + node.name()
                        + "' names for those who may " + right.name().toLowerCase(Locale.ROOT)
                        + "; ask whoever may write the file '" + fileOf(acl) + "'");
    }

    private Set<String> principals(String acl) {
        Node file = state.namespace().find(fileOf(acl));
        if (file == null || file.isDirectory()) {
            return Set.of();
        }
        Listed known = listed.get(acl);
        if (known == null || !known.content().equals(file.content())) {
            known = new Listed(file.content(), new LinkedHashSet<>());
            String text = new String(file.content().bytes(), StandardCharsets.UTF_8);
            text.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(known.principals()::add);
            listed.put(acl, known);
        }
        return known.principals();
    }

    private Name fileOf(String acl) {
        return state.namespace().root().child(DIRECTORY).child(acl);
    }
}

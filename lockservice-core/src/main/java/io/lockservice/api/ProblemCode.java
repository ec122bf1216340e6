package io.lockservice.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be wrong, with its HTTP status, a title, and an explanation for a person. {@code kept} says whether the
 * replicated state decided it, so that a repeat with the same idempotency key gets it again.
 */
public enum ProblemCode {
    BAD_REQUEST(400, false, "The request is not valid", "`field` names what is wrong; `detail` says what is allowed."),
    BAD_NAME(
            400,
            false,
            "Not a valid name",
            "A name is /ls/<cell>/<component>/...: components of 1 to 255 bytes without '/' and control characters,"
                    + " not '.' or '..'; at most 1,024 bytes and 32 components in all."),
    PERMISSION_DENIED(
            403,
            true,
            "Permission denied",
            "An ACL of the node does not list you. GET /v1/acls/<name> names its ACLs; the file /ls/<cell>/acl/<ACL> lists who"
                    + " is allowed, one principal a line."),
    NO_SUCH_NODE(404, true, "There is no such node", "Make it first, or ask for parents to be made (?parents=true)."),
    NOT_FOUND(404, false, "There is no such resource", "Look at the list of resources in the API documentation."),
    METHOD_NOT_ALLOWED(405, false, "Method not allowed", "The Allow header lists what this resource can do."),
    NOT_ACCEPTABLE(406, false, "Not acceptable", "Accept application/json or leave the header out."),
    UNSUPPORTED_MEDIA_TYPE(
            415,
            false,
            "Unsupported media type",
            "Send JSON as Content-Type: application/json, or leave the header out."),
    LOCK_HELD(
            409,
            true,
            "The lock is held",
            "`holders` says by whom. Wait for it with waitMs, or ask again later with the same session."),
    LOCK_DELAYED(
            409,
            true,
            "The lock is kept free for a while",
            "Whoever held it expired, and may have requests under way. `remainingMs` says for how long: wait with waitMs,"
                    + " or ask again then."),
    DEADLOCK(
            409,
            true,
            "The wait would never end",
            "`cycle` lists who waits for what: release one of these locks, or take locks always in the same order."),
    NOT_HELD(
            409,
            true,
            "The lock is not held by this session",
            "Only what a session holds or waits for can be released."),
    NODE_EXISTS(409, true, "The node exists", "Use another name, or write to the node that is there."),
    NOT_EMPTY(409, true, "The directory is not empty", "Delete its children first, or ask for ?recursive=true."),
    NOT_A_FILE(409, true, "Not a file", "The name is a directory: it has children but no content."),
    NOT_A_DIRECTORY(409, true, "Not a directory", "The name, or one above it, is a file: it cannot have children."),
    CHANGE_IN_PROGRESS(
            409,
            false,
            "Another change of the replicas is in progress",
            "One replica is added or removed at a time: see GET /v1/cell, and try again once no learner is left."),
    REPLICA_EXISTS(409, false, "There is a replica with that id", "Use another id, or remove that replica first."),
    REPLICA_UNAVAILABLE(
            409,
            false,
            "The replica cannot lead now",
            "It does not answer, does not vote, or is too far behind: see GET /v1/cell, and choose another."),
    QUORUM_AT_RISK(
            409,
            false,
            "The cell could lose its quorum",
            "Bring back the replicas that are away first; ?force=true removes this one all the same."),
    SESSION_EXPIRED(
            410,
            true,
            "The session is over",
            "Its lease ran out, it was closed, or it never was. Whatever it held is gone: open a new session."),
    COMPACTED(
            410,
            false,
            "These events are no longer kept",
            "`oldestRevision` is the oldest `since` that can be answered. Read what there is now, and go on from the"
                    + " Lockservice-Revision of that answer."),
    UPGRADE_REQUIRED(
            426,
            false,
            "This needs a WebSocket",
            "Open it with Upgrade: websocket; what goes through a channel can be asked for by HTTP as well."),
    GENERATION_MISMATCH(
            412,
            true,
            "The node is not at the expected generation",
            "`stat` is what is there now: read, decide, try again."),
    SEQUENCER_INVALID(
            412,
            true,
            "The sequencer is not valid",
            "`reason` says why. Whoever sent it no longer holds the lock and must stop."),
    CONTENT_TOO_LARGE(413, false, "The content is too large", "`limit` is the largest size allowed, in bytes."),
    WRONG_CELL(421, false, "The name is in another cell", "Ask a replica of that cell, or use the alias 'local'."),
    IDEMPOTENCY_MISMATCH(
            422,
            false,
            "The idempotency key was used for another request",
            "A key names one request: use a new key for a new request."),
    SESSION_REQUIRED(
            428,
            false,
            "A session is required",
            "Open one with POST /v1/sessions and name it in the header Lockservice-Session."),
    NO_LEADER(
            503,
            false,
            "The cell has no leader",
            "Try again shortly. A write may have happened: a repeat with the same Idempotency-Key settles it."),
    OVERLOADED(503, false, "The replica is overloaded", "Nothing was done. Try again after Retry-After."),
    STORAGE_FULL(
            507,
            false,
            "The disks are nearly full",
            "It was refused. Reading, keeping sessions alive, releasing and deleting go on; the rest goes on by itself"
                    + " once there is room."),
    TOO_STALE(503, false, "The replica's state is too old", "What it knows may be older than maxStaleMs."),
    INTERNAL(500, false, "Something broke in the replica", "The operator finds the cause in the replica's log."),
    URI_TOO_LONG(414, false, "The request line is too long", "Names have at most 1,024 bytes: shorten the URL."),
    HEADERS_TOO_LARGE(431, false, "The headers are too large", "Send fewer or shorter headers: 16 KiB in all.");

    private final int status;
    private final boolean kept;
    private final String title;
    private final String advice;

    ProblemCode(int status, boolean kept, String title, String advice) {
        this.status = status;
        this.kept = kept;
        this.title = title;
        this.advice = advice;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the replicated state decided it. */
    public boolean kept() {
        return kept;
    }

    /** A short title, the same for every problem of this code. */
    public String title() {
        return title;
    }

    /** What to do, for a person. */
    public String advice() {
        return advice;
    }

    /** The name used in JSON and in {@code /problems/<code>}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code with that label. */
    public static Optional<ProblemCode> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(code -> code.label().equals(label))
                .findFirst();
    }
}

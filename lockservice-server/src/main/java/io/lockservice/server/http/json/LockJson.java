package io.lockservice.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Grant;
import io.lockservice.api.Reply;
import java.io.IOException;

/** Locks, holders and grants in JSON. Each method writes the fields of an object that is open. */
public final class LockJson {
    private LockJson() {}

    /** What a session that asked for the lock is told. */
    public static void granted(JsonGenerator json, Reply.Granted granted) throws IOException {
        Grant grant = granted.grant();
        json.writeStringField("name", grant.name());
        json.writeStringField("mode", grant.mode().label());
        json.writeStringField("session", grant.session());
        json.writeStringField("sequencer", grant.sequencer().toString());
        json.writeNumberField("token", grant.token());
        json.writeNumberField("lockGeneration", grant.lockGeneration());
        json.writeNumberField("instance", grant.instance());
        JsonText.known(json, "leaseRemainingMs", granted.leaseRemainingMs());
    }

    /** A grant in the list of a session. */
    public static void held(JsonGenerator json, Grant grant) throws IOException {
        json.writeStringField("name", grant.name());
        json.writeStringField("mode", grant.mode().label());
        json.writeStringField("sequencer", grant.sequencer().toString());
        json.writeNumberField("token", grant.token());
    }

    /** A lock as everybody sees it. */
    public static void state(JsonGenerator json, Reply.LockState lock) throws IOException {
        json.writeStringField("name", lock.name());
        json.writeStringField("mode", lock.mode() == null ? "free" : lock.mode().label());
        json.writeNumberField("lockGeneration", lock.lockGeneration());
        JsonText.objects(json, "holders", lock.holders(), LockJson::holder);
        JsonText.objects(json, "waiters", lock.waiters(), LockJson::waiter);
        JsonText.known(json, "delayRemainingMs", lock.delayRemainingMs());
    }

    /** A holder. */
    public static void holder(JsonGenerator json, Reply.Holder holder) throws IOException {
        json.writeStringField("session", holder.session());
        json.writeStringField("client", holder.client());
        json.writeStringField("mode", holder.mode().label());
        json.writeNumberField("token", holder.token());
        JsonText.known(json, "heldMs", holder.heldMs());
        json.writeStringField("note", holder.note());
    }

    private static void waiter(JsonGenerator json, Reply.Waiter waiter) throws IOException {
        json.writeStringField("session", waiter.session());
        json.writeStringField("client", waiter.client());
        json.writeStringField("mode", waiter.mode().label());
        JsonText.known(json, "waitedMs", waiter.waitedMs());
    }
}

package io.lockservice.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Services by their names, and by their names in DNS. */
final class RegistrationsTest {
    private static final Name ROOT = Name.root("paris").child("services");

    private final Registrations registrations = new Registrations(1);

    private void put(String service, String id) {
        Registered instance = new Registered(id, "s", new ServiceInstance("10.0.0.1", 1, List.of(), Map.of(), 1));
        registrations.put(ROOT.child(service).child(id), instance, 2);
    }

    private void remove(String service, String id) {
        registrations.put(ROOT.child(service).child(id), null, 3);
    }

    private List<String> labelled(String label) {
        return registrations.labelled(label).stream().map(Registered::id).toList();
    }

    @Test
    void servicesThatDifferInCaseAreOneInDns() {
        put("Web", "1");
        put("web", "2");
        put("webs", "3");
        assertEquals(List.of("1", "2"), labelled("web"));
        assertEquals(List.of(), labelled("Web"), "labels are folded");
        remove("Web", "1");
        assertEquals(List.of("2"), labelled("web"));
        remove("web", "2");
        assertEquals(List.of(), labelled("web"));
    }

    @Test
    void theListIsTheSameUntilSomethingChanges() {
        put("web", "1");
        List<Registered> before = registrations.labelled("web");
        put("other", "1");
        assertSame(before, registrations.labelled("web"));
        put("web", "2");
        assertNotSame(before, registrations.labelled("web"));
        assertEquals(1, before.size());
    }

    @Test
    void otherNamesAreNoLabels() {
        // The Kelvin sign is a k in small letters.
        for (String name : List.of("a_b", "a.b", "a b", "-a", "a-", "\u212A", "x".repeat(64))) {
            put(name, "1");
            assertFalse(DnsLabel.is(name), name);
            assertEquals(List.of(), labelled(DnsLabel.fold(name)), name);
        }
        assertTrue(DnsLabel.is("x".repeat(63)));
        assertTrue(DnsLabel.is("0"));
    }
}

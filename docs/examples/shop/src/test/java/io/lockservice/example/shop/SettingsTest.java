package io.lockservice.example.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static Settings settings(String arguments, Map<String, String> environment) {
        return Settings.of(List.of(arguments.split(" ")), environment);
    }

    @Test
    void theEmbeddedCellNeedsNothingButNames() {
        Settings usual = settings("prices a", Map.of());
        assertEquals("prices/a", usual.toString());
        assertEquals("127.0.0.1", usual.host());
        assertEquals(0, usual.port());
        assertEquals(3, usual.cell().size());
        assertEquals(3, usual.dns().size());
        assertEquals(12_000, usual.leaseMs());
    }

    @Test
    void theEnvironmentSaysWhereAnotherCellIs() {
        Map<String, String> environment = Map.of(
                "LOCKSERVICE_CELL", "http://one:1, http://two:2",
                "SHOP_DNS", "10.0.0.1:53",
                "SHOP_DOMAIN", "service.paris.ls",
                "SHOP_LEASE_MS", "5000");
        Settings other = settings("storefront a 10.0.0.7:8080", environment);
        assertEquals("10.0.0.7", other.host());
        assertEquals(8080, other.port());
        assertEquals(List.of("http://one:1", "http://two:2"), other.cell());
        assertEquals(53, other.dns().get(0).port());
        assertEquals("service.paris.ls", other.domain());
        assertEquals(5_000, other.leaseMs());
    }

    @Test
    void aWrongVariableIsToldByItsName() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> settings("prices a", Map.of("SHOP_LEASE_MS", "12 s")));
        assertEquals("SHOP_LEASE_MS is a number of milliseconds, not '12 s'", refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "prices", "mail a", "prices a 127.0.0.1", "prices a 127.0.0.1:x", "prices a b c"})
    void aWrongCommandLineIsToldHowItIsWritten(String arguments) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> settings(arguments, Map.of()));
        assertTrue(String.valueOf(refused.getMessage()).contains("usage: java -jar shop.jar"));
    }
}

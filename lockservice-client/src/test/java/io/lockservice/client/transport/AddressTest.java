package io.lockservice.client.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @Test
    void readsHostPortAndScheme() {
        assertEquals(new Address("db-1.example", 7301, false), Address.parse("http://db-1.example:7301"));
        assertEquals(new Address("db-1.example", 443, true), Address.parse("https://db-1.example/"));
        assertEquals(new Address("::1", 7301, false), Address.parse("http://[::1]:7301"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a:1", "https://a:2", "http://[::1]:7301"})
    void printsWhatItRead(String url) {
        assertEquals(url, Address.parse(url).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:7301", "ftp://a:1", "http://a:1/v1", "http:// a"})
    void saysHowAnAddressIsWritten(String url) {
        IllegalArgumentException bad = assertThrows(IllegalArgumentException.class, () -> Address.parse(url));
        assertTrue(String.valueOf(bad.getMessage()).contains("http://host:port"));
    }
}

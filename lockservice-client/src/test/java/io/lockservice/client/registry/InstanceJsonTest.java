package io.lockservice.client.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lockservice.client.LockServiceException;
import org.junit.jupiter.api.Test;

/** What is no cell's answer is not the word that nobody is there. */
class InstanceJsonTest {
    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void aPageOfAProxyIsNoListOfInstances() throws Exception {
        for (JsonNode body : new JsonNode[] {
            MissingNode.getInstance(),
            json("{}"),
            json("{\"instances\":[]}"),
            json("{\"instances\":{},\"revision\":1}"),
            json("{\"services\":{\"other\":[]},\"revision\":1}")
        }) {
            LockServiceException refusal =
                    assertThrows(LockServiceException.class, () -> InstanceJson.list(body, "instances"));
            assertEquals("not-a-cell", refusal.code());
            assertThrows(LockServiceException.class, () -> InstanceJson.list(body, "services", "web"));
        }
    }

    @Test
    void nobodyIsThereWhereTheCellSaysSo() throws Exception {
        assertEquals(
                0,
                InstanceJson.list(json("{\"instances\":[],\"revision\":1}"), "instances")
                        .size());
        assertEquals(
                0,
                InstanceJson.list(json("{\"services\":{\"a/b\":[]},\"revision\":1}"), "services", "a/b")
                        .size());
    }
}

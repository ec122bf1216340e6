package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import org.junit.jupiter.api.Test;

final class AclsResourceTest extends ResourceTest {
    private static final String ACLS = "/v1/acls/ls/local/app";
    private static final Name APP = Name.parse("/ls/paris/app", "paris");

    @Test
    void theNamesAreShownAndNullIsEverybody() {
        replica.answer(call -> new Reply.Acl("readers", null, "admins", 3));
        Wire.Response response = door.get(ACLS);
        assertEquals(200, response.status());
        assertEquals(
                "{\"read\":\"readers\",\"write\":null,\"change\":\"admins\",\"aclGeneration\":3}", response.text());
        assertEquals(new Request.GetAcl(APP), replica.next().call().request());
    }

    @Test
    void allThreeAreSetAtOnce() {
        replica.answer(call -> new Reply.Acl("readers", null, null, 4));
        Wire.Response response = door.send("PUT", ACLS, "{\"read\":\"readers\",\"write\":null,\"aclGeneration\":3}");
        assertEquals(200, response.status(), response.text());
        assertEquals(
                new Request.SetAcl(APP, "readers", null, null, 3L),
                replica.next().call().request());
        door.send("PUT", ACLS, "{}");
        assertEquals(
                new Request.SetAcl(APP, null, null, null, null),
                replica.next().call().request());
    }

    @Test
    void whatIsAskedWronglyIsSaid() {
        refused("{\"read\":\"a/b\"}", "read");
        refused("{\"write\":\"..\"}", "write");
        refused("{\"change\":\"\"}", "change");
        refused("{\"read\":[]}", "read");
        refused("{\"aclGeneration\":-1}", "aclGeneration");
        refused("{\"owner\":\"x\"}", "owner");
        assertEquals(404, door.get("/v1/acls").status());
        assertEquals(405, door.send("DELETE", ACLS, "").status());
        assertEquals(0, replica.calls());
    }

    private void refused(String body, String field) {
        Wire.Response response = door.send("PUT", ACLS, body);
        assertEquals(400, response.status(), body);
        assertEquals(field, response.json().getString("field"), body);
    }
}

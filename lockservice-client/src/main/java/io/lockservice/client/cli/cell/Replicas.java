package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.Table;

/** The members of a cell, as a table. */
final class Replicas {
    private Replicas() {}

    static void print(Console console, JsonNode replicas) {
        Table table = new Table(console, "ID", "ROLE", "ADDRESS", "ANSWERS", "BEHIND");
        for (JsonNode each : replicas) {
            String behind =
                    each.path("lagSlots").isNumber() ? each.path("lagSlots").asText() : "";
            table.row(
                    each.path("id").asText(),
                    each.path("role").asText(),
                    each.path("host").asText() + ":" + each.path("http").asText(),
                    each.path("reachable").asBoolean() ? "yes" : "no",
                    behind);
        }
        table.print();
    }
}

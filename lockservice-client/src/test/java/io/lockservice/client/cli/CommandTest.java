package io.lockservice.client.cli;

import io.lockservice.client.cell.CellTest;

/** Tests of commands that run in this process. */
abstract class CommandTest extends CellTest {
    final Ran run(String... arguments) {
        return Ran.of(cell.urls(), "", arguments);
    }
}

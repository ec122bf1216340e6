/**
 * For the tests of programs that use a cell: a real one in the test's own process, and what goes wrong with real ones, when the
 * test says so. Needs {@code io.lockservice:lockservice-server}; the extension needs JUnit Jupiter 5 or 6.
 */
@NullMarked
package io.lockservice.client.testkit;

import org.jspecify.annotations.NullMarked;

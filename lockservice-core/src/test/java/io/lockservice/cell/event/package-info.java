/** Tests of the events that are kept. */
@NullMarked
package io.lockservice.cell.event;

import org.jspecify.annotations.NullMarked;

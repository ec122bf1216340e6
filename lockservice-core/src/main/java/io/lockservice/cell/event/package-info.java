/** The newest events of a cell, the same on every replica, and who wants which of them. */
@NullMarked
package io.lockservice.cell.event;

import org.jspecify.annotations.NullMarked;

/**
 * The tables of the replicated state: nodes by name, with their locks, and living sessions by id. Values that are replaced
 * on change, and indexes that follow from them; what clients' operations mean is not known here. Only for {@code cell}.
 */
@NullMarked
package io.lockservice.cell.table;

import org.jspecify.annotations.NullMarked;

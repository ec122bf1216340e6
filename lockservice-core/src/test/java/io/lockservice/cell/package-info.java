/** The replicated state machine, tested command by command and with random commands. */
@NullMarked
package io.lockservice.cell;

import org.jspecify.annotations.NullMarked;

/** What the client must do with every cell, whatever serves it. */
@NullMarked
package io.lockservice.client.contract;

import org.jspecify.annotations.NullMarked;

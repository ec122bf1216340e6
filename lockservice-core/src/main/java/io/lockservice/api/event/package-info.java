/** What happened: the cell's events, and what single sessions are told. Values only. */
@NullMarked
package io.lockservice.api.event;

import org.jspecify.annotations.NullMarked;

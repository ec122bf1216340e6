/**
 * For resources that locks protect: refuse whoever held a lock before, by its token (Burrows, section 2.4). A guard that
 * remembers the largest token, filters for HTTP servers, and what keeps it over a restart.
 */
@NullMarked
package io.lockservice.client.fencing;

import org.jspecify.annotations.NullMarked;

/** The leader's volatile duties: leases, keep-alives that wait, expiry. */
@NullMarked
package io.lockservice.session;

import org.jspecify.annotations.NullMarked;

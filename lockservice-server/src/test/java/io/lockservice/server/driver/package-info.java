/** Tests of the driver. */
@NullMarked
package io.lockservice.server.driver;

import org.jspecify.annotations.NullMarked;

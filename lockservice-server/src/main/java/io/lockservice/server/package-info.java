/** The program: wiring of one replica, the embedded cell, the command line. The only place that knows every part. */
@NullMarked
package io.lockservice.server;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.lockservice.server.config;

import org.jspecify.annotations.NullMarked;

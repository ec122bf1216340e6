/** What Spring Integration expects of locks. */
@NullMarked
package io.lockservice.client.spring;

import org.jspecify.annotations.NullMarked;

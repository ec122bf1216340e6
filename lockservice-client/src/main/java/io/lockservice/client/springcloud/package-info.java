/**
 * The cell's registry of names for Spring Cloud: discovery, blocking and reactive, and registration. Needs {@code
 * org.springframework.cloud:spring-cloud-commons}, 5.x; the reactive part Reactor, the automatic one Spring Boot's web server.
 */
@NullMarked
package io.lockservice.client.springcloud;

import org.jspecify.annotations.NullMarked;

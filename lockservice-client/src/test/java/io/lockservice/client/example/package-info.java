/** Examples for the README. */
@NullMarked
package io.lockservice.client.example;

import org.jspecify.annotations.NullMarked;

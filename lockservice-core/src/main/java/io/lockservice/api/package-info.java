/** What client and cell say to each other. Values only. */
@NullMarked
package io.lockservice.api;

import org.jspecify.annotations.NullMarked;

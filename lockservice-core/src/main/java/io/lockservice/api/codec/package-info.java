/** The binary form of what client and cell say to each other: for the log and between replicas. */
@NullMarked
package io.lockservice.api.codec;

import org.jspecify.annotations.NullMarked;

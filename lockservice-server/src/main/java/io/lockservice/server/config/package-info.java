/** What an operator says: the YAML file of a cell and the command line, checked before anything starts. */
@NullMarked
package io.lockservice.server.config;

import org.jspecify.annotations.NullMarked;

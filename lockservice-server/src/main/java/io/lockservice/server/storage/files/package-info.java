/** The files of one directory, with the promises about writes, syncs and renames that storage builds on. */
@NullMarked
package io.lockservice.server.storage.files;

import org.jspecify.annotations.NullMarked;

/** An example: three services that find each other by name, through the client's registry or by DNS alone. */
@NullMarked
package io.lockservice.example.shop;

import org.jspecify.annotations.NullMarked;

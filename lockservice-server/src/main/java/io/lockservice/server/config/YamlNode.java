package io.lockservice.server.config;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** What stands in a YAML file. */
sealed interface YamlNode {
    /** Keys with values, in the order of the file. */
    record Mapping(Map<String, YamlNode> entries) implements YamlNode {}

    /** Values one after the other. */
    record Sequence(List<YamlNode> items) implements YamlNode {}

    /** Text, also what only looks like text. */
    record Text(String text) implements YamlNode {}

    /** A whole number of any size. */
    record Whole(BigInteger value) implements YamlNode {}

    /** A number with a fraction, or a truth value: nothing here is one. */
    record Other(String text) implements YamlNode {}

    /** A key without a value. */
    record Empty() implements YamlNode {}
}

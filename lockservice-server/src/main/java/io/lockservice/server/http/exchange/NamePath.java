package io.lockservice.server.http.exchange;

import io.lockservice.api.Name;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;

/** Names as they stand in a URL's path: components percent-encoded, nothing normalised. */
final class NamePath {
    private NamePath() {}

    /**
     * The name in {@code rawPath}.
     *
     * @throws ProblemException {@link ProblemCode#BAD_NAME} or {@link ProblemCode#WRONG_CELL}
     */
    static Name parse(String rawPath, String cell) {
        if (rawPath.indexOf('%') < 0) {
            return Name.parse(PercentText.decode(rawPath), cell);
        }
        String[] components = rawPath.split("/", -1);
        for (int i = 0; i < components.length; i++) {
            components[i] = PercentText.decode(components[i]);
            if (components[i].indexOf('/') >= 0) {
                throw new ProblemException(
                        ProblemCode.BAD_NAME, "a component of a name has no '/', also not encoded as %2F");
            }
        }
        return Name.parse(String.join("/", components), cell);
    }
}

package io.lockservice.sim.mutant;

/**
 * A fault to plant.
 *
 * @param name what the production code does wrong with it
 * @param type the class it is planted in, below {@code io.lockservice}, with slashes
 * @param from the text that is replaced; it must be there exactly once
 * @param to what replaces it
 */
record Mutant(String name, String type, String from, String to) {
    /** The class's full name. */
    String className() {
        return "io.lockservice." + type.replace('/', '.');
    }

    @Override
    public String toString() {
        return name;
    }
}

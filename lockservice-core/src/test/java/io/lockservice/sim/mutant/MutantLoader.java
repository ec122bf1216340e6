package io.lockservice.sim.mutant;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Loads every class of lockservice, simulator included, anew: those with a planted fault from memory, the others from
 * where they were built. So the simulator runs the faulty replica without knowing.
 */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "io.lockservice.";

    private final Map<String, byte[]> planted;

    MutantLoader(Map<String, byte[]> planted) {
        super(MutantLoader.class.getClassLoader());
        this.planted = planted;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = planted.get(name);
        if (bytes == null) {
            try (InputStream built = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (built == null) {
                    throw new ClassNotFoundException(name);
                }
                bytes = built.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
        return defineClass(name, bytes, 0, bytes.length);
    }
}

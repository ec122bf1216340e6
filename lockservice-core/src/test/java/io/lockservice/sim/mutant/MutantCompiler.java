package io.lockservice.sim.mutant;

import io.lockservice.replica.Replica;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Compiles a production class with a fault planted in its source, in memory. */
final class MutantCompiler {
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "lockservice");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final JavaFileManager standardFiles = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);

    /**
     * The class files, by class name.
     *
     * @throws IllegalStateException when the text to replace is not there exactly once, or the result does not compile
     */
    synchronized Map<String, byte[]> compile(Mutant mutant) {
        String source = plant(mutant);
        Map<String, ByteArrayOutputStream> compiled = new HashMap<>();
        StringWriter complaints = new StringWriter();
        JavaFileManager files = new InMemory(standardFiles, compiled);
        List<String> options = List.of("-proc:none", "-nowarn", "-classpath", classpath());
        boolean done = compiler.getTask(
                        complaints, files, null, options, null, List.of(new Source(mutant.className(), source)))
                .call();
        if (!done) {
            throw new IllegalStateException("mutant '" + mutant + "' does not compile: " + complaints);
        }
        Map<String, byte[]> classes = new HashMap<>();
        compiled.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static String plant(Mutant mutant) {
        String source;
        try {
            source = Files.readString(SOURCES.resolve(mutant.type() + ".java"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("mutant '" + mutant + "' no longer applies: no such source", e);
        }
        int first = source.indexOf(mutant.from());
        if (first < 0 || source.indexOf(mutant.from(), first + 1) >= 0) {
            throw new IllegalStateException("mutant '" + mutant + "' no longer applies: " + mutant.type()
                    + " does not have this text exactly once: " + mutant.from());
        }
        return source.replace(mutant.from(), mutant.to());
    }

    private static String classpath() {
        return place(Replica.class) + File.pathSeparator + place(NullMarked.class);
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("mutant:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> compiled;

        InMemory(JavaFileManager standardFiles, Map<String, ByteArrayOutputStream> compiled) {
            super(standardFiles);
            this.compiled = compiled;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mutant:///" + className + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    compiled.put(className, bytes);
                    return bytes;
                }
            };
        }
    }
}

package io.lockservice.server.bus;

import io.lockservice.server.config.CellConfig.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority and a certificate it signed, made with the JDK's keytool and written as PEM files. */
final class TestCertificates {
    private static final String PASSWORD = "secret-of-a-test";
    private static final long KEYTOOL_SECONDS = 60;

    private final Path directory;
    private final String name;
    private final Path store;

    private TestCertificates(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        this.store = directory.resolve(name + ".p12");
    }

    /** Files in {@code directory} whose names start with {@code name}. */
    static Tls make(Path directory, String name) throws Exception {
        return new TestCertificates(directory, name).make();
    }

    private Tls make() throws Exception {
        generate("authority", "-ext", "bc:c=ca:true");
        generate("replica");
        Path request = directory.resolve(name + ".csr");
        Path signed = directory.resolve(name + ".signed.pem");
        keytool("-certreq", "-alias", "replica", "-file", request.toString());
        keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "authority",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString());
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, PASSWORD.toCharArray());
        }
        Key key = loaded.getKey("replica", PASSWORD.toCharArray());
        Path keyPem = pem("key", "PRIVATE KEY", key.getEncoded());
        Path authority = pem(
                "authority", "CERTIFICATE", loaded.getCertificate("authority").getEncoded());
        return new Tls(signed, keyPem, authority);
    }

    private void generate(String alias, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias));
        arguments.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        arguments.addAll(List.of(more));
        keytool(arguments.toArray(String[]::new));
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroy();
            throw new AssertionError(Files.readString(directory.resolve(name + ".log")));
        }
    }

    private Path pem(String suffix, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        String text = "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
        return Files.writeString(directory.resolve(name + "." + suffix + ".pem"), text);
    }
}

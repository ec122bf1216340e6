package io.lockservice.client.evidence;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.RegistrationListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A program that offers something: says "ready", registers as a line tells it, says "registered" and "lost", and goes on until it
 * is killed or nobody listens any more. Arguments: the lease in ms, the replicas' URLs.
 */
public final class InstanceProgram {
    private InstanceProgram() {}

    /** Reads one line, of the client's name, the service, the instance, its address and its port. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        LockServiceClient client = LockServiceClient.connect(Arrays.copyOfRange(arguments, 1, arguments.length));
        say("ready");
        String line = in.readLine();
        if (line != null) {
            String[] words = line.split(" ", -1);
            NameRegistry registry = NameRegistry.of(
                    client, SessionOptions.named(words[0]).withLeaseMs(Long.parseLong(arguments[0])), 1);
            registry.register(words[1], words[2], Instance.at(words[3], Integer.parseInt(words[4])))
                    .addListener(new Saying());
            line = in.readLine();
        }
        // The test is over, or gone.
        Runtime.getRuntime().halt(line == null ? 0 : 1);
    }

    private static void say(String what) {
        System.out.println(what);
        System.out.flush();
    }

    private static final class Saying implements RegistrationListener {
        @Override
        public void registered(Registration registration) {
            say("registered");
        }

        @Override
        public void lost(Registration registration, LockServiceException reason) {
            say("lost " + reason.code());
        }

        @Override
        public void refused(Registration registration, LockServiceException reason) {
            say("refused " + reason.code());
        }
    }
}

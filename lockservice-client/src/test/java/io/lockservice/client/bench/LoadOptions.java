package io.lockservice.client.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What to measure. */
record LoadOptions(
        List<String> addresses,
        List<String> workloads,
        List<Integer> clients,
        double firstWarmSeconds,
        double warmSeconds,
        double seconds,
        boolean followLeader,
        String target) {
    static final String USAGE = """
            LoadGenerator [--addresses URL,URL,...] [--workloads lock-cycle,write] [--clients 1,16,64,256]
                          [--seconds 7] [--warm 3] [--first-warm 20] [--follow-leader] [--target NAME]
            """;

    static LoadOptions parse(String... arguments) {
        LoadOptions options = new LoadOptions(
                List.of("http://127.0.0.1:7301", "http://127.0.0.1:7302", "http://127.0.0.1:7303"),
                List.of("lock-cycle", "write"),
                List.of(16, 1, 64, 256),
                20,
                3,
                7,
                false,
                "lockservice");
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) {
            String option = rest.remove(0);
            if (option.equals("--follow-leader")) {
                options = options.with(option, "");
            } else if (rest.isEmpty()) {
                throw new IllegalArgumentException(option + " needs a value\n" + USAGE);
            } else {
                options = options.with(option, rest.remove(0));
            }
        }
        return options;
    }

    private LoadOptions with(String option, String value) {
        boolean first = option.equals("--first-warm");
        boolean later = option.equals("--warm");
        return switch (option) {
            case "--addresses",
                    "--workloads",
                    "--clients",
                    "--seconds",
                    "--warm",
                    "--first-warm",
                    "--target",
                    "--follow-leader" ->
                new LoadOptions(
                        option.equals("--addresses") ? words(value) : addresses,
                        option.equals("--workloads") ? words(value) : workloads,
                        option.equals("--clients")
                                ? words(value).stream().map(Integer::parseInt).toList()
                                : clients,
                        first ? Double.parseDouble(value) : firstWarmSeconds,
                        later ? Double.parseDouble(value) : warmSeconds,
                        option.equals("--seconds") ? Double.parseDouble(value) : seconds,
                        followLeader || option.equals("--follow-leader"),
                        option.equals("--target") ? value : target);
            default -> throw new IllegalArgumentException("there is no option " + option + "\n" + USAGE);
        };
    }

    private static List<String> words(String value) {
        return List.of(value.split(",", -1));
    }
}

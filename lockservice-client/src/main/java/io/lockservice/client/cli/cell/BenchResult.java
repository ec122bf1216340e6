package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What was measured.
 *
 * @param errorKinds the codes of what failed, with how often
 */
record BenchResult(
        String workload,
        int clients,
        double seconds,
        int operations,
        double p50Ms,
        double p99Ms,
        double maxMs,
        int errors,
        String errorKinds) {

    double perSecond() {
        return operations / seconds;
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("workload", workload)
                .put("clients", clients)
                .put("seconds", seconds)
                .put("operations", operations)
                .put("operationsPerSecond", Math.rint(perSecond()))
                .put("p50Ms", p50Ms)
                .put("p99Ms", p99Ms)
                .put("maxMs", maxMs)
                .put("errors", errors);
    }
}

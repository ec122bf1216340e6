package io.lockservice.session;

import io.lockservice.api.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls that this leader has refused without asking the replicated state. Their origins may have sent them more than once:
 * a copy that comes when there is room again must not be executed, since the client was told that nothing was done. The
 * newest are remembered; copies to another leadership are not executed anyway.
 */
final class Refusals {
    private static final int REMEMBERED = 50_000;

    private final Map<CallKey, Problem> refused = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CallKey, Problem> eldest) {
            return size() > REMEMBERED;
        }
    };

    void put(CallKey key, Problem problem) {
        refused.put(key, problem);
    }

    /** Why a call was refused; null where it was not. */
    @Nullable
    Problem find(CallKey key) {
        return refused.isEmpty() ? null : refused.get(key);
    }

    void clear() {
        refused.clear();
    }
}

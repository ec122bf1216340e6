package io.lockservice.client.transport.channel;

import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.transport.Address;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A replica's end of channels, played by the test: what it was told, and what it says. */
final class FakeWire implements Dialer, Wire {
    private static final long KIB = 1024;

    final List<String> texts = new ArrayList<>();
    final List<Address> dialled = new ArrayList<>();
    int pings;
    int closedWith;
    private Wire.@Nullable Listener listener;

    @Override
    public void dial(Address address, Listener told) {
        dialled.add(address);
        listener = told;
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }

    @Override
    public void text(String message) {
        texts.add(message);
    }

    @Override
    public void ping() {
        pings++;
    }

    @Override
    public void close(int status, String reason) {
        closedWith = status;
    }

    /** The client's side of the channel dialled last. */
    Listener listener() {
        if (listener == null) {
            throw new AssertionError("nobody dialled");
        }
        return listener;
    }

    /** Takes the connection and says hello. */
    void hello(long windowKib, int maxRequests) {
        listener().opened(this);
        say("{\"hello\":{\"cell\":\"local\",\"replica\":1,\"windowBytes\":" + windowKib * KIB + ",\"maxRequests\":"
                + maxRequests + "}}");
    }

    void say(String message) {
        listener().heard();
        listener().message(message.getBytes(StandardCharsets.UTF_8));
    }

    /** What was told, as JSON, without credits. */
    List<JsonObject> told() {
        return texts.stream()
                .map(JsonObject::new)
                .filter(each -> !each.containsKey("credit"))
                .toList();
    }

    /** The ids of the requests, in the order in which their first messages came. */
    List<Long> requests() {
        return told().stream()
                .filter(each -> each.containsKey("method"))
                .map(each -> each.getLong("id"))
                .toList();
    }

    /** What all credits give back. */
    long credits() {
        return texts.stream()
                .map(JsonObject::new)
                .mapToLong(each -> each.getLong("credit", 0L))
                .sum();
    }

    /** How many bytes of requests other than keep-alives were sent. */
    long bytes() {
        return texts.stream()
                .filter(each -> new JsonObject(each).getLong("id", 1L) % 2 == 0)
                .mapToLong(each -> each.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    /** A process's loop as the channel sees it. */
    static ChannelLoop loop(VirtualTime.Machine machine) {
        return new ChannelLoop() {
            @Override
            public long nanoTime() {
                return machine.nanoTime();
            }

            @Override
            public void execute(Runnable task) {
                machine.execute(task);
            }

            @Override
            public Runnable later(long delayMs, Runnable task) {
                return machine.after(delayMs, task)::cancel;
            }
        };
    }
}

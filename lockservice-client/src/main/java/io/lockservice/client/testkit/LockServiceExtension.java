package io.lockservice.client.testkit;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests, their constructors, and methods around tests what they have a parameter for: the {@link LockServiceCell}, a
 * {@link LockServiceClient} of it, and a {@link Session} of that client.
 *
 * <p>The cell is started for the first who wants one, and is that of the class, unless {@link LockServiceTest#cellPerTest()};
 * classes nested in it share it. Client and session are those of the test, and are closed with it; asked for by a constructor
 * or before all tests, they are those of the class.
 *
 * <p>After each test a shared cell is repaired, see {@link LockServiceCell#repair()}.
 */
public final class LockServiceExtension implements ParameterResolver, AfterEachCallback, AfterAllCallback {
    /** Only {@link LockServiceTest} needs it, and {@code @ExtendWith}. */
    public LockServiceExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == LockServiceCell.class || type == LockServiceClient.class || type == Session.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == LockServiceCell.class) {
            return cell(context);
        }
        return type == Session.class ? session(context) : client(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        LockServiceCell own = store(context).remove(LockServiceCell.class, LockServiceCell.class);
        if (own != null) {
            forget(context);
            own.close();
            return;
        }
        LockServiceCell shared = present(context, LockServiceCell.class);
        if (shared != null) {
            shared.repair();
            LockServiceClient client = forget(context);
            if (client != null) {
                shared.close(client);
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        forget(context);
        LockServiceCell own = store(context).remove(LockServiceCell.class, LockServiceCell.class);
        if (own != null) {
            own.close();
        }
    }

    private static @Nullable LockServiceClient forget(ExtensionContext context) {
        store(context).remove(Session.class);
        return store(context).remove(LockServiceClient.class, LockServiceClient.class);
    }

    /** What this context or one around it has, as long as it is of the same cell. */
    private static <T> @Nullable T present(ExtensionContext context, Class<T> type) {
        return store(context).get(type, type);
    }

    /** What belongs to one class's cell is apart from what belongs to another's. */
    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(
                LockServiceExtension.class, owner(context).getRequiredTestClass()));
    }

    private static LockServiceCell cell(ExtensionContext context) {
        LockServiceCell present = present(context, LockServiceCell.class);
        if (present != null) {
            return present;
        }
        ExtensionContext owner = owner(context);
        LockServiceTest wanted = owner.getRequiredTestClass().getAnnotation(LockServiceTest.class);
        LockServiceCell.Builder builder = LockServiceCell.builder();
        boolean perTest = false;
        if (wanted != null) {
            builder.replicas(wanted.replicas()).leaderLeaseMs(wanted.leaderLeaseMs());
            perTest = wanted.cellPerTest();
        }
        LockServiceCell started = builder.start();
        store(perTest ? context : owner).put(LockServiceCell.class, started);
        return started;
    }

    private static LockServiceClient client(ExtensionContext context) {
        LockServiceClient present = present(context, LockServiceClient.class);
        if (present == null) {
            present = cell(context).client();
            store(context).put(LockServiceClient.class, present);
        }
        return present;
    }

    private static Session session(ExtensionContext context) {
        Session present = present(context, Session.class);
        if (present == null) {
            present = cell(context).session(client(context), SessionOptions.named("test"));
            store(context).put(Session.class, present);
        }
        return present;
    }

    /** The class whose cell it is: the nearest that says how it is to be, else the outermost. */
    private static ExtensionContext owner(ExtensionContext context) {
        ExtensionContext owner = context;
        for (ExtensionContext at = context; at != null; at = at.getParent().orElse(null)) {
            Class<?> type = at.getTestClass().orElse(null);
            if (type != null && at.getTestMethod().isEmpty()) {
                owner = at;
                if (type.isAnnotationPresent(LockServiceTest.class)) {
                    break;
                }
            }
        }
        return owner;
    }
}

package io.lockservice.client.vertx;

import io.lockservice.client.election.Candidate;
import io.lockservice.client.election.Leadership;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deploys a verticle for each leadership, and undeploys it behind it. Called by the election on its own thread, which waits here
 * for Vert.x; one leadership after the other.
 */
final class Deployments implements Candidate {
    private static final System.Logger LOG = System.getLogger(ElectedVerticle.class.getName());

    private final Context context;
    private final Function<Leadership, ? extends Deployable> verticle;
    private final DeploymentOptions options;
    private volatile Runnable onGone = () -> {};
    private volatile @Nullable Deployment current;

    /** For a candidacy that lives in {@code context}. */
    Deployments(Context context, Function<Leadership, ? extends Deployable> verticle, DeploymentOptions options) {
        this.context = context;
        this.verticle = verticle;
        this.options = options;
    }

    /** What to do when somebody else undeploys the verticle of the present leadership. */
    void onGone(Runnable action) {
        onGone = action;
    }

    boolean isDeployed() {
        Deployment now = current;
        return now != null && now.id.succeeded() && !now.ending;
    }

    /** Done when nothing is deployed here any more. */
    Future<Void> idle() {
        Deployment now = current;
        return now == null ? Future.succeededFuture() : now.over.future();
    }

    @Override
    public void elected(Leadership leadership) throws Exception {
        Deployment begun = new Deployment(leadership);
        current = begun;
        Promise<String> deployed = Promise.promise();
        begun.id = deployed.future();
        // There, so that it belongs to the verticle that stands for the candidacy: it is undeployed before that one is.
        context.runOnContext(here -> deploy(begun).onComplete(deployed));
        // Interrupted when the leadership ends: what is being deployed then is undeployed by revoked().
        try {
            future(begun.id).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the verticle of " + leadership.name() + " was not deployed", e.getCause());
        }
    }

    private Future<String> deploy(Deployment begun) {
        try {
            return context.owner()
                    .deployVerticle(() -> begun.watched(verticle.apply(begun.leadership)), begun.options());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public void revoked() {
        Deployment ending = current;
        if (ending == null) {
            return;
        }
        ending.ending = true;
        joinUninterruptibly(future(ending.end()));
        current = null;
        ending.over.tryComplete();
    }

    private static <T> CompletableFuture<T> future(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture();
    }

    /** The lock must not be released before the verticle has stopped, whoever is in a hurry. */
    private static void joinUninterruptibly(CompletableFuture<?> future) {
        boolean interrupted = false;
        while (!future.isDone()) {
            try {
                future.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The verticle of one leadership, all instances of it. */
    private final class Deployment {
        private final Leadership leadership;
        private final List<Watched> instances = new CopyOnWriteArrayList<>();
        private final Promise<Void> over = Promise.promise();
        private final AtomicBoolean gone = new AtomicBoolean();
        private volatile Future<String> id = Future.failedFuture("not begun");
        private volatile boolean ending;

        Deployment(Leadership leadership) {
            this.leadership = leadership;
        }

        DeploymentOptions options() {
            JsonObject given = options.getConfig();
            JsonObject config = given == null ? new JsonObject() : given.copy();
            config.put(ElectedVerticle.TOKEN, leadership.token());
            config.put(ElectedVerticle.SEQUENCER, leadership.sequencer());
            return new DeploymentOptions(options).setConfig(config);
        }

        Deployable watched(Deployable inner) {
            Watched instance = new Watched(this, inner);
            instances.add(instance);
            return instance;
        }

        /** An instance is being undeployed: by the election, because another failed to start, or by somebody else. */
        void undeploying() {
            id.onSuccess(deployed -> {
                if (!ending && gone.compareAndSet(false, true)) {
                    // A leader without its verticle would keep all others from running theirs.
                    onGone.run();
                }
            });
        }

        /** Undeploys it, unless somebody else does, and waits for all instances that were started. Never fails. */
        Future<Void> end() {
            return id.transform((deployed, failure) -> {
                Future<Void> asked = deployed == null
                        ? Future.succeededFuture()
                        : context.owner().undeploy(deployed);
                return asked.recover(other -> {
                            LOG.log(System.Logger.Level.DEBUG, "a verticle was undeployed by others, or failed", other);
                            return Future.succeededFuture();
                        })
                        .compose(undeployed -> Future.join(instances.stream()
                                .map(each -> each.end(deployed != null))
                                .toList()))
                        .mapEmpty();
            });
        }
    }

    /**
     * One instance, and when it has stopped: also where somebody else undeploys it, for whose end Vert.x lets nobody wait, or
     * where Vert.x is closed in the middle of the deployment, when it starts what it never stops.
     */
    private final class Watched implements Deployable {
        private final Deployment deployment;
        private final Deployable inner;
        private final Promise<Void> stopped = Promise.promise();
        private @Nullable Context startedIn;
        private @Nullable Future<?> start;
        private boolean stopping;
        private boolean givenUp;

        Watched(Deployment deployment, Deployable inner) {
            this.deployment = deployment;
            this.inner = inner;
        }

        @Override
        public Future<?> deploy(Context here) throws Exception {
            Promise<Void> begun = Promise.promise();
            synchronized (this) {
                if (givenUp) {
                    return Future.failedFuture("the leadership is over");
                }
                startedIn = here;
                start = begun.future();
            }
            try {
                return inner.deploy(here).onComplete((done, failure) -> begun.complete(null, failure));
            } catch (Exception e) {
                begun.fail(e);
                throw e;
            }
        }

        @Override
        public Future<?> undeploy(Context here) {
            synchronized (this) {
                stopping = true;
            }
            deployment.undeploying();
            return stop(here);
        }

        private Future<?> stop(Context here) {
            Future<?> stop;
            try {
                stop = inner.undeploy(here);
            } catch (Exception e) {
                stop = Future.failedFuture(e);
            }
            return stop.onComplete((done, failure) -> {
                if (failure != null) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "a verticle of " + deployment.leadership.name() + " failed to stop",
                            failure);
                }
                stopped.tryComplete();
            });
        }

        /** Done when it has stopped, or never starts. {@code deployed}: then Vert.x undeploys it for certain. */
        synchronized Future<Void> end(boolean deployed) {
            Future<?> begun = start;
            Context here = startedIn;
            givenUp = true;
            if (stopping || deployed) {
                return stopped.future();
            }
            if (begun == null || here == null) {
                return Future.succeededFuture();
            }
            return begun.transform((done, failure) -> {
                if (failure != null) {
                    return Future.succeededFuture();
                }
                here.runOnContext(again -> stop(here));
                return stopped.future();
            });
        }
    }
}

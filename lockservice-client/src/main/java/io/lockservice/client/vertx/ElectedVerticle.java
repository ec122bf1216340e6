package io.lockservice.client.vertx;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.Leader;
import io.lockservice.client.election.LeaderElection;
import io.lockservice.client.election.Leadership;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A verticle that is deployed on one instance of an application at a time, whether Vert.x is clustered or not: on the one that
 * leads the election of a node (Burrows, section 2.1).
 *
 * <p>It is deployed when this instance is elected, and undeployed when the leadership ends: before the lease does, by the stop
 * margin, and before the lock is released, so that the next instance deploys it after this one's has stopped. A program that
 * was paused may be late: what the verticle writes goes with the leadership's token. A deployment that fails gives the
 * leadership up, and this instance tries again after a pause that grows.
 *
 * <p>It belongs to the Vert.x it is deployed in: when that is closed, the candidacy ends in order.
 *
 * <p>Threading: all methods may be called by any thread and never block. The verticle's own methods are called as Vert.x
 * always does.
 */
public final class ElectedVerticle {
    /** In the verticle's configuration: the leadership's token, a number. */
    public static final String TOKEN = "lockservice.token";

    /** In the verticle's configuration: the leadership's sequencer, a string. */
    public static final String SEQUENCER = "lockservice.sequencer";

    private static final long GOODBYE_MS = 5_000;

    private final Vertx vertx;
    private final LeaderElection election;
    private final Deployments deployments;
    private volatile @Nullable String anchorId;

    private ElectedVerticle(Vertx vertx, LeaderElection election, Deployments deployments) {
        this.vertx = vertx;
        this.election = election;
        this.deployments = deployments;
    }

    /** As {@link #deploy(Vertx, LockServiceClient, String, Function, DeploymentOptions, ElectionOptions)}, with usual options. */
    public static Future<ElectedVerticle> deploy(
            Vertx vertx, LockServiceClient client, String name, Function<Leadership, ? extends Deployable> verticle) {
        return deploy(vertx, client, name, verticle, new DeploymentOptions(), ElectionOptions.named(name));
    }

    /**
     * Makes this instance a candidate for running the verticle.
     *
     * @param name the election's node, the same on all instances, such as {@code /ls/local/orders/dispatcher}
     * @param verticle makes the verticle of a leadership, or one for each of {@code deployment}'s instances; called for each
     *     leadership anew, on an event loop
     * @param deployment how it is deployed; its configuration gets {@link #TOKEN} and {@link #SEQUENCER} in addition
     * @param options the session's lease says how soon another instance takes over from one that is dead
     * @return done once this instance is a candidate, elected or not; fails where {@code vertx} is closed
     */
    public static Future<ElectedVerticle> deploy(
            Vertx vertx,
            LockServiceClient client,
            String name,
            Function<Leadership, ? extends Deployable> verticle,
            DeploymentOptions deployment,
            ElectionOptions options) {
        DeploymentOptions copy = new DeploymentOptions(deployment);
        Anchor anchor = new Anchor(context -> {
            Deployments deployments = new Deployments(context, verticle, copy);
            LeaderElection election = LeaderElection.candidate(client, name, deployments, options);
            deployments.onGone(election::resign);
            return new ElectedVerticle(vertx, election, deployments);
        });
        return vertx.deployVerticle(anchor).map(anchor::deployed);
    }

    /** This instance's leadership while it leads, with its token. The verticle is then deployed, or about to be. */
    public Optional<Leadership> leadership() {
        return election.leadership();
    }

    /** Who leads now, on whichever instance. */
    public Future<Optional<Leader>> currentLeader() {
        return election.currentLeader();
    }

    /** Whether the verticle runs here. */
    public boolean isDeployed() {
        return deployments.isDeployed();
    }

    /** Hands over to another instance; this one is a candidate again behind those that wait. Done when the verticle has stopped. */
    public Future<Void> resign() {
        return election.resign();
    }

    /** Ends the candidacy. Done when the verticle has stopped here and the lock is released. A repeat does nothing. */
    public Future<Void> undeploy() {
        return election.shutdown().transform(down -> {
            String id = anchorId;
            return id == null || !vertx.deploymentIDs().contains(id)
                    ? Future.succeededFuture()
                    : vertx.undeploy(id).otherwiseEmpty();
        });
    }

    /** Ends with Vert.x: the verticle is waited for, the cell not for long. It may be out of reach, or the client closed. */
    private Future<Void> end(Vertx closing) {
        Promise<Void> ended = Promise.promise();
        long timer =
                closing.setTimer(GOODBYE_MS, late -> deployments.idle().onComplete(stopped -> ended.tryComplete()));
        election.shutdown().onComplete(down -> {
            closing.cancelTimer(timer);
            ended.tryComplete();
        });
        return ended.future();
    }

    /** Ties a candidacy to the life of a Vert.x. */
    private static final class Anchor implements Deployable {
        private final Function<Context, ElectedVerticle> start;
        private volatile @Nullable ElectedVerticle started;

        Anchor(Function<Context, ElectedVerticle> start) {
            this.start = start;
        }

        @Override
        public Future<?> deploy(Context context) {
            started = start.apply(context);
            return Future.succeededFuture();
        }

        @Override
        public Future<?> undeploy(Context context) {
            ElectedVerticle present = started;
            return present == null ? Future.succeededFuture() : present.end(context.owner());
        }

        ElectedVerticle deployed(String id) {
            ElectedVerticle present = started;
            if (present == null) {
                throw new IllegalStateException("not deployed");
            }
            present.anchorId = id;
            return present;
        }
    }
}

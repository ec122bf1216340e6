package io.lockservice.sim.invariant;

import io.lockservice.log.LogRecord;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import java.util.ArrayList;
import java.util.List;

/** All invariants of one cell. */
public final class Invariants implements Observer {
    private final EpochsGrow epochs = new EpochsGrow();
    private final AnswersChecked answers = new AnswersChecked(epochs);
    private final LeasesKept leases;
    private final OneExclusiveHolder holders = new OneExclusiveHolder();
    private final TokensGrow tokens = new TokensGrow();
    private final QueueOrderKept queue = new QueueOrderKept();
    private final ExactlyOnce exactlyOnce = new ExactlyOnce();
    private final FencedWritesInOrder fences = new FencedWritesInOrder();
    private final SessionEventsWhole sessionEvents = new SessionEventsWhole();
    private final OneValuePerSlot decided = new OneValuePerSlot();
    private final List<Observer> observers = new ArrayList<>();

    /** For a cell whose clocks differ by so much at most. */
    public Invariants(int driftPercent) {
        leases = new LeasesKept(driftPercent);
        observers.add(new DurableBeforeSaid());
        observers.add(new PromisesNeverGoBack(decided));
        observers.add(decided);
        observers.add(new AppliedPrefixesAgree());
        observers.add(new NobodyIsDistrusted());
        observers.add(new EventsAreTheLog());
        observers.add(new NoGrowthWithoutRoom());
        observers.add(epochs);
    }

    /** Adds what is to be told, an invariant or something that only counts. */
    public void add(Observer observer) {
        observers.add(observer);
    }

    /** See {@link OneValuePerSlot}. */
    public OneValuePerSlot decided() {
        return decided;
    }

    /** See {@link AnswersChecked}. */
    public AnswersChecked answers() {
        return answers;
    }

    /** See {@link LeasesKept}. */
    public LeasesKept leases() {
        return leases;
    }

    /** See {@link OneExclusiveHolder}. */
    public OneExclusiveHolder holders() {
        return holders;
    }

    /** See {@link TokensGrow}. */
    public TokensGrow tokens() {
        return tokens;
    }

    /** See {@link QueueOrderKept}. */
    public QueueOrderKept queue() {
        return queue;
    }

    /** See {@link ExactlyOnce}. */
    public ExactlyOnce exactlyOnce() {
        return exactlyOnce;
    }

    /** See {@link FencedWritesInOrder}. */
    public FencedWritesInOrder fences() {
        return fences;
    }

    /** See {@link SessionEventsWhole}. */
    public SessionEventsWhole sessionEvents() {
        return sessionEvents;
    }

    @Override
    public void started(Host host) {
        observers.forEach(observer -> observer.started(host));
    }

    @Override
    public void crashed(Host host) {
        observers.forEach(observer -> observer.crashed(host));
    }

    @Override
    public void wiped(Host host) {
        observers.forEach(observer -> observer.wiped(host));
    }

    @Override
    public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
        observers.forEach(observer -> observer.stepped(host, inputs, effects));
    }

    @Override
    public void persisted(Host host, LogRecord record) {
        observers.forEach(observer -> observer.persisted(host, record));
    }

    @Override
    public void synced(Host host) {
        observers.forEach(observer -> observer.synced(host));
    }

    @Override
    public void sent(Host host, int to, Message message) {
        observers.forEach(observer -> observer.sent(host, to, message));
    }

    @Override
    public void arrived(int from, Host host, Message message) {
        observers.forEach(observer -> observer.arrived(from, host, message));
    }
}

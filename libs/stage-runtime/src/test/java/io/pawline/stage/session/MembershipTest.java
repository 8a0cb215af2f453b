package io.pawline.stage.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class MembershipTest {

    private static final long MILLIS = 1_000_000;
    private static final long SESSION = 10_000;
    private static final long HEARTBEAT = 2_000;

    /** Is a counter of Kafka's client. */
    private static final class Counter implements Metric {

        private final MetricName name;
        private double count;

        Counter(String name) {
            this.name = new MetricName(name, "consumer-coordinator-metrics", "", Map.of());
        }

        @Override
        public MetricName metricName() {
            return name;
        }

        @Override
        public Object metricValue() {
            return count;
        }
    }

    private final Counter heartbeats = new Counter("heartbeat-total");
    private final Counter joins = new Counter("join-total");
    private final Counter syncs = new Counter("sync-total");

    /** Is close to the end of the numbers, for the machine may begin anywhere. */
    private long nanos = Long.MAX_VALUE - 20_000 * MILLIS;

    private final Membership membership = membership();

    private Membership membership() {
        Membership made = new Membership(() -> nanos, Duration.ofMillis(SESSION));
        Map<MetricName, Metric> metrics = new LinkedHashMap<>();
        for (Counter counter : new Counter[] {heartbeats, joins, syncs}) {
            metrics.put(counter.metricName(), counter);
        }
        made.reads(metrics);
        return made;
    }

    private boolean certain() {
        return membership.certain(nanos) && membership.mayBegin();
    }

    private void pass(long millis) {
        nanos += millis * MILLIS;
    }

    /** Lets the poll thread come round every 50 ms, and a heartbeat be answered every two seconds. */
    private void live(long millis) {
        for (long passed = 50; passed <= millis; passed += 50) {
            pass(50);
            if (passed % HEARTBEAT == 0) {
                heartbeats.count++;
            }
            membership.look();
            assertThat(certain()).as("after %d ms", passed).isTrue();
        }
    }

    private void join() {
        membership.asksToJoin();
        joins.count++;
        syncs.count++;
        membership.rebalanced();
    }

    @Test
    void callsBeginAsLongAsHeartbeatsAreAnswered() {
        join();

        live(60_000);
    }

    @Test
    void noCallBeginsOnceTheSessionMayBeOver() {
        join();
        live(20_000);
        long lastSent = nanos;

        while (certain()) {
            pass(50);
            membership.look();
        }

        assertThat((nanos - lastSent) / MILLIS).isBetween(SESSION - 3 * HEARTBEAT, SESSION);
    }

    @Test
    void anAnswerFromBeforeAFreezeProvesNothing() {
        join();
        live(20_000);

        pass(SESSION + 1);
        assertThat(certain()).as("before anything else has run").isFalse();
        heartbeats.count++;
        membership.look();
        assertThat(certain()).as("with the answer that lay in the socket").isFalse();
        pass(50);
        heartbeats.count++;
        membership.look();
        assertThat(certain()).as("with an answer that may be an error").isFalse();
    }

    @Test
    void callsGoOnWhenHeartbeatsAreAnsweredAgain() {
        join();
        live(20_000);
        pass(30_000);
        membership.look();

        for (int answered = 0; answered < 3; answered++) {
            assertThat(certain()).isFalse();
            pass(HEARTBEAT);
            heartbeats.count++;
            membership.look();
        }

        assertThat(certain()).isTrue();
    }

    @Test
    void whoWaitsForTheOthersToJoinGoesOnCalling() {
        join();
        live(20_000);
        membership.asksToJoin();

        for (int second = 0; second < 60; second++) {
            pass(1_000);
            membership.look();
            assertThat(certain()).isTrue();
        }
        joins.count++;
        pass(50);
        membership.look();
        syncs.count++;
        pass(50);
        membership.rebalanced();

        live(20_000);
    }

    @Test
    void whoIsCutOffAsItWaitsForTheOthersCallsNoMore() {
        join();
        live(20_000);
        membership.asksToJoin();

        pass(SESSION);

        assertThat(certain()).isFalse();
    }

    @Test
    void whoIsInDoubtIsSoAlsoWhenItAsksToJoin() {
        join();
        live(20_000);
        pass(SESSION);

        membership.asksToJoin();

        assertThat(certain()).isFalse();
    }

    @Test
    void aClientThatCountsNoHeartbeatsIsRefused() {
        Membership blind = new Membership(() -> nanos, Duration.ofMillis(SESSION));
        blind.reads(Map.of(joins.metricName(), joins));

        assertThatThrownBy(blind::rebalanced).isInstanceOf(IllegalStateException.class);
    }

    /** Plays a client, its broker and the way between them, with freezes of the process and delays of all kinds. */
    @Test
    void whatIsCertainIsSoAtTheBrokerInRandomHistories() {
        long certain = 0;
        long lost = 0;
        for (int seed = 0; seed < 300; seed++) {
            History history = new History(new Random(seed));
            history.play();
            certain += history.certain;
            lost += history.isMember ? 0 : 1;
        }

        assertThat(certain).isGreaterThan(100_000);
        assertThat(lost).isGreaterThan(50);
    }

    private final class History {

        private static final long STEP = 10;

        private record OnItsWay(long arrives, boolean ok) {}

        private final Random random;
        private final Membership member = membership();
        private final Deque<OnItsWay> requests = new ArrayDeque<>();
        private final Deque<OnItsWay> answers = new ArrayDeque<>();
        private long now;
        private long lastHeard;
        private long nextHeartbeat = HEARTBEAT;
        private long frozenUntil;
        private boolean knowsThatItIsNone;
        private boolean isMember = true;
        private long certain;

        History(Random random) {
            this.random = random;
        }

        void play() {
            while (now < 120_000) {
                now += STEP;
                pass(STEP);
                broker();
                if (now >= frozenUntil) {
                    clientInSomeOrder();
                    freezeSometimes();
                }
            }
        }

        private void broker() {
            if (now - lastHeard > SESSION) {
                isMember = false;
            }
            while (!requests.isEmpty() && requests.getFirst().arrives() <= now) {
                requests.removeFirst();
                if (isMember) {
                    lastHeard = now;
                }
                answers.add(new OnItsWay(now + delay(), isMember));
            }
        }

        private void clientInSomeOrder() {
            check();
            if (random.nextBoolean()) {
                readAnswers();
                check();
            }
            if (random.nextInt(4) == 0) {
                member.look();
                check();
            }
            if (now >= nextHeartbeat && requests.isEmpty() && answers.isEmpty() && !knowsThatItIsNone) {
                requests.add(new OnItsWay(now + delay(), true));
                nextHeartbeat = now + HEARTBEAT;
            }
        }

        private void readAnswers() {
            while (!answers.isEmpty() && answers.getFirst().arrives() <= now) {
                knowsThatItIsNone |= !answers.removeFirst().ok();
                heartbeats.count++;
            }
        }

        private void freezeSometimes() {
            if (random.nextInt(1_500) == 0) {
                frozenUntil = now + random.nextLong(2 * SESSION);
            }
        }

        private long delay() {
            return random.nextInt(20) == 0 ? random.nextLong(SESSION) : random.nextLong(50);
        }

        private void check() {
            if (member.certain(nanos)) {
                certain++;
                assertThat(isMember).as("at %d ms", now).isTrue();
            }
        }
    }
}

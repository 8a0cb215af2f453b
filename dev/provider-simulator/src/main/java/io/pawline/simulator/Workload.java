package io.pawline.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs one provider: lets calls in, makes them take their time, makes some of them fail, and counts. Thread-safe.
 *
 * <p>All chance comes from the profile's seed and the number of the call, so the n-th call of every run has the same
 * fault and the same latency.
 */
final class Workload {

    /** A job is what has to be done for a valid call. */
    interface Job {

        /** What it is about. */
        Subject subject();

        SimulatedReply.Answer done() throws InterruptedException;

        /** The answer for a fault in the provider's form, also for {@link Fault.Kind#EMPTY_CUT_OUT}. */
        SimulatedReply.Answer failed(Fault fault) throws InterruptedException;
    }

    /**
     * Says what a job is about.
     *
     * @param text that rules look at
     * @param matter what repeated calls for the same thing have in common; rules that end count by it
     * @param billedAs what a client pays for; a second payment for the same is wasted
     * @param repeatOf what all attempts at the same have in common; it is paid for again if two of them are billed
     */
    record Subject(String text, String matter, String billedAs, String repeatOf) {

        /** A thing that is paid for once, whoever asks for it. */
        static Subject of(String text, String matter) {
            return new Subject(text, matter, matter, matter);
        }

        /** A thing that every request of the client pays for. */
        static Subject of(SimulatedCall call, String text, String matter) {
            return new Subject(
                    text, matter, matter + "\n" + call.clientRequestId(), matter + "\n" + call.clientRequest());
        }

        /** A picture from a prompt, and after a photo if there is one: two photos of one style are two pictures. */
        static Subject ofPicture(SimulatedCall call, String prompt, Optional<byte[]> photo) {
            return of(
                    call,
                    prompt,
                    prompt + photo.map(bytes -> "\n" + Hashes.sha256(bytes)).orElse(""));
        }
    }

    private final Provider provider;
    private final ProviderProfile profile;
    private final long seed;
    private final Clock clock;
    private volatile Instant start;
    private final RuleBook rules;
    private final CapacityGate gate = new CapacityGate(this::now);
    private final Counters counters = new Counters();
    private final AtomicLong number = new AtomicLong();

    Workload(Provider provider, Profile profile, Clock clock) {
        this.provider = provider;
        this.profile = profile.of(provider);
        this.seed = profile.seed() * 31 + provider.key().hashCode();
        this.clock = clock;
        this.start = clock.instant();
        this.rules = new RuleBook(this.profile.rules());
    }

    /** Lets the profile's windows count from now. */
    void beginNow() {
        start = clock.instant();
    }

    /** Answers without work, as a provider answers an invalid request. */
    SimulatedReply refuse(SimulatedReply.Answer answer) {
        counters.called();
        counters.answered(answer);
        return answer;
    }

    /** Does the job, after the latency and with the fault that the profile has for it. */
    SimulatedReply perform(SimulatedCall simulatedCall, Job job) throws InterruptedException {
        counters.called();
        if (!gate.enter()) {
            SimulatedReply.Answer overload = job.failed(Faults.overload(provider));
            counters.answered(overload);
            return overload;
        }
        SimulatedReply simulatedReply;
        try {
            long began = System.nanoTime();
            Conditions now = now();
            SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number.incrementAndGet());
            Duration latency = now.latency().draw(random);
            Subject subject = job.subject();
            Optional<Fault> fault =
                    rules.answerTo(subject.text(), subject.matter()).or(() -> now.drawFault(random));
            simulatedReply = fault.isPresent() ? failed(fault.get(), job) : job.done();
            Thread.sleep(latency.minusNanos(System.nanoTime() - began));
            if (fault.isEmpty() && simulatedReply instanceof SimulatedReply.Answer answer && answer.isOk()) {
                counters.billed(subject.billedAs(), subject.repeatOf());
            }
        } finally {
            gate.leave();
        }
        if (simulatedReply instanceof SimulatedReply.Silence) {
            simulatedCall.awaitClientGone();
        }
        count(simulatedCall, simulatedReply);
        return simulatedReply;
    }

    private void count(SimulatedCall simulatedCall, SimulatedReply simulatedReply) {
        if (simulatedCall.isClientGone()) {
            counters.gaveUp();
            return;
        }
        switch (simulatedReply) {
            case SimulatedReply.Answer answer -> counters.answered(answer);
            case SimulatedReply.Reset _ -> counters.reset();
            case SimulatedReply.Silence _ -> throw new IllegalStateException("silence before the client left");
        }
    }

    private static SimulatedReply failed(Fault fault, Job job) throws InterruptedException {
        return switch (fault.kind()) {
            case CONNECTION_RESET -> new SimulatedReply.Reset();
            case HANG -> new SimulatedReply.Silence();
            case MALFORMED -> SimulatedReply.malformed();
            case ERROR, GATEWAY_ERROR, EMPTY_CUT_OUT -> job.failed(fault);
        };
    }

    private Conditions now() {
        return profile.at(Duration.between(start, clock.instant()));
    }

    int inFlight() {
        return gate.inFlight();
    }

    long repeatsBilled() {
        return counters.repeats();
    }

    Map<String, Object> stats() {
        return counters.asJson(gate);
    }

    void clearStats() {
        counters.clear();
        gate.clear();
    }
}

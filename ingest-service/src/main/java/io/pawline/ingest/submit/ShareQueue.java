package io.pawline.ingest.submit;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Decides who gets a share of a bounded memory, and when. Requests get their shares in the order in which they came. But
 * a tenant has at most its part of the bytes, if it holds more than one share.
 *
 * <p>A request that is refused keeps its place in this order while it is away. It is recognised by its tenant and its
 * size when it comes back, and nobody who came later is before it then. The time after which it shall come back is the
 * time that the tenant's shares before it take: of those that wait and of those that are away. So each has a turn of its
 * own. No share is kept free for those who are away: whoever waits gets what is free.
 *
 * <p>Not thread-safe: {@link UploadMemory} guards it.
 */
final class ShareQueue {

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(10);

    /** Clients exceed the time that they were given, by a quarter of it or so. */
    private static final double LATE = 0.5;

    private static final Duration LATE_AT_LEAST = Duration.ofSeconds(10);

    /** More places are not kept. An evil client could fill the heap with them. */
    private static final int MOST_AWAY = 10_000;

    /** The time for as many bytes as one tenant can hold, until something is known about it. */
    private static final Duration FIRST_TURN = Duration.ofSeconds(10);

    /** The pace is that of the last bytes, up to so many times the most that a tenant can hold. */
    private static final int PACE_TURNS = 8;

    /** Multiples of it, less the whole numbers, lie evenly between 0 and 1. */
    private static final double GOLDEN_RATIO = 0.618034;

    private final long most;
    private final long mostOfTenant;
    private final Duration longestHold;
    private final LongSupplier nanoTime;
    private final Map<String, Tenant> tenants = new HashMap<>();
    private final NavigableMap<Long, Place> waiting = new TreeMap<>();
    private long held;
    private long lastNumber;
    private int away;
    private int spread;
    /** Of the tenant that gave something back last while others of it waited; 0: not known. */
    private double lastNanosPerByte;

    /**
     * A bound of so many bytes.
     *
     * @param longestHold the time within which every share is given back
     */
    ShareQueue(long most, long mostOfTenant, Duration longestHold, LongSupplier nanoTime) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
        this.longestHold = longestHold;
        this.nanoTime = nanoTime;
    }

    /**
     * Asks for a share, at the place that the request had, or else behind all others.
     *
     * @param granted runs when it gets the share, which may be before this method returns
     */
    Place join(String name, long bytes, Runnable granted) {
        long now = nanoTime.getAsLong();
        Tenant tenant = tenants.computeIfAbsent(name, _ -> new Tenant());
        Place place = tenant.placeOf(bytes, now, granted);
        tenant.join(place, now);
        waiting.put(place.number, place);
        grant();
        return place;
    }

    /**
     * Has a request that waits go away, and keeps its place.
     *
     * @return the time after which it would get its share
     */
    Duration refuse(Place place) {
        long now = nanoTime.getAsLong();
        Tenant tenant = place.tenant;
        double nanos = tenant.nanosPerByte(now) * (tenant.bytesBefore(place, now) + place.bytes);
        double longest = LONGEST_RETRY.toNanos();
        if (nanos > longest) {
            spread++;
            nanos = longest * (0.5 + 0.5 * (spread * GOLDEN_RATIO % 1));
        }
        Duration time = Duration.ofNanos((long) Math.max(nanos, (double) SHORTEST_RETRY.toNanos()));
        if (away < MOST_AWAY) {
            long late = Math.max((long) (time.toNanos() * LATE), LATE_AT_LEAST.toNanos());
            tenant.keep(place, now + time.toNanos(), late);
        }
        leave(place);
        return time;
    }

    /** Takes a request that waits out of the queue. */
    void leave(Place place) {
        waiting.remove(place.number);
        place.tenant.waiting -= place.bytes;
        forgetIdle();
        grant();
    }

    /** @param done whether its request is, so that it says something about the pace */
    void giveBack(Place place, boolean done) {
        held -= place.bytes;
        place.tenant.held -= place.bytes;
        if (done) {
            place.tenant.count(place.bytes);
        }
        forgetIdle();
        grant();
    }

    /** Counts what a request holds, even beyond the bound. */
    Place hold(String name, long bytes) {
        Tenant tenant = tenants.computeIfAbsent(name, _ -> new Tenant());
        Place place = new Place(tenant, bytes, ++lastNumber, false, () -> {});
        place.granted = true;
        held += bytes;
        tenant.held += bytes;
        return place;
    }

    /** The number of requests that wait. */
    int waiting() {
        return waiting.size();
    }

    /** Bytes that are held. */
    long held() {
        return held;
    }

    /** The number of tenants of which anything is known. */
    int tenants() {
        return tenants.size();
    }

    /** Gives shares in order. Tenants that have enough are passed by; a large share is not, nor within its tenant. */
    private void grant() {
        Set<Tenant> satisfied = new HashSet<>();
        for (Iterator<Place> queue = waiting.values().iterator(); queue.hasNext(); ) {
            Place next = queue.next();
            boolean enough = next.tenant.held > 0 && next.tenant.held + next.bytes > mostOfTenant;
            if (enough || satisfied.contains(next.tenant)) {
                satisfied.add(next.tenant);
                continue;
            }
            if (held + next.bytes > most) {
                return;
            }
            queue.remove();
            held += next.bytes;
            next.tenant.held += next.bytes;
            next.tenant.waiting -= next.bytes;
            next.granted = true;
            next.whenGranted.run();
        }
    }

    private void forgetIdle() {
        long now = nanoTime.getAsLong();
        tenants.values().removeIf(tenant -> tenant.forgets(now));
    }

    /** A request that waits for a share or has it. */
    static final class Place {

        private final Tenant tenant;
        private final long bytes;
        private final long number;
        private final boolean inTime;
        private final Runnable whenGranted;
        private boolean granted;

        private Place(Tenant tenant, long bytes, long number, boolean inTime, Runnable whenGranted) {
            this.tenant = tenant;
            this.bytes = bytes;
            this.number = number;
            this.inTime = inTime;
            this.whenGranted = whenGranted;
        }

        boolean isGranted() {
            return granted;
        }

        /** Whether the request was refused before, and came back at the time that it was given or later. */
        boolean isInTime() {
            return inTime;
        }

        long bytes() {
            return bytes;
        }
    }

    /**
     * Keeps the place of a request that was refused.
     *
     * @param due when it shall come back
     * @param end until when its place is kept
     */
    private record Away(long bytes, long due, long end) {}

    /** Counts what one tenant has and wants. */
    private final class Tenant {

        private final NavigableMap<Long, Away> places = new TreeMap<>();
        private long lastEnd;
        private long held;
        private long waiting;
        /** What was given back lately while requests waited, and how long that took. */
        private double givenBack;

        private double nanos;
        private long since;

        private Place placeOf(long bytes, long now, Runnable granted) {
            forgetLate(now);
            for (Map.Entry<Long, Away> place : places.entrySet()) {
                long number = place.getKey();
                Away request = place.getValue();
                if (request.bytes == bytes) {
                    places.remove(number); // and the entry is another one then
                    away--;
                    return new Place(this, bytes, number, now - request.due >= 0, granted);
                }
            }
            return new Place(this, bytes, ++lastNumber, false, granted);
        }

        private void join(Place place, long now) {
            if (waiting == 0) {
                since = now;
            }
            waiting += place.bytes;
        }

        private void keep(Place place, long due, long late) {
            long end = due + late;
            lastEnd = places.isEmpty() || end - lastEnd > 0 ? end : lastEnd;
            places.put(place.number, new Away(place.bytes, due, end));
            away++;
        }

        private void forgetLate(long now) {
            int before = places.size();
            places.values().removeIf(request -> now - request.end > 0);
            away -= before - places.size();
        }

        private boolean forgets(long now) {
            if (held > 0 || waiting > 0 || (!places.isEmpty() && now - lastEnd <= 0)) {
                return false;
            }
            away -= places.size();
            return true;
        }

        private void count(long bytes) {
            if (waiting == 0) {
                return; // it is not known when it would have been given back if others had waited
            }
            long now = nanoTime.getAsLong();
            nanos += now - since;
            givenBack += bytes;
            since = now;
            lastNanosPerByte = nanos / givenBack;
            if (givenBack > (double) PACE_TURNS * mostOfTenant) {
                nanos /= 2;
                givenBack /= 2;
            }
        }

        /** The pace while requests of this tenant wait. */
        private double nanosPerByte(long now) {
            if (givenBack > 0) {
                return (nanos + (now - since)) / givenBack;
            }
            if (lastNanosPerByte > 0) {
                return lastNanosPerByte;
            }
            // What has not been done for some time takes as long again, as far as anybody knows
            long turn = Math.max(2 * (now - since), FIRST_TURN.toNanos());
            return (double) Math.min(turn, longestHold.toNanos()) / mostOfTenant;
        }

        /** What this tenant asks for with requests that came before this one. */
        private long bytesBefore(Place place, long now) {
            forgetLate(now);
            long bytes = 0;
            for (Away request : places.headMap(place.number).values()) {
                bytes += request.bytes;
            }
            for (Place other : ShareQueue.this.waiting.headMap(place.number).values()) {
                bytes += other.tenant == this ? other.bytes : 0;
            }
            return bytes;
        }
    }
}

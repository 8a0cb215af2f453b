package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Is a consumer group of static members, as the broker sees it: generations, sessions, cooperative assignments and
 * offsets. A rebalance waits for every member to join. A partition that is to move is first taken from its owner; the
 * owner's next join gives it away.
 */
final class ModelGroup {

    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    static final Duration SESSION = Duration.ofSeconds(10);

    /** Is a member as the broker knows it. */
    static final class Member {
        final String instance;
        final String id;
        private Set<TopicPartition> owned = Set.of();
        private Set<TopicPartition> assigned = new TreeSet<>(ORDER);
        private int generation;
        private boolean joined;
        private long lastSeen;

        Member(String instance, String id) {
            this.instance = instance;
            this.id = id;
        }

        /** Returns what it is to have. */
        Set<TopicPartition> assigned() {
            return assigned;
        }

        /** Returns the generation that its assignment is of. */
        int generation() {
            return generation;
        }
    }

    private final World world;
    private final String name;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Map<String, Member> members = new TreeMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final Map<TopicPartition, Long> places = new HashMap<>();
    private final Map<ModelTransaction, Map<TopicPartition, Long>> pending = new LinkedHashMap<>();
    private final Set<Actor> waiting = new LinkedHashSet<>();
    private long written;
    private int generation;
    private int ids;
    private boolean preparing;

    ModelGroup(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** Takes note of what its members read. */
    void reads(List<TopicPartition> read) {
        for (TopicPartition partition : read) {
            if (!partitions.contains(partition)) {
                partitions.add(partition);
            }
        }
        partitions.sort(Comparator.comparingInt(
                partition -> Utils.murmur2(partition.toString().getBytes(UTF_8))));
    }

    /** Says whether a rebalance waits for members to join. */
    boolean preparing() {
        return preparing;
    }

    /** Lets a process in. A static member that comes back keeps what it had, and its predecessor is fenced. */
    Member join(String instance) {
        Member before = members.get(instance);
        Member member = new Member(instance, instance + "-" + ++ids);
        member.lastSeen = world.nanoTime();
        members.put(instance, member);
        if (before != null && !preparing) {
            member.assigned.addAll(before.assigned);
            member.owned = before.owned;
            member.generation = generation;
            world.note("group %s: %s is back as %s".formatted(name, instance, member.id));
        } else {
            rebalance("%s joins".formatted(member.id));
            joined(member, Set.of());
        }
        changed();
        return member;
    }

    /** Takes note that a member waits for the next generation, and what it has. */
    void joined(Member member, Set<TopicPartition> owned) {
        member.owned = new HashSet<>(owned);
        member.joined = true;
        completeIfAllJoined();
    }

    /** Says whether the member waits for the next generation. */
    boolean hasJoined(Member member) {
        return member.joined;
    }

    /** Begins a rebalance. */
    void rebalance(String why) {
        if (!preparing) {
            preparing = true;
            members.values().forEach(member -> member.joined = false);
            world.note("group %s rebalances: %s".formatted(name, why));
            changed();
        }
    }

    private void completeIfAllJoined() {
        if (!preparing || members.values().stream().anyMatch(member -> !member.joined)) {
            return;
        }
        preparing = false;
        generation++;
        assign();
        for (Member member : members.values()) {
            member.generation = generation;
            seen(member);
        }
        world.note("group %s generation %d: %s".formatted(name, generation, sizes()));
        changed();
    }

    private String sizes() {
        StringBuilder sizes = new StringBuilder();
        members.values()
                .forEach(member -> sizes.append(member.id)
                        .append('=')
                        .append(member.assigned.size())
                        .append(' '));
        return sizes.toString().trim();
    }

    /** Gives each member its share; what it has stays, if it fits. */
    private void assign() {
        Map<TopicPartition, Member> owners = new HashMap<>();
        for (Member member : members.values()) {
            member.owned.forEach(partition -> owners.put(partition, member));
            member.assigned = new TreeSet<>(ORDER);
        }
        int all = partitions.size();
        int least = members.isEmpty() ? 0 : all / members.size();
        int withOneMore = members.isEmpty() ? 0 : all % members.size();
        List<TopicPartition> free = new ArrayList<>();
        int full = 0;
        for (TopicPartition partition : partitions) {
            Member owner = owners.get(partition);
            if (owner == null) {
                free.add(partition);
            } else if (owner.assigned.size() < least) {
                owner.assigned.add(partition);
            } else if (owner.assigned.size() == least && full < withOneMore) {
                owner.assigned.add(partition);
                full++;
            } else {
                free.add(partition);
            }
        }
        for (TopicPartition partition : free) {
            members.values().stream()
                    .min(Comparator.comparingInt(member -> member.assigned.size()))
                    .filter(_ -> !owners.containsKey(partition))
                    .ifPresent(member -> member.assigned.add(partition));
        }
    }

    /** Takes note that a member lives. */
    void seen(Member member) {
        member.lastSeen = world.nanoTime();
    }

    /** Says whether the member is in the group. */
    boolean knows(Member member) {
        return member.equals(members.get(member.instance));
    }

    void leave(Member member) {
        if (knows(member)) {
            remove(member, "leaves");
        }
    }

    private void remove(Member member, String why) {
        members.remove(member.instance);
        world.note("group %s: %s %s".formatted(name, member.id, why));
        rebalance(member.id + " " + why);
        completeIfAllJoined();
        changed();
    }

    /** Removes the members that have not been seen for the session time-out. Who waits for the others to join stays. */
    void expire() {
        for (Member member : List.copyOf(members.values())) {
            boolean waits = preparing && member.joined;
            if (!waits && world.nanoTime() - member.lastSeen > SESSION.toNanos()) {
                remove(member, "is not seen any more");
            }
        }
    }

    /** Lets every session begin anew, for the coordinator was away. */
    void coordinatorIsBack() {
        members.values().forEach(this::seen);
    }

    /**
     * Checks that offsets come from who may commit them.
     *
     * @throws CommitFailedException if another generation has the partitions
     */
    void requireMember(ConsumerGroupMetadata member) {
        if (member.generationId() < 0 && member.memberId().isEmpty() && members.isEmpty()) {
            // Who is no member may commit for a group that has none
            return;
        }
        Member known = members.get(member.groupInstanceId().orElse(""));
        if (known == null) {
            throw new CommitFailedException("the group does not know the member " + member.memberId());
        }
        if (!known.id.equals(member.memberId())) {
            throw new FencedInstanceIdException("another has the instance id of " + member.memberId());
        }
        if (generation != member.generationId()) {
            throw new CommitFailedException("generation is " + generation + ", not " + member.generationId());
        }
    }

    /** Takes note that a transaction will commit offsets of these partitions here, and of their place in the log. */
    void pend(ModelTransaction transaction, Set<TopicPartition> names) {
        Map<TopicPartition, Long> own = pending.computeIfAbsent(transaction, _ -> new HashMap<>());
        names.forEach(partition -> own.put(partition, ++written));
    }

    /**
     * Takes note of what became of it. The offset that was written last counts, whichever transaction ended last: after
     * compaction, the broker would find no other.
     */
    void settle(ModelTransaction transaction, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TopicPartition, Long> own = pending.getOrDefault(transaction, Map.of());
        pending.remove(transaction);
        if (transaction.committed()) {
            offsets.forEach((partition, offset) -> {
                long place = own.getOrDefault(partition, 0L);
                if (place > places.getOrDefault(partition, -1L)) {
                    places.put(partition, place);
                    committed.put(partition, offset);
                }
            });
        }
        changed();
    }

    /** Says whether an open transaction may still change one of these offsets. */
    boolean unstable(Set<TopicPartition> names) {
        return pending.keySet().stream()
                .anyMatch(transaction -> transaction.offsets.getOrDefault(this, Map.of()).keySet().stream()
                        .anyMatch(names::contains));
    }

    @Nullable
    OffsetAndMetadata committed(TopicPartition partition) {
        return committed.get(partition);
    }

    /** Has the actor woken at the next change. */
    void wakeAtChange(Actor actor) {
        waiting.add(actor);
    }

    private void changed() {
        List<Actor> woken = List.copyOf(waiting);
        waiting.clear();
        woken.forEach(world::wake);
    }

    String name() {
        return name;
    }
}

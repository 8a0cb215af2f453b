package io.pawline.cli.check;

import io.pawline.cli.connection.Cluster;
import io.pawline.cli.connection.ClusterException;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Looks at what the user who asks may do with Pawline's topics and consumer groups. Only what the operator's own
 * commands need must be allowed: to read and write the live controls. A user of one stage has the rights of that stage
 * alone.
 */
final class RightsCheck {

    private final Cluster cluster;

    RightsCheck(Cluster cluster) {
        this.cluster = cluster;
    }

    List<Finding> findings(Map<String, TopicDescription> topics) {
        return List.of(control(topics), others(topics));
    }

    private Finding control(Map<String, TopicDescription> topics) {
        if (!topics.containsKey(Topics.CONTROL)) {
            return Finding.skipped("rights", cluster.servers(), "there is no topic " + Topics.CONTROL, "");
        }
        Set<AclOperation> allowed = allowed(topics.get(Topics.CONTROL));
        List<String> missing = new ArrayList<>();
        for (AclOperation needed : List.of(AclOperation.READ, AclOperation.WRITE)) {
            if (!allowed.contains(needed)) {
                missing.add(needed.name());
            }
        }
        return missing.isEmpty()
                ? Finding.ok("rights", cluster.servers(), "this user may read and write " + Topics.CONTROL)
                : Finding.fail(
                        "rights",
                        cluster.servers(),
                        "this user lacks %s on %s".formatted(String.join(" and ", missing), Topics.CONTROL),
                        "give the user these rights; without them 'pawline control --bootstrap-servers' does not work");
    }

    private Finding others(Map<String, TopicDescription> topics) {
        Set<String> unread = new TreeSet<>();
        Set<String> unwritten = new TreeSet<>();
        topics.forEach((name, topic) -> {
            if (!allowed(topic).contains(AclOperation.READ)) {
                unread.add(name);
            }
            if (!allowed(topic).contains(AclOperation.WRITE)) {
                unwritten.add(name);
            }
        });
        return Finding.ok(
                "rights of work",
                cluster.servers(),
                "of the topics this user may read %s and write %s, of the groups see %s"
                        .formatted(words(unread, topics.size()), words(unwritten, topics.size()), seenGroups()));
    }

    private String seenGroups() {
        Set<String> unseen = new TreeSet<>();
        List<String> groups = Stream.concat(
                        Arrays.stream(Stage.values()).map(Stage::consumerGroup), Stream.of(Topics.FINAL_STATES_GROUP))
                .toList();
        Map<String, KafkaFuture<ConsumerGroupDescription>> asked = cluster.admin()
                .describeConsumerGroups(groups, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                .describedGroups();
        asked.forEach((group, description) -> {
            try {
                cluster.answer(description);
            } catch (ClusterException refused) {
                // Any other refusal means that there is no such group yet
                if (refused.getCause() instanceof AuthorizationException) {
                    unseen.add(group);
                }
            }
        });
        return words(unseen, groups.size());
    }

    private static Set<AclOperation> allowed(TopicDescription topic) {
        return Objects.requireNonNullElse(topic.authorizedOperations(), Set.of());
    }

    private static String words(Set<String> missing, int all) {
        if (missing.isEmpty()) {
            return "all";
        }
        return missing.size() == all ? "none" : "all but " + String.join(", ", missing);
    }
}

package io.pawline.helm;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.pawline.kafka.SecuredKafka;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Does with KafkaTopic and KafkaUser resources what Strimzi does, at a broker of these tests. */
final class StrimziOperator {

    private StrimziOperator() {}

    /** Makes the topics, with one replica each because there is one broker, and settings that fit it. */
    static void makeTopics(Admin admin, List<GenericKubernetesResource> topics)
            throws InterruptedException, ExecutionException {
        List<NewTopic> wanted = topics.stream()
                .map(topic -> new NewTopic(
                                topic.<String>get("spec", "topicName"),
                                topic.<Integer>get("spec", "partitions"),
                                (short) 1)
                        .configs(texts(topic.get("spec", "config"))))
                .toList();
        admin.createTopics(wanted).all().get();
    }

    /** Makes the users, and returns the Secret of each. */
    static Map<String, Map<String, String>> makeUsers(SecuredKafka kafka, List<GenericKubernetesResource> users)
            throws InterruptedException, ExecutionException {
        for (GenericKubernetesResource user : users) {
            String name = user.getMetadata().getName();
            kafka.add(name, rights(name, user));
        }
        return users.stream()
                .map(user -> user.getMetadata().getName())
                .collect(Collectors.toMap(
                        name -> name,
                        name -> Map.of("sasl.jaas.config", SecuredKafka.login(name, SecuredKafka.password(name)))));
    }

    /** The rights of a KafkaUser, given to this user of the broker. */
    static List<AclBinding> rights(String user, GenericKubernetesResource resource) {
        List<AclBinding> bindings = new ArrayList<>();
        List<Map<String, Object>> acls = resource.get("spec", "authorization", "acls");
        for (Map<String, Object> acl : acls) {
            ResourcePattern pattern = pattern((Map<?, ?>) Objects.requireNonNull(acl.get("resource")));
            for (Object operation : (List<?>) Objects.requireNonNull(acl.get("operations"))) {
                bindings.add(new AclBinding(
                        pattern,
                        new AccessControlEntry(
                                "User:" + user, "*", operation(String.valueOf(operation)), AclPermissionType.ALLOW)));
            }
        }
        return bindings;
    }

    private static ResourcePattern pattern(Map<?, ?> resource) {
        String type = String.valueOf(resource.get("type"));
        if (type.equals("cluster")) {
            return new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL);
        }
        return new ResourcePattern(
                type.equals("transactionalId") ? ResourceType.TRANSACTIONAL_ID : ResourceType.fromString(type),
                String.valueOf(resource.get("name")),
                "prefix".equals(resource.get("patternType")) ? PatternType.PREFIXED : PatternType.LITERAL);
    }

    private static AclOperation operation(String strimzi) {
        return AclOperation.fromString(
                strimzi.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
    }

    private static Map<String, String> texts(Map<String, Object> config) {
        return config.entrySet().stream()
                .filter(entry -> !entry.getKey().equals("min.insync.replicas"))
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
    }
}

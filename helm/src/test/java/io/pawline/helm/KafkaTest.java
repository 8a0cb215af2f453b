package io.pawline.helm;

import static io.pawline.helm.TestingChart.custom;
import static io.pawline.helm.TestingChart.object;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TopicPrefix;
import io.pawline.schemas.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaTest {

    private static final List<Stage> STAGES = List.of(Stage.values());

    /** The prefix of the topics that Kafka Streams makes for itself. */
    static final String OF_THE_REPORT = "pawline.ops.live-";

    private static final Map<String, Object> STRIMZI = Map.of(
            "kafka.topics.manage", "strimzi",
            "kafka.topics.partitions", 7,
            "kafka.topics.replicas", 2,
            "kafka.users.manage", "strimzi",
            "kafka.strimzi.cluster", "main",
            "kafka.strimzi.namespace", "kafka",
            "kafka.security.protocol", "SASL_SSL",
            "kafka.security.caSecret", "main-cluster-ca-cert");

    /** The list of the services decides. */
    @Test
    void strimziMakesTheTopicsThatTheServicesKnow() {
        Map<String, GenericKubernetesResource> rendered = custom("KafkaTopic", STRIMZI).stream()
                .collect(toMap(topic -> topic.get("spec", "topicName"), topic -> topic));
        List<NewTopic> known = Topics.all(7, (short) 2);

        assertThat(rendered).containsOnlyKeys(known.stream().map(NewTopic::name).toList());
        for (NewTopic topic : known) {
            GenericKubernetesResource resource = Objects.requireNonNull(rendered.get(topic.name()));
            assertThat(resource.<Integer>get("spec", "partitions")).isEqualTo(topic.numPartitions());
            assertThat(resource.<Integer>get("spec", "replicas")).isEqualTo(topic.replicationFactor());
            assertThat(texts(resource.get("spec", "config")))
                    .as(topic.name())
                    .containsExactlyInAnyOrderEntriesOf(topic.configs());
        }
    }

    /** What the services make of the prefix is theirs to test; here it is before each name of Kafka. */
    @Test
    void theTopicPrefixIsBeforeEveryTopicAndEveryRight() {
        Map<String, Object> staging = with(STRIMZI, "kafka.topicPrefix", "staging_1.");

        assertThat(custom("KafkaTopic", staging).stream()
                        .collect(toMap(
                                topic -> topic.<String>get("spec", "topicName"),
                                topic -> topic.getMetadata().getName())))
                .containsOnlyKeys(Topics.all(7, (short) 2).stream()
                        .map(topic -> "staging_1." + topic.name())
                        .toList())
                .containsEntry("staging_1.pawline.callback.retry-long", "spring-pawline-staging-1-callback-retry-long");
        assertThat(Arrays.stream(Component.values()).map(component -> everyRule(component, staging)))
                .containsExactlyElementsOf(Arrays.stream(Component.values())
                        .map(component -> everyRule(component, STRIMZI).stream()
                                .map(rule -> rule.replaceFirst("pawline", "staging_1.pawline"))
                                .toList())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void aPodIsToldTheTopicPrefix(Component component) {
        Map<String, Object> staging = Map.of("kafka.topicPrefix", "staging-");

        assertThat(topicPrefix(object(Deployment.class, component.code(), staging)
                        .getSpec()
                        .getTemplate()
                        .getSpec()))
                .containsExactly("staging-");
        assertThat(topicPrefix(object(Deployment.class, component.code())
                        .getSpec()
                        .getTemplate()
                        .getSpec()))
                .isEmpty();
    }

    @Test
    void theJobThatMakesTheTopicsIsToldTheTopicPrefix() {
        List<Job> jobs =
                TestingChart.objects(Job.class, Map.of("kafka.topicPrefix", "staging-", "kafka.topics.manage", "job"));

        assertThat(jobs)
                .singleElement()
                .satisfies(job -> assertThat(
                                topicPrefix(job.getSpec().getTemplate().getSpec()))
                        .containsExactly("staging-"));
    }

    private static List<String> topicPrefix(PodSpec pod) {
        return pod.getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(TopicPrefix.VARIABLE))
                .map(EnvVar::getValue)
                .toList();
    }

    /** All that a user may do. */
    private static List<String> everyRule(Component component, Map<String, Object> values) {
        List<Map<String, Object>> acls = user(component, values).get("spec", "authorization", "acls");
        return acls.stream()
                .map(acl -> acl.get("resource") + " " + acl.get("operations"))
                .toList();
    }

    @Test
    void topicsOutliveTheRelease() {
        assertThat(custom("KafkaTopic", STRIMZI)).isNotEmpty().allSatisfy(topic -> {
            assertThat(topic.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
            assertThat(topic.getMetadata().getNamespace()).isEqualTo("kafka");
            assertThat(topic.getMetadata().getLabels()).containsEntry("strimzi.io/cluster", "main");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aUserMayReadAndWriteWhatItsStageDoesAndNothingElse(Component component) {
        GenericKubernetesResource user = user(component);

        assertThat(topics(user, "Read")).isEqualTo(new TreeSet<>(reads(component)));
        assertThat(topics(user, "Write")).isEqualTo(new TreeSet<>(writes(component)));
        assertThat(rules(user, "cluster", "All")).isEmpty();
        assertThat(rules(user, "group", "Read"))
                .containsExactlyElementsOf(
                        switch (component) {
                            case INGEST -> List.of("pawline.ingest.progress", "pawline.ingest.budget");
                            case OPS -> List.of("pawline.ops.");
                            case CALLBACK -> List.of("pawline.callback", "pawline.callback.final-states");
                            default -> List.of(stage(component).consumerGroup());
                        });
        assertThat(rules(user, "transactionalId", "Write"))
                .containsExactlyElementsOf(
                        switch (component) {
                            case INGEST -> List.of();
                            case OPS -> List.of("pawline.ops.replay", OF_THE_REPORT);
                            default -> List.of(stage(component).consumerGroup() + "-");
                        });
    }

    @ParameterizedTest
    @EnumSource
    void aServiceConnectsAsItsOwnUser(Component component) {
        assertThat(kafkaSecrets(component, STRIMZI))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                        user(component).getMetadata().getName() + "/sasl.jaas.config",
                        "SPRING_KAFKA_PROPERTIES_SSL_TRUSTSTORE_CERTIFICATES",
                        "main-cluster-ca-cert/ca.crt"));
    }

    @ParameterizedTest
    @CsvSource({
        "PLAINTEXT, ''",
        "SASL_PLAINTEXT, SASL_JAAS_CONFIG",
        "SASL_SSL, SASL_JAAS_CONFIG SSL_TRUSTSTORE_CERTIFICATES",
        "SSL, SSL_KEYSTORE_CERTIFICATE_CHAIN SSL_KEYSTORE_KEY SSL_TRUSTSTORE_CERTIFICATES"
    })
    void eachProtocolTakesWhatItNeedsFromSecrets(String protocol, String variables) {
        Map<String, Object> values = Map.of(
                "kafka.security.protocol", protocol,
                "kafka.security.existingSecret", "pawline-kafka",
                "kafka.security.caSecret", "pawline-kafka-ca");

        assertThat(kafkaSecrets(Component.DETECT, values))
                .containsOnlyKeys(Arrays.stream(variables.split(" ", -1))
                        .filter(name -> !name.isEmpty())
                        .map(name -> "SPRING_KAFKA_PROPERTIES_" + name)
                        .toList());
    }

    @Test
    void topicsOfThreeCopiesAcceptWhatTwoHave() {
        assertThat(custom("KafkaTopic", with(STRIMZI, "kafka.topics.replicas", 3)))
                .isNotEmpty()
                .allSatisfy(topic -> assertThat(topic.<Integer>get("spec", "config", "min.insync.replicas"))
                        .isEqualTo(2));
    }

    /** Argo CD installs what has a lower number first. */
    @Test
    void topicsAndUsersAreThereBeforeThePods() {
        for (String kind : List.of("KafkaTopic", "KafkaUser")) {
            assertThat(custom(kind, STRIMZI))
                    .isNotEmpty()
                    .allSatisfy(object -> assertThat(object.getMetadata().getAnnotations())
                            .containsEntry("argocd.argoproj.io/sync-wave", "-1"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConsumerIsToldWhereItsPodRuns(Component component) {
        Map<String, Object> values = Map.of("kafka.clientRackLabel", "topology.kubernetes.io/zone");

        assertThat(object(Deployment.class, component.code(), values)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getEnv())
                .filteredOn(variable -> variable.getName().equals("SPRING_KAFKA_PROPERTIES_CLIENT_RACK"))
                .singleElement()
                .satisfies(variable -> assertThat(
                                variable.getValueFrom().getFieldRef().getFieldPath())
                        .isEqualTo("metadata.labels['topology.kubernetes.io/zone']"));
    }

    private static Map<String, Object> with(Map<String, Object> values, String key, Object value) {
        Map<String, Object> more = new HashMap<>(values);
        more.put(key, value);
        return more;
    }

    @Test
    void theRegistrysUserComesFromASecret() {
        assertThat(kafkaSecrets(Component.DETECT, Map.of("schemaRegistry.existingSecret", "pawline-registry")))
                .containsExactly(
                        Map.entry("SPRING_KAFKA_PROPERTIES_BASIC_AUTH_USER_INFO", "pawline-registry/user-info"));
    }

    private static GenericKubernetesResource user(Component component) {
        return user(component, STRIMZI);
    }

    private static GenericKubernetesResource user(Component component, Map<String, Object> values) {
        return custom("KafkaUser", values).stream()
                .filter(user -> component.code().equals(TestingChart.component(user)))
                .findFirst()
                .orElseThrow();
    }

    private static Stage stage(Component component) {
        return Stage.ofCode(component.code()).orElseThrow();
    }

    static List<String> reads(Component component) {
        if (component == Component.OPS) {
            return Stream.concat(Topics.all(7, (short) 2).stream().map(NewTopic::name), Stream.of(OF_THE_REPORT))
                    .toList();
        }
        if (component == Component.CALLBACK) {
            // Its reaper looks for tasks in the work of all stages
            return Stream.concat(
                            STAGES.stream().flatMap(stage -> stage.readTopics().stream()), Stream.of(Topics.CONTROL))
                    .toList();
        }
        return Stage.ofCode(component.code())
                .map(stage -> Stream.of(stage.readTopics(), List.of(Topics.CONTROL), sharedLimit(stage))
                        .flatMap(List::stream)
                        .toList())
                .orElseGet(() -> Stream.concat(
                                STAGES.stream()
                                        .filter(stage -> stage != Stage.DETECT)
                                        .map(Stage::workTopic),
                                Stream.of(Topics.BUDGET, Topics.CONTROL))
                        .toList());
    }

    /** The topics in which the processes of a stage with a provider of its own share its limit, and ask for money. */
    private static List<String> sharedLimit(Stage stage) {
        return stage.paid() ? List.of(Topics.LIMITS, Topics.BUDGET) : List.of();
    }

    static List<String> writes(Component component) {
        List<String> writes = new ArrayList<>(List.of(Topics.CONTROL));
        if (component == Component.OPS) {
            writes.addAll(List.of(OF_THE_REPORT, Topics.LIVE));
            STAGES.forEach(stage -> writes.add(stage.workTopic()));
            return writes;
        }
        Stage.ofCode(component.code())
                .ifPresentOrElse(
                        stage -> {
                            writes.addAll(stage.readTopics());
                            writes.remove(stage.workTopic());
                            writes.addAll(List.of(stage.deadLetterTopic(), Topics.ATTEMPTS));
                            writes.addAll(sharedLimit(stage));
                            if (!stage.notifiesReceivers()) {
                                writes.add(STAGES.get(STAGES.indexOf(stage) + 1).workTopic());
                                writes.add(Stage.CALLBACK.workTopic());
                            }
                        },
                        () -> writes.addAll(List.of(Stage.DETECT.workTopic(), Topics.BUDGET)));
        return writes;
    }

    private static Set<String> topics(GenericKubernetesResource user, String operation) {
        return new TreeSet<>(rules(user, "topic", operation));
    }

    private static List<String> rules(GenericKubernetesResource user, String type, String operation) {
        List<Map<String, Object>> acls = user.get("spec", "authorization", "acls");
        return acls.stream()
                .filter(acl -> ((List<?>) Objects.requireNonNull(acl.get("operations"))).contains(operation))
                .map(acl -> (Map<?, ?>) Objects.requireNonNull(acl.get("resource")))
                .filter(resource -> type.equals(resource.get("type")))
                .map(resource -> String.valueOf(resource.get("name")))
                .toList();
    }

    /** The variables of the connections to Kafka and the registry: name to Secret and key. */
    private static Map<String, String> kafkaSecrets(Component component, Map<String, Object> values) {
        return object(Deployment.class, component.code(), values)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .stream()
                .filter(variable -> variable.getName().startsWith("SPRING_KAFKA_"))
                .collect(toMap(variable -> variable.getName(), variable -> {
                    var key = variable.getValueFrom().getSecretKeyRef();
                    return key.getName() + "/" + key.getKey();
                }));
    }

    private static Map<String, String> texts(Map<String, Object> config) {
        return config.entrySet().stream().collect(toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
    }
}

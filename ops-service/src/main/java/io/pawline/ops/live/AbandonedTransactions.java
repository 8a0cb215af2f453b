package io.pawline.ops.live;

import io.pawline.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the transactions that killed processes left open. Until then, nobody sees what another process counts after
 * them, for it is read in its order: up to 20 seconds, since Kafka lets a transaction of Kafka Streams be open for 10 and
 * looks for such every 10. Thread-safe.
 */
final class AbandonedTransactions {

    private static final Logger log = LoggerFactory.getLogger(AbandonedTransactions.class);
    private static final long PATIENCE_SECONDS = 10;

    /** Kafka Streams names the transactions of a process by this and its id, as it names the members of its group. */
    private static final String PREFIX = Topics.LIVE_COUNT + "-";

    /** The length of an id of a process, which is a UUID. */
    private static final int ID = 36;

    private final Map<String, Object> connection;

    /** @param connection Kafka client settings: bootstrap servers, security */
    AbandonedTransactions(Map<String, Object> connection) {
        this.connection = Map.copyOf(connection);
    }

    /** Ends those of processes that are no members of the group; false: Kafka did not answer or refused. */
    boolean end() {
        try (Admin admin = Admin.create(connection)) {
            List<String> open = admin
                    .listTransactions(new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .stream()
                    .map(TransactionListing::transactionalId)
                    .filter(AbandonedTransactions::namesProcess)
                    .toList();
            if (open.isEmpty()) {
                return true;
            }
            Set<String> members = members(admin);
            List<String> abandoned =
                    open.stream().filter(id -> !members.contains(process(id))).toList();
            if (!abandoned.isEmpty()) {
                log.info("ending the transactions {}, whose processes are gone", abandoned);
                admin.fenceProducers(abandoned).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.warn("the live count may be some seconds late: {}", String.valueOf(e.getMessage()));
            return false;
        }
    }

    private static Set<String> members(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        return admin
                .describeConsumerGroups(List.of(Topics.LIVE_COUNT))
                .all()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .values()
                .stream()
                .flatMap(group -> group.members().stream())
                .map(MemberDescription::clientId)
                .filter(AbandonedTransactions::namesProcess)
                .map(AbandonedTransactions::process)
                .collect(Collectors.toSet());
    }

    private static boolean namesProcess(String id) {
        return id.startsWith(PREFIX) && id.length() >= PREFIX.length() + ID;
    }

    private static String process(String id) {
        return id.substring(PREFIX.length(), PREFIX.length() + ID);
    }
}

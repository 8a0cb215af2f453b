package io.pawline.ops.canary;

import io.pawline.controls.ControlStateReader;
import io.pawline.ops.canary.CanaryJudge.Switches;
import io.pawline.ops.controls.OperatorControls;
import io.pawline.ops.ledger.AttemptListener;
import io.pawline.service.Periodic;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Has canaries compared with the other providers of their stages. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CanaryProperties.class)
class CanaryConfiguration {

    @Bean
    CanaryStore canaryStore(TaskDatabase database) {
        return new CanaryStore(database.reports());
    }

    @Bean
    AttemptListener.Further comparedCalls(CanaryStore store) {
        return events -> store.note(events.stream()
                .map(CanaryEvents::compared)
                .flatMap(Optional::stream)
                .toList());
    }

    @Bean
    CanaryJudge canaryJudge(
            CanaryStore store,
            ControlStateReader state,
            OperatorControls controls,
            CanaryProperties properties,
            Clock clock) {
        return new CanaryJudge(store, new LiveSwitches(state, controls), properties, clock);
    }

    @Bean
    Periodic canaryRounds(CanaryJudge judge) {
        return Periodic.start("canaries", Duration.ofSeconds(2), judge::round);
    }

    /** Uses the live controls, so that a canary is switched off as an operator would do it. */
    private record LiveSwitches(ControlStateReader state, OperatorControls controls) implements Switches {

        @Override
        public Optional<Boolean> off(String provider) {
            try {
                return state.awaitRead(Duration.ZERO) ? Optional.of(state.off(provider)) : Optional.empty();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }

        @Override
        public void switchOff(String provider, String why) {
            var _ = controls.switchOff(provider, new OperatorControls.Order(CanaryJudge.WHO, why));
        }
    }
}

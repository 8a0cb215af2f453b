package io.pawline.ingest.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class TaskTokensTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30Z");
    private static final TaskId TASK = TaskId.next();

    private final TaskTokens tokens = at(NOW, "secret-1");
    private final String token = tokens.token(TASK, "shop", NOW.plusSeconds(60)).orElseThrow();

    private static TaskTokens at(Instant now, String... secrets) {
        return new TaskTokens(List.of(secrets), Clock.fixed(now, ZoneOffset.UTC));
    }

    @Example
    void makesItsHolderAReaderOfItsTenant() {
        assertThat(tokens.holder(token, TASK)).hasValueSatisfying(holder -> {
            assertThat(holder.tenant()).isEqualTo("shop");
            assertThat(holder.scopes()).containsExactly(Scope.READ);
        });
    }

    @Example
    void expiresToTheSecond() {
        assertThat(at(NOW.plusSeconds(59), "secret-1").holder(token, TASK)).isPresent();
        assertThat(at(NOW.plusSeconds(60), "secret-1").holder(token, TASK)).isEmpty();
    }

    @Example
    void isGoodForItsTaskAlone() {
        assertThat(tokens.holder(token, TaskId.next())).isEmpty();
    }

    @Example
    void aNewSecretSignsWhileTheOneBeforeStillVerifies() {
        TaskTokens rotated = at(NOW, "secret-2", "secret-1");
        assertThat(rotated.holder(token, TASK)).isPresent();
        String newer = rotated.token(TASK, "shop", NOW.plusSeconds(60)).orElseThrow();
        assertThat(tokens.holder(newer, TASK)).isEmpty();
        assertThat(at(NOW, "secret-2").holder(newer, TASK)).isPresent();
    }

    @Example
    void withoutASecretThereAreNoTokens() {
        assertThat(at(NOW).token(TASK, "shop", NOW)).isEmpty();
        assertThat(at(NOW).holder(token, TASK)).isEmpty();
    }

    @Property
    void noChangedTokenIsTaken(
            @ForAll @IntRange(max = 120) int place, @ForAll @CharRange(from = '!', to = '~') char other) {
        int at = place % token.length();
        if (token.charAt(at) != other) {
            String changed = token.substring(0, at) + other + token.substring(at + 1);
            assertThat(tokens.holder(changed, TASK)).as(changed).isEmpty();
        }
    }

    @Property
    void noOtherTextIsTaken(@ForAll @StringLength(max = 200) String text) {
        assertThat(tokens.holder(text, TASK)).isEmpty();
        assertThat(tokens.holder(token + text, TASK).isPresent()).isEqualTo(text.isEmpty());
    }

    @Property
    void noOtherClaimIsTaken(@ForAll @IntRange(min = 1) int later) {
        String signature = token.substring(token.lastIndexOf('~'));
        assertThat(tokens.holder("pwt_%d~shop%s".formatted(NOW.getEpochSecond() + later, signature), TASK)
                        .isPresent())
                .isEqualTo(later == 60);
        assertThat(tokens.holder("pwt_%d~other%s".formatted(NOW.getEpochSecond() + 60, signature), TASK))
                .isEmpty();
    }
}

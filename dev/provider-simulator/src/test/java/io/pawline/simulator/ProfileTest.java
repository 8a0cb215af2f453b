package io.pawline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTest {

    @Test
    void readsEverySetting() {
        ProviderProfile profile = Profile.parse("test.yaml", """
                        seed: 7
                        matting:
                          latency: {median: 2s, spread: 0.5}
                          capacity: 10
                          hard-limit: 30
                          errors: {"50500": 0.1, hang: 0.2, http-502: 0.05}
                          windows:
                            - {from: 1m, to: 2m, capacity: 3}
                            - {from: 90s, latency: {median: 9s}, errors: {}}
                          rules:
                            - {when-text-contains: purple, first: 2, answer: "50411"}
                        """).of(Provider.MATTING);

        assertThat(profile.usual().latency()).isEqualTo(new LatencyDistribution(Duration.ofSeconds(2), 0.5));
        assertThat(profile.usual().capacity()).isEqualTo(10);
        assertThat(profile.usual().hardLimit()).isEqualTo(30);
        assertThat(profile.usual().errors().values()).containsExactly(0.1, 0.2, 0.05);
        assertThat(profile.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.text()).isEqualTo("purple");
            assertThat(rule.first()).isEqualTo(2);
            assertThat(rule.answer().status()).isEqualTo(400);
        });
    }

    @Test
    void letsWindowsOverrideWhatTheyName() {
        ProviderProfile profile = Profile.parse("test.yaml", """
                        vision:
                          latency: {median: 1s, spread: 0.1}
                          capacity: 10
                          windows:
                            - {from: 10s, to: 30s, capacity: 3}
                            - {from: 20s, to: 40s, latency: {median: 5s}}
                        """).of(Provider.VISION);

        assertThat(profile.at(Duration.ofSeconds(9)).capacity()).isEqualTo(10);
        assertThat(profile.at(Duration.ofSeconds(10)).capacity()).isEqualTo(3);
        assertThat(profile.at(Duration.ofSeconds(25)).capacity()).isEqualTo(10);
        assertThat(profile.at(Duration.ofSeconds(25)).latency())
                .isEqualTo(new LatencyDistribution(Duration.ofSeconds(5), 0.1));
        assertThat(profile.at(Duration.ofSeconds(40))).isEqualTo(profile.usual());
    }

    @Test
    void drawsErrorsInTheirShares() {
        Conditions conditions = Profile.parse(
                        "test.yaml", "vision: {errors: {ServerOverloaded: 0.3, connection-reset: 0.1}}")
                .of(Provider.VISION)
                .usual();
        SplittableRandom random = new SplittableRandom(1);

        long faults = IntStream.range(0, 10_000)
                .filter(_ -> conditions.drawFault(random).isPresent())
                .count();

        assertThat(faults).isBetween(3_800L, 4_200L);
    }

    @Test
    void drawsLatenciesAroundTheMedian() {
        LatencyDistribution latencyDistribution = new LatencyDistribution(Duration.ofMillis(100), 0.5);
        SplittableRandom random = new SplittableRandom(1);

        long quicker = IntStream.range(0, 10_000)
                .filter(_ -> latencyDistribution.draw(random).toMillis() < 100)
                .count();

        assertThat(quicker).isBetween(4_800L, 5_200L);
    }

    @Test
    void bringsTheBundledProfiles() {
        assertThat(Profile.bundled("default").of(Provider.TEXT_TO_IMAGE).rules())
                .extracting(ProviderProfile.Rule::text)
                .containsExactly("moderated-prompt", "moderated-image", "flaky-500");
        assertThat(Profile.bundled("instant").of(Provider.MATTING).usual().latency())
                .isEqualTo(LatencyDistribution.NONE);
        assertThatThrownBy(() -> Profile.bundled("nightmare"))
                .hasMessage("there is no bundled simulator profile 'nightmare'; there are: default, incident,"
                        + " incident-matting-dead, instant, second-matting, second-text-to-image");
    }

    @Test
    void namesAnUnknownKeyAndItsFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), "vision:\n  latencyy: {median: 1s}\n");

        assertThatThrownBy(() -> Profile.load(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("unknown key 'vision.latencyy'")
                .hasMessageContaining("hard-limit");
    }

    @Test
    void refusesAKeyGivenTwice() {
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "seed: 1\nseed: 2\n"))
                .hasMessageContaining("mine.yaml")
                .hasMessageContaining("seed");
    }

    @Test
    void saysWhatIsWrongWithAValue() {
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "vision: {capacity: 0}"))
                .hasMessage("simulator profile mine.yaml: vision: capacity must be > 0, was 0");
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "vision: {latency: {median: soon}}"))
                .hasMessageContaining("median must be a duration such as 300ms, 20s or 5m, was 'soon'");
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "vision: {errors: {hang: 0.7, malformed: 0.4}}"))
                .hasMessageContaining("the shares of all errors must not exceed 1");
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "matting: {errors: {ServerOverloaded: 0.1}}"))
                .hasMessageContaining("matting knows no fault 'ServerOverloaded'; it knows http-400 to http-599,")
                .hasMessageContaining("50430");
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "matting: {rules: [{answer: hang}]}"))
                .hasMessageContaining("a rule needs when-text-contains");
        assertThatThrownBy(() -> Profile.parse("mine.yaml", "vision: {capacity: many}"))
                .hasMessageContaining("mine.yaml, line 1");
    }

    @Test
    void saysWhichFileCannotBeRead() {
        assertThatThrownBy(() -> Profile.load(Path.of("no-such-profile.yaml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no-such-profile.yaml");
    }

    @Test
    void isTheSameInOtherProportions() {
        ProviderProfile profile =
                Profile.parse("test.yaml", """
                        matting:
                          latency: {median: 6s, spread: 0.5}
                          capacity: 60
                          errors: {hang: 0.2}
                          windows:
                            - {from: 60m, to: 90m, capacity: 46, latency: {median: 12s}}
                        """).scaled(60, 0.1).of(Provider.MATTING);

        assertThat(profile.usual().latency()).isEqualTo(new LatencyDistribution(Duration.ofMillis(100), 0.5));
        assertThat(profile.usual().capacity()).isEqualTo(6);
        assertThat(profile.usual().hardLimit()).isEqualTo(Integer.MAX_VALUE);
        assertThat(profile.at(Duration.ofSeconds(59))).isEqualTo(profile.usual());
        Conditions window = profile.at(Duration.ofSeconds(60));
        assertThat(window.capacity()).isEqualTo(5);
        assertThat(window.latency().median()).isEqualTo(Duration.ofMillis(200));
        assertThat(window.errors()).isEqualTo(profile.usual().errors());
        assertThat(profile.at(Duration.ofSeconds(90))).isEqualTo(profile.usual());
    }

    @Test
    void leavesOneCallOfACapacityAtLeast() {
        Profile profile = Profile.parse("test.yaml", "vision: {capacity: 60, hard-limit: 70}");

        Conditions shrunk = profile.scaled(1, 0.001).of(Provider.VISION).usual();

        assertThat(shrunk.capacity()).isOne();
        assertThat(shrunk.hardLimit()).isOne();
    }

    @Test
    void saysWhenTasksArrive() {
        Arrivals arrivals = Profile.parse("test.yaml", """
                        arrivals:
                          - {from: 0s, to: 100s, rate: 1}
                          - {from: 100s, to: 150s, rate: 4}
                        """).scaled(10, 1).arrivals();

        List<Duration> moments = arrivals.moments(300, 1);

        assertThat(arrivals.end()).isEqualTo(Duration.ofSeconds(15));
        assertThat(moments).hasSize(300).isSorted();
        assertThat(moments)
                .filteredOn(moment -> moment.compareTo(Duration.ofSeconds(10)) < 0)
                .hasSize(100);
        assertThat(moments).allMatch(moment -> moment.compareTo(Duration.ofSeconds(15)) < 0);
        assertThat(arrivals.moments(300, 1)).isEqualTo(moments);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            arrivals: [{from: 0s, to: 0s}]                          | from must be >= 0 and to later
            arrivals: [{from: 0s, to: 2s}, {from: 1s, to: 3s}]      | must not overlap
            arrivals: [{from: 0s, to: 2s, rate: 0}]                 | rate must be > 0
            arrivals: [{from: 0s}]                                  | a part needs to
            drawings: -1                                            | drawings must be >= 0
            """)
    void refusesArrivalsThatCannotBe(String yaml, String message) {
        assertThatThrownBy(() -> Profile.parse("test.yaml", yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void knowsTheIncident() {
        Profile incident = Profile.bundled("incident");

        assertThat(incident.arrivals().end()).isEqualTo(Duration.ofMinutes(173));
        assertThat(incident.of(Provider.TEXT_TO_IMAGE)
                        .at(Duration.ofMinutes(20))
                        .capacity())
                .isLessThan(incident.of(Provider.TEXT_TO_IMAGE).usual().capacity());
        assertThat(incident.of(Provider.MATTING).at(Duration.ofMinutes(70)).capacity())
                .isLessThan(incident.of(Provider.MATTING).usual().capacity());
    }
}

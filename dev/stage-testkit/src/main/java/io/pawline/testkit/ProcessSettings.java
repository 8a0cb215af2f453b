package io.pawline.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says how a {@link StageProgram} has to run, as its command line carries it.
 *
 * @param shortestCall a call takes a random time from this one on
 * @param longestCall and up to this one
 * @param client Kafka client settings besides the bootstrap servers
 */
public record ProcessSettings(
        String bootstrapServers,
        String instanceId,
        Duration shortestCall,
        Duration longestCall,
        int maxInFlight,
        Duration drain,
        Path journal,
        Map<String, String> client) {

    public ProcessSettings {
        client = Map.copyOf(client);
    }

    public ProcessSettings withCalls(Duration shortest, Duration longest) {
        return new ProcessSettings(
                bootstrapServers, instanceId, shortest, longest, maxInFlight, drain, journal, client);
    }

    public ProcessSettings withMaxInFlight(int most) {
        return new ProcessSettings(
                bootstrapServers, instanceId, shortestCall, longestCall, most, drain, journal, client);
    }

    public ProcessSettings withDrain(Duration time) {
        return new ProcessSettings(
                bootstrapServers, instanceId, shortestCall, longestCall, maxInFlight, time, journal, client);
    }

    public ProcessSettings withClient(Map<String, String> settings) {
        return new ProcessSettings(
                bootstrapServers, instanceId, shortestCall, longestCall, maxInFlight, drain, journal, settings);
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                bootstrapServers,
                instanceId,
                shortestCall.toString(),
                longestCall.toString(),
                Integer.toString(maxInFlight),
                drain.toString(),
                journal.toString()));
        client.forEach((name, value) -> arguments.add(name + "=" + value));
        return arguments;
    }

    static ProcessSettings parse(String[] arguments) {
        Map<String, String> client = new TreeMap<>();
        Arrays.stream(arguments)
                .skip(7)
                .map(setting -> setting.split("=", 2))
                .forEach(setting -> client.put(setting[0], setting[1]));
        return new ProcessSettings(
                arguments[0],
                arguments[1],
                Duration.parse(arguments[2]),
                Duration.parse(arguments[3]),
                Integer.parseInt(arguments[4]),
                Duration.parse(arguments[5]),
                Path.of(arguments[6]),
                client);
    }
}

package io.pawline.cli.check;

import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.terminal.Failures;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;

/** Looks at ops-service: whether it answers, and takes the API key. */
public final class OpsCheck {

    private static final String OPS = "ops-service";

    private final OpsOptions options;
    private final Clocks clocks;
    private final Clock clock;

    /** Makes a check of the ops-service that the options name. */
    public OpsCheck(OpsOptions options, Clocks clocks, Clock clock) {
        this.options = options;
        this.clocks = clocks;
        this.clock = clock;
    }

    /** Returns what was found; never throws for what it finds. */
    public Finding finding() {
        String where = options.where();
        Instant asked = clock.instant();
        try {
            OpsOptions.Greeting answer = options.greet();
            answer.date().ifPresent(date -> clocks.note(where, asked, clock.instant(), date));
            return switch (answer.status()) {
                case 200 -> Finding.ok(OPS, where, "answers");
                case 401, 403 ->
                    options.hasKey()
                            ? Finding.fail(
                                    OPS,
                                    where,
                                    "refuses the API key (%d)".formatted(answer.status()),
                                    "make one with the scope read: pawline keys create")
                            : Finding.skipped(OPS, where, "asks for an API key", "set PAWLINE_KEY");
                default ->
                    Finding.fail(
                            OPS,
                            where,
                            "answers %d".formatted(answer.status()),
                            "see whether it is ready, and its log");
            };
        } catch (IOException away) {
            return options.named()
                    ? Finding.fail(
                            OPS, where, Failures.inOneLine(away), "see that the address is right, and that it runs")
                    : Finding.skipped(OPS, where, "is not reached", "name it with --ops-url");
        }
    }
}

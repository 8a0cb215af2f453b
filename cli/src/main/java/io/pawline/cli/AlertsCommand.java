package io.pawline.cli;

import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.terminal.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import okhttp3.HttpUrl;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows which alerts of ops-service fire: what somebody who was woken looks at first. */
@Command(
        name = "alerts",
        description = "Shows which alerts fire, what they mean, and the page that says what to do.",
        mixinStandardHelpOptions = true)
final class AlertsCommand implements Runnable {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    private CommandSpec spec;

    @Mixin
    private OpsOptions ops;

    @Mixin
    private LanguageOption language;

    @Override
    public void run() {
        HttpUrl address = ops.address("v1/alerts")
                .addQueryParameter("lang", language.code())
                .build();
        JsonNode alerts;
        try {
            alerts = JSON.readTree(ops.get(address)).path("alerts");
        } catch (IOException nobody) {
            throw new IllegalStateException("ops-service cannot be reached: " + nobody.getMessage(), nobody);
        }
        List<JsonNode> firing = alerts.valueStream()
                .filter(alert -> alert.path("firing").asBoolean(false))
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (firing.isEmpty()) {
            out.println("no alert fires, of %d".formatted(alerts.size()));
        }
        String folder = "docs/" + (language.code().equals("zh") ? "zh/" : "") + "operator/runbooks/";
        for (JsonNode alert : firing) {
            out.println("%s, %s since %s: %s"
                    .formatted(
                            text(alert, "name"), text(alert, "severity"), text(alert, "since"), text(alert, "title")));
            out.println("  " + text(alert, "means"));
            out.println("  " + text(alert, "detail"));
            out.println("  " + folder + text(alert, "page") + ".md");
        }
        out.flush();
    }

    private static String text(JsonNode alert, String name) {
        return Table.inOneLine(alert.path(name).asString("-"));
    }
}

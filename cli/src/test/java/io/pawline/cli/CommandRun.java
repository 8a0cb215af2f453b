package io.pawline.cli;

import io.pawline.cli.connection.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** How a command ended and what it wrote. */
record CommandRun(int exit, String out, String err) {

    static CommandRun of(List<String> line) {
        return of(Map.of(), line);
    }

    static CommandRun of(Map<String, String> environment, List<String> line) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = OperatorCommand.commandLine(new Environment(environment))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line.toArray(String[]::new));
        return new CommandRun(exit, out.toString(), err.toString());
    }

    List<String> lines() {
        return out.lines().toList();
    }
}

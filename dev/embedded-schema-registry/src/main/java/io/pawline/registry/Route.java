package io.pawline.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Leads requests with one method and one form of path to what answers them.
 *
 * @param template the path's segments; {@code {}} stands for any one
 */
record Route(String method, List<String> template, Function<RegistryRequest, Object> handler) {

    private static final String ANY = "{}";

    static Route of(String method, String template, Function<RegistryRequest, Object> handler) {
        return new Route(method, RegistryRequest.segments(template), handler);
    }

    boolean leadsTo(List<String> path) {
        if (path.size() != template.size()) {
            return false;
        }
        for (int i = 0; i < path.size(); i++) {
            if (!template.get(i).equals(ANY) && !template.get(i).equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The segments that the template leaves open. */
    List<String> arguments(List<String> path) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            if (template.get(i).equals(ANY)) {
                arguments.add(path.get(i));
            }
        }
        return arguments;
    }
}

package io.pawline.ops.http;

import java.util.Arrays;
import java.util.List;

/** The types of problems, for tests of the service as a whole. */
public final class TestingProblems {

    private TestingProblems() {}

    public static List<String> types() {
        return Arrays.stream(ProblemType.values())
                .map(type -> type.uri().toString())
                .toList();
    }
}

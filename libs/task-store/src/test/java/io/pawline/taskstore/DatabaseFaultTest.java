package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseFaultTest {

    /** Classes of which every state says that the server cannot serve now. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58", "72");

    /** The only states of other classes that pass. */
    private static final Set<String> PASSING_STATES = Set.of("25006", "25P03", "25P04", "55P03", "55006");

    @ParameterizedTest
    @CsvSource({
        "08006, LOST",
        "08001, LOST",
        "57P01, LOST",
        "57P02, LOST",
        "57P03, LOST",
        "57P05, LOST",
        "58030, LOST",
        "53100, LOST",
        "53300, LOST",
        "40003, LOST",
        "53200, OVERLOADED",
        "53400, OVERLOADED",
        "25006, READ_ONLY",
        "57014, SLOW",
        "55P03, SLOW",
        "25P03, SLOW",
        "40001, CONFLICT",
        "40P01, CONFLICT",
        "72000, CONFLICT",
        "23505, STATEMENT",
        "42P01, STATEMENT",
        "25P02, STATEMENT",
        "0A000, STATEMENT",
        "XX000, STATEMENT",
    })
    void decidesByTheState(String state, DatabaseFault fault) {
        assertThat(DatabaseFault.of(failure(state))).isEqualTo(fault);
    }

    @Property
    void asksToComeAgainOnlyForWhatPasses(@ForAll("states") String state) {
        boolean passes = PASSING_CLASSES.contains(state.substring(0, 2)) || PASSING_STATES.contains(state);

        assertThat(DatabaseFault.of(failure(state)).passes()).isEqualTo(passes);
    }

    @Property
    void findsTheFaultUnderAnyNumberOfCauses(@ForAll("states") String state, @ForAll("depths") int depth) {
        Throwable failure = new SQLException("at the bottom", state);
        for (int i = 0; i < depth; i++) {
            failure = i % 2 == 0 ? new IllegalStateException(failure) : new SQLException("no state", failure);
        }

        assertThat(DatabaseFault.of(failure)).isEqualTo(DatabaseFault.of(failure(state)));
    }

    @Example
    void takesAConnectionThatCannotBeHadForALostDatabase() {
        assertThat(DatabaseFault.of(new ConnectionException(new SQLException("no connection"))))
                .isEqualTo(DatabaseFault.LOST);
        assertThat(DatabaseFault.of(new IOException("of somebody else"))).isEqualTo(DatabaseFault.STATEMENT);
    }

    @Example
    void preparesAStatementAnewWhoseTablesHaveChanged() {
        DatabaseFault fault =
                DatabaseFault.of(new SQLException("ERROR: cached plan must not change result type", "0A000"));

        assertThat(fault.asksForAnotherTry()).isTrue();
        assertThat(fault.spoilsTheConnection()).isTrue();
    }

    @Provide
    static Arbitrary<String> states() {
        Arbitrary<String> any = Arbitraries.strings()
                .withCharRange('0', '9')
                .withCharRange('A', 'Z')
                .ofLength(5);
        Arbitrary<String> near = Arbitraries.of("08", "25", "40", "53", "55", "57", "58", "72", "23", "42")
                .flatMap(start -> Arbitraries.strings()
                        .withChars("0P")
                        .withCharRange('0', '9')
                        .ofLength(3)
                        .map(rest -> start + rest));
        return Arbitraries.oneOf(any, near, Arbitraries.of(PASSING_STATES));
    }

    @Provide
    static Arbitrary<Integer> depths() {
        return Arbitraries.integers().between(0, 6);
    }

    private static JdbiException failure(String state) {
        return new ConnectionlessException(new SQLException("as the server says it", state));
    }

    private static final class ConnectionlessException extends JdbiException {
        private static final long serialVersionUID = 1L;

        ConnectionlessException(Throwable cause) {
            super(cause);
        }
    }
}

package io.pawline.registry;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.avro.Schema;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * Keeps schemas, the versions of subjects and their compatibility levels in PostgreSQL. Writers take turns, in this
 * process and in others on the same database, so each schema gets one id and is checked against all earlier versions.
 */
final class SchemaStore {

    /** The name under which the global level is kept; no subject has an empty name. */
    private static final String GLOBAL = "";

    private static final String SELECT_VERSION = """
            select v.subject, v.schema_id as id, v.version, s.text as schema
            from schema_registry.version v join schema_registry.schema s on s.id = v.schema_id
            """;

    private static final String TABLES = """
            create schema if not exists schema_registry;
            create table if not exists schema_registry.schema (
              id   integer generated always as identity primary key,
              text text not null,
              exclude using hash (text with =)
            );
            create table if not exists schema_registry.version (
              subject   text not null,
              version   integer not null,
              schema_id integer not null references schema_registry.schema,
              primary key (subject, version),
              unique (subject, schema_id)
            );
            create table if not exists schema_registry.config (
              subject text primary key,
              level   text not null
            );
            """;

    private final Jdbi jdbi;

    SchemaStore(DataSource dataSource) {
        jdbi = Jdbi.create(dataSource);
        jdbi.registerRowMapper(ConstructorMapper.factory(SchemaVersion.class));
    }

    /** Creates the tables that are missing. */
    void createTables() {
        inTurn(handle -> handle.createScript(TABLES).execute());
    }

    List<String> subjects() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select distinct subject from schema_registry.version order by subject")
                        .mapTo(String.class)
                        .list());
    }

    /** The versions of a subject, oldest first; empty if there is no such subject. */
    List<SchemaVersion> versions(String subject) {
        return jdbi.withHandle(handle -> versions(handle, subject));
    }

    Optional<String> schema(int id) {
        return jdbi.withHandle(handle -> handle.createQuery("select text from schema_registry.schema where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .findOne());
    }

    /**
     * Makes a schema the subject's next version, unless it is one of its versions already.
     *
     * @return the schema's id
     * @throws RegistryException if the subject's compatibility level does not allow it
     */
    int register(String subject, Schema schema) {
        String text = schema.toString();
        return inTurn(handle -> {
            List<SchemaVersion> versions = versions(handle, subject);
            Optional<SchemaVersion> same = versions.stream()
                    .filter(version -> version.schema().equals(text))
                    .findFirst();
            if (same.isPresent()) {
                return same.get().id();
            }
            List<String> violations = level(handle, subject)
                    .or(() -> level(handle, GLOBAL))
                    .orElse(CompatibilityLevel.BACKWARD)
                    .violations(schema, parsed(versions));
            if (!violations.isEmpty()) {
                throw RegistryException.incompatible(subject, violations.toString());
            }
            int id = idOf(handle, text);
            handle.createUpdate("insert into schema_registry.version values (:subject, :version, :id)")
                    .bind("subject", subject)
                    .bind("version", versions.isEmpty() ? 1 : versions.getLast().version() + 1)
                    .bind("id", id)
                    .execute();
            return id;
        });
    }

    /** The level for subjects without one of their own. */
    CompatibilityLevel globalLevel() {
        return jdbi.withHandle(handle -> level(handle, GLOBAL)).orElse(CompatibilityLevel.BACKWARD);
    }

    /** The level that was set for this subject; empty if none was. */
    Optional<CompatibilityLevel> levelOf(String subject) {
        return jdbi.withHandle(handle -> level(handle, subject));
    }

    void setGlobalLevel(CompatibilityLevel level) {
        setLevel(GLOBAL, level);
    }

    void setLevel(String subject, CompatibilityLevel level) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into schema_registry.config values (:subject, :level)
                        on conflict (subject) do update set level = excluded.level""")
                .bind("subject", subject)
                .bind("level", level.name())
                .execute());
    }

    static List<Schema> parsed(List<SchemaVersion> versions) {
        return versions.stream()
                .map(version -> new Schema.Parser().parse(version.schema()))
                .toList();
    }

    private static List<SchemaVersion> versions(Handle handle, String subject) {
        return handle.createQuery(SELECT_VERSION + "where v.subject = :subject order by v.version")
                .bind("subject", subject)
                .mapTo(SchemaVersion.class)
                .list();
    }

    private static int idOf(Handle handle, String text) {
        return handle.createQuery("select id from schema_registry.schema where text = :text")
                .bind("text", text)
                .mapTo(Integer.class)
                .findOne()
                .orElseGet(() -> handle.createQuery(
                                "insert into schema_registry.schema (text) values (:text) returning id")
                        .bind("text", text)
                        .mapTo(Integer.class)
                        .one());
    }

    private static Optional<CompatibilityLevel> level(Handle handle, String subject) {
        return handle.createQuery("select level from schema_registry.config where subject = :subject")
                .bind("subject", subject)
                .mapTo(CompatibilityLevel.class)
                .findOne();
    }

    private <T> T inTurn(Function<Handle, T> work) {
        return jdbi.inTransaction(handle -> {
            handle.execute("select pg_advisory_xact_lock(hashtext('schema_registry'))");
            return work.apply(handle);
        });
    }
}

-- The index of the dead letters. A letter is known by where it stands in Kafka, so that reading a topic again adds nothing.
create table dead_letter (
    id              bigint generated always as identity primary key,
    topic           text        not null,
    partition       int         not null,
    record_offset   bigint      not null,
    stage           text        not null,
    reason          text        not null,
    detail          text        not null,
    provider_code   text,                 -- of the failed call behind it, as the ledger has it
    failed_at       timestamptz not null, -- when it became a dead letter
    first_failed_at timestamptz,
    work_at         timestamptz,          -- when its stage was given the work
    attempts        int         not null,
    task_id         uuid,                 -- this and what follows: null if nothing is known of it
    generation      int,
    tenant          text,
    style           text,
    client_ref      text,
    submitted_at    timestamptz,
    undecodable     text,                 -- why its bytes are no event; null: they are one
    state           text        not null default 'open',
    words           tsvector    generated always as (to_tsvector('simple', detail)) stored,
    unique (topic, partition, record_offset),
    constraint dead_letter_state check (state in ('open', 'replaying', 'replayed', 'failed_again', 'discarded'))
);
create index dead_letter_open on dead_letter (failed_at desc, id desc) where state = 'open';
create index dead_letter_by_time on dead_letter (failed_at desc, id desc);
create index dead_letter_by_cause on dead_letter (stage, reason, failed_at desc, id desc);
create index dead_letter_of_task on dead_letter (task_id, generation);
create index dead_letter_by_client_ref on dead_letter (client_ref, failed_at desc, id desc) where client_ref is not null;
create index dead_letter_words on dead_letter using gin (words);

-- The letter itself, beside its row so that counting and filtering need not read it.
create table dead_letter_record (
    letter_id    bigint primary key references dead_letter (id) on delete cascade,
    record_key   bytea,
    record_value bytea,
    headers      jsonb not null -- [{"name": …, "base64": …}], in their order
);

-- A payload that a person changed, beside the original, which stays what it was.
create table dead_letter_edit (
    letter_id    bigint      not null references dead_letter (id) on delete cascade,
    version      int         not null, -- 2 for the first one: 1 is the original
    record_value bytea       not null,
    made_by      text        not null,
    why          text        not null,
    made_at      timestamptz not null,
    primary key (letter_id, version)
);

create table replay (
    id         uuid primary key,
    state      text        not null default 'running',
    per_second int         not null,
    asked_by   text        not null,
    why        text        not null,
    filter     jsonb       not null, -- as it was asked for
    created_at timestamptz not null,
    ended_at   timestamptz,
    constraint replay_state check (state in ('running', 'paused', 'aborted', 'done'))
);

-- Which letters, in which order, and what became of each. A letter is taken (its task's next generation opened) before
-- it is published; how many places are published is in Kafka, written by the very transactions that publish.
create table replay_letter (
    replay_id  uuid        not null references replay (id),
    place      int         not null, -- from 1 on
    letter_id  bigint      not null references dead_letter (id),
    state      text        not null default 'waiting',
    skipped    text,                 -- why it was not published
    task_id    uuid,
    generation int,                  -- that it was published as
    deadline   timestamptz,
    outcome    text,                 -- succeeded, failed, expired, cancelled; null: not known yet
    reason     text,                 -- of an outcome that is no success
    primary key (replay_id, place),
    constraint replay_letter_state check (state in ('waiting', 'taken', 'published', 'skipped', 'in_doubt'))
);
create unique index replay_letter_once on replay_letter (letter_id) where state in ('waiting', 'taken');
create index replay_letter_open on replay_letter (replay_id, place) where state in ('waiting', 'taken');
create index replay_letter_unknown on replay_letter (task_id) where state = 'published' and outcome is null;
create index replay_letter_of_letter on replay_letter (letter_id);

-- Who did what to dead letters, and why.
create table audit (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    who       text        not null,
    action    text        not null, -- replay, pause, resume, abort, discard, edit
    why       text        not null,
    filter    jsonb,                -- of a replay or a discard
    letters   int         not null,
    replay_id uuid,
    letter_id bigint
);

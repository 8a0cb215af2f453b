-- The ledger: one row for each outside call, put together from what the topic of attempts tells of it. Written by
-- ops-service, nobody else; a day is a partition, so that the past is dropped and not deleted.
create table call_attempt (
    call_id       uuid        not null, -- UUIDv7
    started_at    timestamptz not null, -- the time in call_id, so that a call has one place whichever of its events comes first
    task_id       uuid        not null,
    generation    int         not null,
    tenant        text        not null,
    stage         text        not null,
    provider      text        not null,
    attempt       int         not null,
    ended_at      timestamptz,          -- null: under way, or its process died
    outcome       text,                 -- succeeded, failed
    orphaned      boolean     not null default false, -- its result was dropped: another process had the task by then
    reason        text,
    phase         text,
    http_status   int,
    provider_code text,
    request_id    text,
    duration_ms   bigint,
    cost_micros   bigint,               -- millionths of the unit of money
    billed        text,                 -- yes, no, unknown
    primary key (call_id, started_at)
) partition by range (started_at);
create index call_attempt_of_task on call_attempt (task_id, started_at);
create index call_attempt_by_time on call_attempt (started_at, stage);

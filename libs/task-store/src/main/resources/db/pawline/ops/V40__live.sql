-- What happened in each span of time: totals that Kafka Streams counts once, each told again whenever it has grown.
create table live_window (
    seconds     int         not null, -- length of the span: 10 or 60
    started_at  timestamptz not null,
    stage       text        not null, -- or "task", for endings
    updates     bigint      not null, -- events counted; never falls, so that what is told late takes nothing back
    tasks       bigint      not null, -- that made their stage's first call
    calls       bigint      not null, -- begun
    succeeded   bigint      not null, -- ended well
    failures    bigint      not null,
    timeouts    bigint      not null, -- those of the failures
    cost_micros bigint      not null,
    reasons     jsonb       not null, -- failures by reason
    endings     jsonb       not null, -- tasks by how they ended; of the stage "task"
    primary key (seconds, started_at, stage)
);

-- How each process of a stage stood when it last began or ended a call.
create table stage_process (
    stage         text        not null,
    instance      text        not null,
    provider      text        not null,
    at            timestamptz not null,
    in_flight     int         not null,
    call_limit    int         not null,
    breaker       text,                 -- closed, open, half_open; null: it has none
    breaker_since timestamptz,
    primary key (stage, instance)
);

-- Alerts that fire.
create table alert (
    name  text        primary key,
    since timestamptz not null
);

create index call_attempt_open on call_attempt (started_at) where ended_at is null;

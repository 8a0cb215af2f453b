-- The comparison of a new provider (the canary) with the others of its stage, one row for each canary. Written by
-- ops-service, nobody else. A comparison that begins anew overwrites the last one, whose verdict is in the audit.
create table canary (
    stage              text             not null,
    provider           text             not null,
    round              int              not null default 1, -- one more each time that the canary was switched on again
    share              double precision not null,           -- of the tasks, as the stage has it
    began_at           timestamptz      not null,
    last_at            timestamptz      not null,           -- when a call of either side ended last
    evidence           double precision not null default 0, -- that the canary is worse: natural logarithm
    reassurance        double precision not null default 0, -- that it is not worse by as much as matters, the same
    tasks              int              not null default 0, -- results of the canary in the evidence
    bad                int              not null default 0,
    others             int              not null default 0, -- results of the others in the evidence
    others_bad         int              not null default 0,
    waiting            int              not null default 0, -- results that are not yet in the evidence
    waiting_bad        int              not null default 0,
    waiting_others     int              not null default 0,
    waiting_others_bad int              not null default 0,
    causes             jsonb            not null default '{}', -- of the canary's bad results, and how many of each
    p95_ms             bigint,                              -- of its calls that succeeded
    others_p95_ms      bigint,
    cost_micros        bigint,                              -- mean of a task's calls in the stage
    others_cost_micros bigint,
    verdict            text,                                -- null: not yet
    decided_at         timestamptz,
    why                text,
    switched_off_at    timestamptz,                         -- when it was switched off because of the verdict
    seen_off           boolean          not null default false, -- it was off at the last look, whoever did it
    primary key (stage, provider),
    constraint canary_verdict check (verdict in ('worse', 'as_good')),
    constraint canary_decided check ((verdict is null) = (decided_at is null))
);

-- The first calls that are compared, until there is a verdict.
create table canary_task (
    stage       text        not null,
    provider    text        not null, -- the canary
    task_id     uuid        not null,
    of_canary   boolean     not null, -- the canary made the call, and not one of the others
    started_at  timestamptz not null,
    duration_ms bigint,
    cost_micros bigint,               -- of the task's calls in the stage; null: not judged
    cause       text,                 -- of a bad result; null: good, or not judged
    judged      boolean     not null default false,
    primary key (stage, provider, task_id),
    foreign key (stage, provider) references canary (stage, provider) on delete cascade
);
create index canary_task_open on canary_task (stage, provider, started_at) where not judged;

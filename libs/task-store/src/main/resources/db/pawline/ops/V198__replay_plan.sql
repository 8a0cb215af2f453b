-- A dry run is a snapshot: which dead letters, or which tasks, a replay of it sends. They are fixed by their ids, so a
-- replay sends what its dry run showed, and nothing that came since.
create table replay_plan (
    id         uuid primary key,
    name       text,                 -- null: nobody named it, and it goes after a day
    filter     jsonb       not null, -- as it was asked for
    restarts   boolean     not null, -- from the photo on, not from the stage that gave up
    letters    bigint[],             -- dead letters in the order of a replay; null: the plan is about tasks
    tasks      uuid[],               -- tasks in the order of a replay; null: the plan is about dead letters
    members    int         not null, -- how many there are
    not_open   int         not null, -- dead letters that the filter left and that were not open
    made_by    text        not null,
    created_at timestamptz not null,
    constraint replay_plan_members check (num_nonnulls(letters, tasks) = 1)
);
create index replay_plan_newest on replay_plan (created_at desc);

alter table replay add column name text;
alter table replay add column plan_id uuid;                        -- null: it is older than plans, or its plan is gone
alter table replay add column restarts boolean not null default false;
alter table replay add column deadline_seconds int;                -- of the replayed tasks; null: as configured
alter table replay add column starts_at timestamptz;               -- null: at once
alter table replay add column stop_percent int;                    -- pause when more fail; null: never
alter table replay add column counted_from int not null default 0; -- places up to this one no longer count for that
alter table replay add column paused_because text;                 -- null: a person paused it, or it is not paused
alter table replay drop constraint replay_state;
alter table replay add constraint replay_state
    check (state in ('scheduled', 'running', 'paused', 'aborted', 'done'));
create index replay_scheduled on replay (starts_at) where state = 'scheduled';

-- An expired or a cancelled task has no dead letter: it is replayed by its own id.
alter table replay_letter alter column letter_id drop not null;

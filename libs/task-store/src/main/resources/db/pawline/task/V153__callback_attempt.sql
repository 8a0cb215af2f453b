-- The attempts to deliver callbacks: the last 20 of a task, for 30 days at most. Written by callback-service alone, which
-- can do without them. No foreign key: an attempt whose task this database does not know must hold up no other.
create table callback_attempt (
    task_id     uuid        not null,
    generation  int         not null,
    number      int         not null, -- counts the attempts of the generation from 1
    at          timestamptz not null, -- when it began
    duration_ms bigint      not null,
    status      int,                  -- of the receiver's answer; null: there was none
    reason      text,                 -- why the callback is not delivered by it; null: it is
    next_at     timestamptz,          -- before this no further attempt is made; null: none is planned
    primary key (task_id, generation, number, at)
);
create index callback_attempt_at on callback_attempt (at);

-- They go with their task, whoever deletes it.
create function callback_attempt_goes_with_task() returns trigger language plpgsql as $$
begin
    delete from callback_attempt using gone where callback_attempt.task_id = gone.id;
    return null;
end $$;

create trigger task_callback_attempts after delete on task referencing old table as gone
    for each statement execute function callback_attempt_goes_with_task();

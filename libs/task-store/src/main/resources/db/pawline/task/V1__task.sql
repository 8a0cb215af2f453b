-- A task: what was asked for, how it ended, and whether the front end knows. Written by ingest-service (accept, relay)
-- and callback-service (ending, delivery), nobody else.
create table task (
    id                    uuid primary key, -- UUIDv7: sorts by the time of acceptance
    tenant                text        not null,
    style                 text        not null,
    photo_url             text,             -- exactly one of these two says where the photo is
    photo_key             text,
    callback_url          text,             -- null: nobody wants to be told
    submitted_at          timestamptz not null,
    deadline              timestamptz not null,
    relayed_at            timestamptz,      -- null: not yet in Kafka (the outbox)

    generation            int         not null default 1, -- one more for each replay
    state                 text        not null default 'accepted',
    ended_at              timestamptz,
    ending_stage          text,
    reason                text,
    detail                text,
    result                jsonb,

    delivered_at          timestamptz,      -- when the callback's receiver took the ending
    delivery_attempts     int         not null default 0,
    delivery_attempted_at timestamptz,
    delivery_reason       text,             -- of the last attempt, when it failed
    delivery_detail       text,

    constraint task_photo check (num_nonnulls(photo_url, photo_key) = 1),
    constraint task_generation check (generation >= 1),
    constraint task_state check (state in ('accepted', 'success', 'failed', 'cancelled', 'expired')),
    constraint task_ended_at check ((ended_at is null) = (state = 'accepted')),
    constraint task_result check ((result is not null) = (state = 'success')),
    constraint task_reason check ((reason is not null) = (state in ('failed', 'cancelled', 'expired'))),
    constraint task_delivered_after_ending check (delivered_at is null or ended_at is not null)
);

create index task_outbox on task (id) where relayed_at is null;
create index task_undelivered on task (ended_at)
    where ended_at is not null and delivered_at is null and callback_url is not null;

-- Forward only: (generation, ended) never decreases, and an ending is written once per generation. The DAO's statements
-- keep to this; the trigger keeps everybody else to it, too.
create function task_forward_only() returns trigger language plpgsql as $$
begin
    if new.id <> old.id then
        raise exception 'task %: its id cannot change', old.id using errcode = 'check_violation';
    end if;
    if new.generation < old.generation then
        raise exception 'task %: generation % cannot go back to %', old.id, old.generation, new.generation
            using errcode = 'check_violation';
    end if;
    if new.generation = old.generation then
        if old.state <> 'accepted'
           and (new.state, new.ended_at, new.ending_stage, new.reason, new.detail, new.result)
               is distinct from (old.state, old.ended_at, old.ending_stage, old.reason, old.detail, old.result) then
            raise exception 'task %: generation % has ended as %, which is final', old.id, old.generation, old.state
                using errcode = 'check_violation';
        end if;
        if old.delivered_at is not null and new.delivered_at is distinct from old.delivered_at then
            raise exception 'task %: the ending of generation % has been delivered', old.id, old.generation
                using errcode = 'check_violation';
        end if;
        if old.relayed_at is not null and new.relayed_at is null then
            raise exception 'task %: generation % has been relayed', old.id, old.generation
                using errcode = 'check_violation';
        end if;
    end if;
    return new;
end $$;

create trigger task_forward_only before update on task for each row execute function task_forward_only();

-- Which stage a task has reached, as ingest-service reads it from the topics; rows are only ever added. No foreign key:
-- a batch must not fail because of one record whose task this database does not know.
create table task_progress (
    task_id    uuid        not null,
    generation int         not null,
    stage      text        not null,
    reached_at timestamptz not null,
    primary key (task_id, generation, stage)
);

-- Tasks that start later. They are held, and no relay sees them, until their time has come: relayed_at is 'infinity'. Then
-- they are in the outbox like any other task.
alter table task add column not_before timestamptz; -- no stage starts before; null: at once
create index task_held on task (not_before) where relayed_at = 'infinity';

-- Tasks whose front end has deleted them. What is left says nothing of a photo or a person, and keeps the books right.
alter table task add column erased_at timestamptz; -- null: it is not deleted

create or replace function task_forward_only() returns trigger language plpgsql as $$
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
           and ((new.state, new.ended_at, new.ending_stage, new.reason, new.result)
                   is distinct from (old.state, old.ended_at, old.ending_stage, old.reason, old.result)
               or (new.detail is distinct from old.detail and new.erased_at is null)) then
            raise exception 'task %: generation % has ended as %, which is final', old.id, old.generation, old.state
                using errcode = 'check_violation';
        end if;
        if old.erased_at is not null and new.erased_at is null then
            raise exception 'task %: it has been deleted', old.id using errcode = 'check_violation';
        end if;
        if old.delivered_at is not null and new.delivered_at is distinct from old.delivered_at then
            raise exception 'task %: the ending of generation % has been delivered', old.id, old.generation
                using errcode = 'check_violation';
        end if;
        if old.relayed_at is not null and old.relayed_at <> 'infinity' and new.relayed_at is null then
            raise exception 'task %: generation % has been relayed', old.id, old.generation
                using errcode = 'check_violation';
        end if;
    end if;
    return new;
end $$;

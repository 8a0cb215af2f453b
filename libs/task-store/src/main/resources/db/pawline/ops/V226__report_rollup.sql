-- Sums of a report over a quarter of an hour, so that a report of a day need not read its calls and tasks. ops-service
-- makes them when a quarter has been over for twenty minutes. Whatever changes a row of a quarter that has been over for
-- ten marks the quarter in the same transaction, and the quarter is summed up again. So no sum is wrong: a marked quarter
-- is read from its rows until then. The ten minutes between are longer than any transaction that writes.
create table report_rollup (
    kind    text        not null, -- calls: those that began in it; tasks: those that were accepted in it
    quarter timestamptz not null, -- its beginning
    tenant  text        not null, -- '': all
    sums    bytea       not null, -- JSON
    primary key (kind, quarter, tenant),
    constraint report_rollup_kind check (kind in ('calls', 'tasks'))
);

create table report_rollup_stale (
    kind       text        not null,
    quarter    timestamptz not null,
    changed_by xid8        not null, -- so that no transaction waits for the mark of another
    primary key (kind, quarter, changed_by)
);

create function report_quarter(moment timestamptz) returns timestamptz language sql immutable parallel safe
return date_bin('15 minutes', moment, timestamptz '2000-01-01 00:00:00+00');

-- What a call adds depends on the earlier calls of its task: a change of one changes the later ones, too.
create function report_rollup_call_changed() returns trigger language plpgsql as $$
begin
    insert into report_rollup_stale (kind, quarter, changed_by)
    select distinct 'calls', report_quarter(started_at), pg_current_xact_id()
    from call_attempt
    where task_id = new.task_id and started_at >= new.started_at and started_at < now() - interval '10 minutes'
    on conflict do nothing;
    return null;
end
$$;

create trigger call_attempt_added_late after insert on call_attempt for each row
    when (new.started_at < now() - interval '10 minutes') execute function report_rollup_call_changed();
create trigger call_attempt_changed_late after update on call_attempt for each row
    when (new.started_at < now() - interval '10 minutes'
        and (old.tenant, old.ended_at, old.outcome, old.orphaned, old.reason, old.duration_ms, old.cost_micros, old.billed)
            is distinct from
            (new.tenant, new.ended_at, new.outcome, new.orphaned, new.reason, new.duration_ms, new.cost_micros, new.billed))
    execute function report_rollup_call_changed();

-- What was spent on a task is wasted if nothing comes of it: so its calls depend on its state. Its id has the time of its
-- acceptance.
create function report_rollup_task_changed() returns trigger language plpgsql as $$
declare
    accepted timestamptz := to_timestamp(('x' || left(replace(new.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0);
begin
    insert into report_rollup_stale (kind, quarter, changed_by)
    values ('tasks', report_quarter(accepted), pg_current_xact_id())
    on conflict do nothing;
    if tg_op = 'UPDATE' then
        if (old.state, old.generation) is not distinct from (new.state, new.generation) then
            return null;
        end if;
    end if;
    insert into report_rollup_stale (kind, quarter, changed_by)
    select distinct 'calls', report_quarter(started_at), pg_current_xact_id()
    from call_attempt
    where task_id = new.id and started_at >= accepted - interval '2 days'
        and started_at < now() - interval '10 minutes'
    on conflict do nothing;
    return null;
end
$$;

create trigger task_added_late after insert on task for each row
    when (new.submitted_at < now() - interval '10 minutes') execute function report_rollup_task_changed();
create trigger task_changed_late after update on task for each row
    when (new.submitted_at < now() - interval '10 minutes'
        and (old.tenant, old.generation, old.state, old.ended_at, old.ending_stage, old.reason, old.callback_url,
                old.delivered_at, old.delivery_attempts > 0, old.client_ref, old.fingerprint)
            is distinct from
            (new.tenant, new.generation, new.state, new.ended_at, new.ending_stage, new.reason, new.callback_url,
                new.delivered_at, new.delivery_attempts > 0, new.client_ref, new.fingerprint))
    execute function report_rollup_task_changed();

create function report_rollup_emptied() returns trigger language plpgsql as $$
begin
    delete from report_rollup;
    return null;
end
$$;

create trigger call_attempt_emptied after truncate on call_attempt
    for each statement execute function report_rollup_emptied();
create trigger task_emptied after truncate on task
    for each statement execute function report_rollup_emptied();

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

-- Marks the quarters of the calls of these tasks, each from its moment on: what a call adds to the sums depends on the
-- earlier calls of its task, so a change of one changes the later ones, too. The index by task leads to them.
create function report_rollup_mark_calls(tasks uuid[], moments timestamptz[]) returns void language sql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
    insert into report_rollup_stale (kind, quarter, changed_by)
    select distinct 'calls', report_quarter(call.started_at), pg_current_xact_id()
    from unnest(tasks, moments) changed (task, moment) cross join lateral (
        select started_at from call_attempt
        where task_id = changed.task and started_at >= changed.moment
            and started_at < now() - interval '10 minutes') call
    on conflict do nothing
$$;

create function report_rollup_calls_added() returns trigger language plpgsql as $$
declare
    tasks uuid[];
    moments timestamptz[];
begin
    select array_agg(task_id), array_agg(moment) into tasks, moments from (
        select task_id, min(started_at) as moment from added
        where started_at < now() - interval '10 minutes' group by task_id) late;
    if tasks is not null then
        perform report_rollup_mark_calls(tasks, moments);
    end if;
    return null;
end
$$;

create function report_rollup_calls_changed() returns trigger language plpgsql as $$
declare
    tasks uuid[];
    moments timestamptz[];
begin
    if not exists (select from added where started_at < now() - interval '10 minutes') then
        return null;
    end if;
    select array_agg(task_id), array_agg(moment) into tasks, moments from (
        select after.task_id, min(after.started_at) as moment
        from added after join gone before
            on before.call_id = after.call_id and before.started_at = after.started_at
        where after.started_at < now() - interval '10 minutes'
            and (before.tenant, before.ended_at, before.outcome, before.orphaned, before.reason, before.duration_ms,
                    before.cost_micros, before.billed)
                is distinct from
                (after.tenant, after.ended_at, after.outcome, after.orphaned, after.reason, after.duration_ms,
                    after.cost_micros, after.billed)
        group by after.task_id) late;
    if tasks is not null then
        perform report_rollup_mark_calls(tasks, moments);
    end if;
    return null;
end
$$;

create trigger call_attempt_added_late after insert on call_attempt
    referencing new table as added for each statement execute function report_rollup_calls_added();
create trigger call_attempt_changed_late after update on call_attempt
    referencing old table as gone new table as added for each statement execute function report_rollup_calls_changed();

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
    perform report_rollup_mark_calls(array[new.id], array[accepted - interval '2 days']);
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

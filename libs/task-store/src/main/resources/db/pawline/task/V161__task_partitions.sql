-- The task table becomes a partition by the range of its ids, a month each. The table as it is becomes the first
-- partition, so no row is written anew. Each statement is a transaction of its own; nobody waits for long, and nobody
-- waits behind a query that runs. A script that was broken off can be run again.

-- No id of a task accepted at this moment or later is less.
create or replace function task_id_bound(moment timestamptz) returns uuid language sql immutable parallel safe
return (lpad(to_hex((extract(epoch from moment at time zone 'UTC') * 1000)::bigint), 12, '0')
    || repeat('0', 20))::uuid;

-- Waits for a table without having others wait behind it for more than a moment.
create or replace procedure task_lock_table(name text) language plpgsql as $$
begin
    for attempt in 1..600 loop
        begin
            set local lock_timeout = '200ms';
            execute format('lock table %I in access exclusive mode', name);
            set local lock_timeout = default;
            return;
        exception when lock_not_available then
            perform pg_sleep(0.3);
        end;
    end loop;
    raise exception 'a transaction has been using table % for minutes: run this again when it is over', name;
end $$;

-- What the first partition will hold is checked beforehand, beside the services, so that it need not be then.
do $$
begin
    if exists (select from pg_class where oid = 'task'::regclass and relkind = 'r') then
        call task_lock_table('task');
        alter table task drop constraint if exists task_first_bound;
        execute format('alter table task add constraint task_first_bound check (id < %L) not valid', task_id_bound(
            date_trunc('month', now() + interval '7 days', 'UTC') + interval '1 month'));
    end if;
end $$;

do $$
begin
    if exists (select from pg_class where oid = 'task'::regclass and relkind = 'r') then
        alter table task validate constraint task_first_bound;
    end if;
end $$;

do $$
declare
    bound uuid;
    month timestamptz;
    old record;
begin
    if exists (select from pg_class where oid = 'task'::regclass and relkind = 'p') then
        return;
    end if;
    call task_lock_table('task');
    select substring(pg_get_constraintdef(oid) from '[0-9a-f]{8}-[0-9a-f-]{27}') into bound
        from pg_constraint where conrelid = 'task'::regclass and conname = 'task_first_bound';

    drop trigger task_forward_only on task;
    drop trigger task_callback_attempts on task;
    alter table task rename to task_first;
    alter table task_first rename constraint task_pkey to task_first_pkey;
    create table task (like task_first including defaults including constraints including storage)
        partition by range (id);
    alter table task drop constraint task_first_bound;
    alter table task add primary key (id);
    -- Each index has its like in the first partition, which is taken for it
    for old in select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
        from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid = 'task_first'::regclass and not i.indisprimary
    loop
        execute format('alter index %I rename to %I', old.name, 'task_first_' || substr(old.name, 6));
        execute regexp_replace(old.definition, ' ON (ONLY )?\S+ USING ', ' ON task USING ');
    end loop;
    execute format('alter table task attach partition task_first for values from (minvalue) to (%L)', bound);
    alter table task_first drop constraint task_first_bound;
    create trigger task_forward_only before update on task for each row execute function task_forward_only();
    create trigger task_callback_attempts after delete on task referencing old table as gone
        for each statement execute function callback_attempt_goes_with_task();

    month := date_trunc('month', now() + interval '7 days', 'UTC') + interval '1 month';
    while task_id_bound(month) < bound loop
        month := month + interval '1 month';
    end loop;
    for ahead in 1..2 loop
        execute format('create table %I partition of task for values from (%L) to (%L)',
            'task_' || to_char(month at time zone 'UTC', 'YYYYMM'),
            bound, task_id_bound(month + interval '1 month'));
        month := month + interval '1 month';
        bound := task_id_bound(month);
    end loop;
end $$;

drop procedure task_lock_table(text);

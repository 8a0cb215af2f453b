-- The audit becomes a partition by time, a month each. The table as it is becomes the first partition, so no row is
-- written anew.
create procedure audit_lock() language plpgsql as $$
begin
    for attempt in 1..600 loop
        begin
            set local lock_timeout = '200ms';
            lock table audit in access exclusive mode;
            set local lock_timeout = default;
            return;
        exception when lock_not_available then
            perform pg_sleep(0.3);
        end;
    end loop;
    raise exception 'a transaction has been using table audit for minutes: run this again when it is over';
end $$;

call audit_lock();
drop procedure audit_lock();

do $$
declare
    month timestamptz := date_trunc('month', now(), 'UTC') + interval '1 month';
    next_id bigint := (select coalesce(max(id), 0) + 1 from audit);
begin
    alter table audit rename to audit_first;
    alter table audit_first alter column id drop identity;
    alter table audit_first drop constraint audit_pkey;
    create table audit (like audit_first including defaults including constraints including storage)
        partition by range (at);
    execute format('alter table audit alter column id add generated always as identity (start with %s)', next_id);
    -- Few rows: people make them
    alter table audit add primary key (id, at);
    execute format('alter table audit attach partition audit_first for values from (minvalue) to (%L)', month);
    for ahead in 1..2 loop
        execute format('create table %I partition of audit for values from (%L) to (%L)',
            'audit_' || to_char(month at time zone 'UTC', 'YYYYMM'), month, month + interval '1 month');
        month := month + interval '1 month';
    end loop;
end $$;

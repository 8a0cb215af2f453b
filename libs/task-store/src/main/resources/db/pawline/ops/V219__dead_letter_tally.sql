-- How many dead letters there are, by state, cause and hour, so that counting many does not read them. Whatever changes
-- dead_letter adds a row with the difference, in the same transaction, and ops-service sums rows up now and then. So no
-- statement waits for a count that another one changes.
create table dead_letter_tally (
    id            bigint generated always as identity primary key,
    state         text        not null,
    stage         text        not null,
    reason        text        not null,
    provider_code text,
    hour          timestamptz not null, -- in which they were given up
    letters       bigint      not null, -- less than 0: so many have gone
    oldest        timestamptz,          -- of those that were added
    newest        timestamptz
);
create index dead_letter_tally_of_state on dead_letter_tally (state, stage, reason);

create function dead_letter_tally_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into dead_letter_tally (state, stage, reason, provider_code, hour, letters, oldest, newest)
        select state, stage, reason, provider_code, date_trunc('hour', failed_at, 'UTC'), count(*), min(failed_at),
            max(failed_at)
        from added group by 1, 2, 3, 4, 5;
    elsif tg_op = 'DELETE' then
        insert into dead_letter_tally (state, stage, reason, provider_code, hour, letters)
        select state, stage, reason, provider_code, date_trunc('hour', failed_at, 'UTC'), -count(*)
        from gone group by 1, 2, 3, 4, 5;
    elsif tg_op = 'UPDATE' then
        insert into dead_letter_tally (state, stage, reason, provider_code, hour, letters, oldest, newest)
        select state, stage, reason, provider_code, date_trunc('hour', failed_at, 'UTC'), sum(letters),
            min(failed_at) filter (where letters > 0), max(failed_at) filter (where letters > 0)
        from (
            select state, stage, reason, provider_code, failed_at, 1 as letters from added
            union all
            select state, stage, reason, provider_code, failed_at, -1 from gone
        ) changed
        group by 1, 2, 3, 4, 5 having sum(letters) <> 0;
    else
        delete from dead_letter_tally;
    end if;
    return null;
end
$$;

create trigger dead_letter_added after insert on dead_letter
    referencing new table as added for each statement execute function dead_letter_tally_changed();
create trigger dead_letter_updated after update on dead_letter
    referencing old table as gone new table as added for each statement execute function dead_letter_tally_changed();
create trigger dead_letter_gone after delete on dead_letter
    referencing old table as gone for each statement execute function dead_letter_tally_changed();
create trigger dead_letter_emptied after truncate on dead_letter
    for each statement execute function dead_letter_tally_changed();

-- The triggers hold off whoever writes, so none is missed or counted twice
insert into dead_letter_tally (state, stage, reason, provider_code, hour, letters, oldest, newest)
select state, stage, reason, provider_code, date_trunc('hour', failed_at, 'UTC'), count(*), min(failed_at),
    max(failed_at)
from dead_letter group by 1, 2, 3, 4, 5;

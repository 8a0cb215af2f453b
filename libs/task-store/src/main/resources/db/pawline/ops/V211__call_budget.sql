-- On whose leases of money a call was made, so that what a dead process spent can be read.
alter table call_attempt
    add column life            text,   -- start of the process; null: nobody limits its money
    add column budget_day      date,   -- the day whose money it was; null: only the task's is limited
    add column reserved_micros bigint; -- what the call costs at most
create index call_attempt_of_life on call_attempt (life) where life is not null;

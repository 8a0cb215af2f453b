-- Whether a call was made because another one for the same attempt took long.
alter table call_attempt add column hedge boolean not null default false;

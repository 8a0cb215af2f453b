-- What operators do to running processes is audited beside what they do to dead letters.
alter table audit add column subject text;          -- of a live control: stage:…, limit:…, provider:…, task:…
alter table audit add column control_limit int;     -- calls in flight of each process
alter table audit add column control_until timestamptz;
create index audit_subject on audit (subject, id desc) where subject is not null;

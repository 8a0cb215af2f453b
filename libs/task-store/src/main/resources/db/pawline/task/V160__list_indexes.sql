-- An index for each thing that lists are filtered by: the state and the id come last, so that a page is read in its
-- order and nothing beside it. Made while the services write; a script that was broken off can be run again.
drop index concurrently if exists task_of_state;
create index concurrently task_of_state on task (tenant, state, id);
drop index concurrently if exists task_of_reason;
create index concurrently task_of_reason on task (tenant, state, reason, id) where reason is not null;
drop index concurrently if exists task_of_client_ref;
create index concurrently task_of_client_ref on task (tenant, client_ref, state, id) where client_ref is not null;
drop index concurrently if exists task_of_client_ref_reason;
create index concurrently task_of_client_ref_reason on task (tenant, client_ref, state, reason, id)
    where client_ref is not null and reason is not null;

drop index concurrently if exists task_open_of_tenant;
drop index concurrently if exists task_unsuccessful;
drop index concurrently if exists task_by_client_ref;

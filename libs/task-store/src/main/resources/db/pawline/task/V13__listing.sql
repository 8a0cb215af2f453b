-- Lists go by acceptance, newest first; most tasks succeed, so only what stands out has an index of its own.
create index task_of_tenant on task (tenant, id);
create index task_open_of_tenant on task (tenant, id) where state = 'accepted';
create index task_unsuccessful on task (tenant, state, id) where reason is not null;
create index task_by_client_ref on task (tenant, client_ref, id) where client_ref is not null;

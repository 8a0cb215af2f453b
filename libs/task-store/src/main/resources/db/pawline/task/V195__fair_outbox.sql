-- The relay takes tasks from the outbox tenant by tenant, and looks at how many tasks of each tenant the stages have. Each
-- query costs by its answer: a few rows of each tenant, however many wait.
create index task_outbox_of_tenant on task (tenant, priority, submitted_at, id)
    where relayed_at is null and state = 'accepted';
create index task_released on task (tenant) where state = 'accepted' and relayed_at < 'infinity';
-- Tasks that ended in the outbox: cancelled, or past their deadline. Their final states wait for nothing.
create index task_ended_in_outbox on task (id) where relayed_at is null and state <> 'accepted';

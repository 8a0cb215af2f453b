-- Tasks that no stage has ended after their deadline.
alter table task
    add column reaped_at timestamptz; -- when the reaper last looked for its work; null: never
create index task_overdue on task (deadline) where state = 'accepted';

-- How fast tasks end: counted every second, from the newest only.
create index task_worked_off on task (ended_at) where state in ('success', 'failed');

-- Cancelled tasks of which the stages have been told, and the topic still says so.
alter table task add column cancel_standing boolean not null default false;
create index task_cancel_standing on task (deadline) where cancel_standing;

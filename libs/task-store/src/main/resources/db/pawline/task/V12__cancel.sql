-- Cancelled tasks of which the stages have not been told.
alter table task add column cancel_untold boolean not null default false;
create index task_cancel_untold on task (id) where cancel_untold;

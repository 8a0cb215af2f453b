-- What a submission may say besides.
alter table task
    add column priority   text not null default 'interactive',
    add column client_ref text, -- the front end's own name for the task
    add column metadata   json, -- an object of the front end's, kept and given back as it came
    add constraint task_priority check (priority in ('interactive', 'bulk'));

-- Endings to be told once more, or that were put back to work because nobody was working on them.
alter table task
    add column resend_requested_at timestamptz, -- somebody wants the ending told (again); null once it has been
    add column requeued_at         timestamptz; -- when work on telling it last began (anew); null: it is to begin now
create index task_resend on task (resend_requested_at)
    where resend_requested_at is not null and requeued_at is null;
create index task_undelivered_of_tenant on task (tenant, id)
    where ended_at is not null and delivered_at is null and callback_url is not null;

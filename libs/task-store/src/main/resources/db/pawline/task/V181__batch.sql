-- Batches that can be followed and cancelled. A batch is the tasks that name it; this table knows it even if it has none.
create table batch (
    id         uuid        primary key, -- UUIDv7: no task of the batch has a smaller id
    tenant     text        not null,
    key        text,                    -- the Idempotency-Key of its request; null: none, or it has lapsed
    created_at timestamptz not null
);
create unique index batch_of_key on batch (tenant, key) where key is not null;
create index batch_age on batch (created_at);

alter table task add column batch_id uuid; -- null: submitted by itself
create index task_of_batch on task (batch_id, id) where batch_id is not null;

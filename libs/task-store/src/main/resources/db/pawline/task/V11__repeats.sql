-- Which submissions are one and the same.
create table idempotency_key (
    tenant       text        not null,
    key          text        not null,
    request_hash text        not null,
    task_id      uuid        not null,
    created_at   timestamptz not null,
    primary key (tenant, key)
);
create index idempotency_key_age on idempotency_key (created_at);

alter table task add column fingerprint text; -- of client, image, style and who is to be told
create index task_running_fingerprint on task (fingerprint, submitted_at)
    where state = 'accepted' and fingerprint is not null;

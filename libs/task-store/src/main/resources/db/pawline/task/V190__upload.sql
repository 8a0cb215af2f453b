-- Photos that clients send to the image store themselves, before a task names them. The image is incoming/<id>.
create table upload (
    id            uuid        primary key, -- UUIDv7
    tenant        text        not null,
    media_type    text        not null,
    length        bigint      not null check (length > 0),
    sha256        text,                    -- of the bytes, as the client says, in hex; null: it says nothing
    expires_at    timestamptz not null,    -- no task takes it from then on
    taken_at      timestamptz,             -- since then, a task has the photo; null: none
    -- The hashes of the request that took it: without the photo, by which its repetition is recognised when the photo is
    -- gone, and with the photo, by which its task is found. Null: nobody has taken it.
    named_request text,
    named_work    text,
    whole_request text,
    whole_work    text
);
create index upload_pending on upload (tenant) include (length, expires_at) where taken_at is null;
create index upload_expiry on upload (expires_at) where taken_at is null;

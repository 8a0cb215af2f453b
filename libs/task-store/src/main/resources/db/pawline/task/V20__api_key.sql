-- Who may call the API. The secret itself is nowhere, only what it hashes to.
create table api_key (
    id               text        primary key, -- shown, and the part of the key by which its row is found
    hash             bytea       not null,    -- SHA-256 of the whole key
    tenant           text        not null,
    name             text        not null,    -- what people call its holder
    scopes           text[]      not null,
    tasks_per_minute int,                     -- null: as configured
    created_at       timestamptz not null,
    expires_at       timestamptz,
    revoked_at       timestamptz,
    last_used_at     timestamptz,             -- to the minute

    constraint api_key_hash check (length(hash) = 32),
    constraint api_key_scopes check (cardinality(scopes) > 0 and scopes <@ array['submit', 'read', 'operate']),
    constraint api_key_tasks_per_minute check (tasks_per_minute > 0)
);

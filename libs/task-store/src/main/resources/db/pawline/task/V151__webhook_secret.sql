-- The versions of a tenant's webhook secret. The secrets are derived from them and a master secret, and stored nowhere.
-- A tenant without a row has version 1, and the secret that all tenants share signs for it too.
create table webhook_secret (
    tenant         text        primary key,
    version        int         not null,  -- the one that signs for good
    previous_until timestamptz,           -- until then the version before signs, too; null: it does not
    shared_signs   boolean     not null,  -- whether the secret that all tenants share signs, too
    changed_at     timestamptz not null,

    constraint webhook_secret_version check (version > 0),
    constraint webhook_secret_previous check (previous_until is null or version > 1)
);

alter table api_key drop constraint api_key_scopes;
alter table api_key add constraint api_key_scopes
    check (cardinality(scopes) > 0 and scopes <@ array['submit', 'read', 'operate', 'webhook']);

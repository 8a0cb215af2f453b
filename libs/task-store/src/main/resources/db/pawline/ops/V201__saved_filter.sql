-- Filters of dead letters that people come back to.
create table saved_filter (
    name     text        primary key,
    filter   jsonb       not null, -- parameters of the list
    saved_by text        not null,
    saved_at timestamptz not null
);

-- What tenants may spend is leased to the processes that make calls. What is granted to a lease counts as spent for all
-- others. Written by ingest-service, which grants, and by ops-service, which settles what dead processes had.
-- Money is in millionths of the unit.
create table budget_account (
    account  text    primary key,          -- day:<date>:<tenant> or task:<id>
    short_by bigint  not null default 0,   -- price of a call that nothing was left for, as last asked; 0: there was enough
    used_at  timestamptz not null default now()
);

-- One start of a process. Closed: it is taken for dead and gets nothing any more. Settled: what it spent is read.
create table budget_life (
    life     text    primary key,
    instance text    not null,
    number   bigint  not null,             -- of its newest ask
    closed   boolean not null default false,
    settled  boolean not null default false,
    began_at timestamptz not null default now()
);
create index budget_life_open on budget_life (life) where not settled;

create table budget_lease (
    account  text    not null,
    life     text    not null,
    lease    bigint  not null,             -- counts the leases of the life
    version  bigint  not null,             -- grows with each grant
    granted  bigint  not null,             -- what the lease may spend in all
    spent    bigint  not null,             -- of that, as last said
    primary key (account, life, lease)
);
create index budget_lease_of_life on budget_lease (life);

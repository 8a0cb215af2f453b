-- Alerts that fired, and who was notified of each.
create table alert_history (
    id        bigint generated always as identity primary key,
    name      text             not null,
    fired_at  timestamptz      not null,
    ended_at  timestamptz,     -- null: it still fires
    value     double precision not null, -- when it began to fire
    threshold double precision,
    unit      text             not null,
    detail    text             not null
);
create index alert_history_by_time on alert_history (fired_at desc, id desc);

create table alert_notification (
    id         bigint generated always as identity primary key,
    alert_id   bigint      not null references alert_history (id) on delete cascade,
    event      text        not null,
    receiver   text        not null,
    state      text        not null default 'waiting',
    attempts   int         not null default 0,
    created_at timestamptz not null,
    due_at     timestamptz not null,
    sent_at    timestamptz,
    trouble    text,       -- why the last attempt failed
    unique (alert_id, event, receiver),
    constraint alert_notification_event check (event in ('fired', 'ended')),
    constraint alert_notification_state check (state in ('waiting', 'sent', 'given_up'))
);
create index alert_notification_due on alert_notification (due_at) where state = 'waiting';

alter table alert add column ok_since timestamptz; -- it has not been firing since then, but may again
alter table alert add column history_id bigint references alert_history (id); -- null: of an older version

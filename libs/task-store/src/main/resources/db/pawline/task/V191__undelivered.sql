-- A page of undelivered callbacks is the newest of two lists: of those with a failed attempt, and of those that have waited
-- too long for their first. The second index has the end in it as well: what has ended just now is not undelivered yet, and
-- is passed over within the index. All of it may be very much while no callback is sent.
create index task_undelivered_failed on task (tenant, id)
    where ended_at is not null and delivered_at is null and callback_url is not null and delivery_attempted_at is not null;
create index task_undelivered_waiting on task (tenant, id, ended_at)
    where ended_at is not null and delivered_at is null and callback_url is not null and delivery_attempted_at is null;
drop index task_undelivered_of_tenant;

-- One index for all that dead letters are filtered by, in any combination: it holds each property of a dead letter as
-- a word, and finds those that have all the words of a filter without reading the others. Times are in it in five
-- lengths, so that any span of time is some dozens of words.
--
-- A word is cut off, since what is in it may be as long as a record. The filter itself is checked on what is found.
create or replace function dead_letter_facets(
    state text, stage text, reason text, provider_code text, tenant text, style text, client_ref text, generation int,
    attempts int, failed_at timestamptz) returns text[] language sql immutable parallel safe
return array_remove(array[
    'state=' || state,
    left('stage=' || stage, 200),
    left('reason=' || reason, 200),
    left('code=' || coalesce(provider_code, ''), 200),
    left('tenant=' || tenant, 200),
    left('style=' || style, 200),
    left('ref=' || client_ref, 200),
    'generation=' || generation::text,
    'attempts=' || greatest(least(attempts, 64), 0)::text,
    'm' || floor(extract(epoch from failed_at at time zone 'UTC') / 60)::bigint::text,
    'h' || floor(extract(epoch from failed_at at time zone 'UTC') / 3600)::bigint::text,
    'd' || floor(extract(epoch from failed_at at time zone 'UTC') / 86400)::bigint::text,
    'x' || floor(extract(epoch from failed_at at time zone 'UTC') / 2764800)::bigint::text,
    'y' || floor(extract(epoch from failed_at at time zone 'UTC') / 88473600)::bigint::text
], null);

drop index concurrently if exists dead_letter_facets_index;
create index concurrently dead_letter_facets_index on dead_letter using gin (
    dead_letter_facets(state, stage, reason, provider_code, tenant, style, client_ref, generation, attempts, failed_at),
    words);
-- So that the server knows how many have a word
alter index dead_letter_facets_index alter column 1 set statistics 1000;

drop index concurrently if exists dead_letter_by_cause;
drop index concurrently if exists dead_letter_by_client_ref;
drop index concurrently if exists dead_letter_words;

drop index concurrently if exists replay_newest;
create index concurrently replay_newest on replay (created_at desc);
drop index concurrently if exists replay_running;
create index concurrently replay_running on replay (created_at) where state = 'running';
drop index concurrently if exists replay_letter_taken;
create index concurrently replay_letter_taken on replay_letter (replay_id) where state = 'taken';
drop index concurrently if exists replay_letter_unsettled;
create index concurrently replay_letter_unsettled on replay_letter (task_id)
    where state in ('published', 'in_doubt') and outcome is null;
drop index concurrently if exists replay_letter_unknown;

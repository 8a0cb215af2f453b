-- Full text of a dead letter: its detail, what its event says, and the provider's id of the request. Chinese has no spaces
-- between words, so ops-service writes it as pairs of neighbouring characters. Rows that exist are filled in by
-- ops-service, some at a time.
alter table dead_letter add column if not exists request_id text; -- of the failed call behind it, as the ledger has it
alter table dead_letter add column if not exists search tsvector; -- null: not written yet

drop index concurrently if exists dead_letter_unsearched;
create index concurrently dead_letter_unsearched on dead_letter (id) where search is null;

drop index concurrently if exists dead_letter_search_index;
create index concurrently dead_letter_search_index on dead_letter using gin (
    dead_letter_facets(state, stage, reason, provider_code, tenant, style, client_ref, generation, attempts, failed_at),
    search);
-- So that the server knows how many have a word
alter index dead_letter_search_index alter column 1 set statistics 1000;

drop index concurrently if exists dead_letter_facets_index;
alter table dead_letter drop column if exists words;

-- What was changed in the payloads of many dead letters at once.
alter table audit add column patch jsonb; -- JSON merge patch; null: nothing was

-- What has become of the dead letters of a replay, counted once when nothing of it can change any more: so a list of
-- replays need not count them, and they can be deleted.
alter table replay add column tally jsonb; -- [{"state": …, "outcome": …, "skipped": …, "reason": …, "letters": …}]
create index replay_untallied on replay (created_at) where tally is null and state in ('done', 'aborted');
create index replay_letter_unsettled_of_replay on replay_letter (replay_id)
    where state in ('published', 'in_doubt') and outcome is null;

-- A dead letter is known by the incarnation of its topic, too: a topic that is made anew begins with offset 0 again. Rows
-- that exist do not know theirs. They get it when the same record is read again, which is told by its time and task.
alter table dead_letter add column if not exists topic_id text not null default ''; -- as Kafka writes it; '': not known

drop index concurrently if exists dead_letter_position;
create unique index concurrently dead_letter_position on dead_letter (topic, topic_id, partition, record_offset);
alter table dead_letter drop constraint if exists dead_letter_topic_partition_record_offset_key;

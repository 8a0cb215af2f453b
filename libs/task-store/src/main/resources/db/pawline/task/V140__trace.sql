-- Where a traced task's trace goes on, as the header traceparent has it.
alter table task add column trace_parent text;

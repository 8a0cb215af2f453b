-- A process of a stage may call several providers, each with a limit and a breaker of its own.
alter table stage_process drop constraint stage_process_pkey;
alter table stage_process add primary key (stage, instance, provider);

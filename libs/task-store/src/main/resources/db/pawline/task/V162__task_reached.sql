-- The stages that each generation of a task has reached, in one row that grows, with room in its block to grow. It is
-- partitioned as the tasks are. What the table task_progress has stays there until it is as old as tasks get.
create table task_reached (
    task_id     uuid not null,
    generation  int  not null,
    generate_at timestamptz,
    matting_at  timestamptz,
    finalize_at timestamptz,
    callback_at timestamptz,
    primary key (task_id, generation)
) partition by range (task_id);

do $$
declare
    part record;
begin
    for part in select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'task'::regclass
    loop
        execute format('create table %I partition of task_reached %s with (fillfactor = 70)',
            'task_reached_' || substr(part.name, 6), part.bound);
    end loop;
end $$;

create view task_stage as
    select task_id, generation, stage, reached_at
    from task_reached cross join lateral (
        values ('generate', generate_at), ('matting', matting_at), ('finalize', finalize_at), ('callback', callback_at)
    ) reached (stage, reached_at)
    where reached_at is not null
    union all
    select task_id, generation, stage, reached_at
    from task_progress
    where not exists (
        select from task_reached where task_reached.task_id = task_progress.task_id
            and task_reached.generation = task_progress.generation
            and case task_progress.stage when 'generate' then generate_at when 'matting' then matting_at
                when 'finalize' then finalize_at when 'callback' then callback_at end is not null);

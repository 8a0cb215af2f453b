-- How far the images of tasks have been looked at, whether they are due to be deleted: each kind of image, and each time
-- that it is kept for, goes once through the keys of the image store.
create table image_sweep (
    name       text        primary key,
    done       text,                 -- the last key that was looked at; null: none
    taken_till timestamptz           -- until then, a process is at it
);

-- The detail of an alert that fired, in Chinese, too; null: an older version has written it.
alter table alert_history add column detail_zh text;

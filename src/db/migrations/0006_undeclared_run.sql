-- Which import a name came with, so that undoing it takes the name along. Null: it came live.
ALTER TABLE undeclared_properties ADD COLUMN run BIGINT;

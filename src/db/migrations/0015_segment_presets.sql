-- Which preset a segment was made of, and follows from month to month; empty: it is a text of its own.
ALTER TABLE segments ADD COLUMN preset TEXT NOT NULL DEFAULT '';
-- `en` or `fr`: of the preset's description.
ALTER TABLE segments ADD COLUMN preset_language TEXT NOT NULL DEFAULT '';
-- Of when the thresholds in its text are, where it is relative to everybody.
ALTER TABLE segments ADD COLUMN thresholds_at BIGINT;

-- What waits in the refused list is counted by reason at each look, among rows whose bodies may be large.
CREATE INDEX refused_by_state ON refused_events (state, source, field, reason, id);

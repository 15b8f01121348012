#include "import/store.h"

namespace cairn::import {

Result<std::vector<Run>> read_runs(db::Session& session) {
  return session.all("import.runs", {}, [](const db::Row& row) {
    Run run;
    run.id = row.integer(0);
    run.preset = row.text(1);
    run.files = row.text(2);
    run.fingerprint = row.text(3);
    run.state = json::enum_from<RunState>(row.text(4)).value_or(RunState::running);
    run.started_at = to_rfc3339(row.time(5));
    if (!row.is_null(6)) run.ended_at = to_rfc3339(row.time(6));
    run.rows = {row.integer(7), row.integer(8), row.integer(9), row.integer(10)};
    run.events = row.integer(11);
    return run;
  });
}

Result<std::optional<Run>> find_run(db::Session& session, RunId id) {
  for (Run& run : TRY(read_runs(session)))
    if (run.id == id.value) return std::optional(std::move(run));
  return std::optional<Run>();
}

Result<Begun> begin_run(db::Transaction& tx, const Run& run, Time now) {
  std::vector<Run> all = TRY(read_runs(tx));
  for (const Run& other : all) {
    if (other.fingerprint != run.fingerprint) continue;
    if (other.state == RunState::undoing)
      return fail(Code::conflict, "import {} of these files is half undone; finish it first: cairn import --undo {}",
                  other.id, other.id);
    if (other.state != RunState::running && other.state != RunState::stopped) continue;
    TRY(set_state(tx, RunId{other.id}, RunState::running));
    return Begun{RunId{other.id}, true};
  }
  RunId id{all.empty() ? 1 : all.front().id + 1};
  TRY(tx.run("import.add_run", {{"id", id},
                                {"preset", run.preset},
                                {"files", run.files},
                                {"fingerprint", run.fingerprint},
                                {"state", json::enum_name(RunState::running)},
                                {"started_at", now}}));
  return Begun{id, false};
}

Result<void> end_run(db::Transaction& tx, RunId id, RunState state, const Counts& rows, int64_t events, Time now) {
  TRY(tx.run("import.end_run", {{"id", id},
                                {"state", json::enum_name(state)},
                                {"ended_at", now},
                                {"read", rows.read},
                                {"kept", rows.kept},
                                {"already", rows.already_there},
                                {"rejected", rows.rejected},
                                {"events", events}}));
  return {};
}

Result<void> set_state(db::Transaction& tx, RunId id, RunState state) {
  TRY(tx.run("import.set_state", {{"id", id}, {"state", json::enum_name(state)}}));
  return {};
}

Result<std::vector<Range>> ranges_of(db::Session& session, RunId id) {
  return session.all("import.ranges", {{"run", id}},
                     [](const db::Row& row) { return Range{row.integer(0), row.integer(1)}; });
}

}  // namespace cairn::import

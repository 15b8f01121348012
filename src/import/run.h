// Importing: files in, events in the log.
//
// Invariants:
// 1. Once. A row's events carry a key made of what the row says, so a second import of the same rows keeps nothing, and
//    an import that was killed and is run again is one import, under one run id, with the counts of one.
// 2. read = kept + already there + rejected, for each file of facts.
// 3. Nothing is written before every file was found to be of use; a batch is written whole or not at all.
// 4. Memory is bounded: two batches are on their way while a third is read.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "events/undeclared.h"
#include "import/model.h"
#include "people/identities.h"

namespace cairn::import {

struct Context {
  World& world;
  db::Store& store;
  events::Log& log;
  people::Identities& identities;
  events::Undeclared& undeclared;
};

struct Options {
  std::string preset;              ///< olist, cdnow, events
  std::vector<std::string> paths;  ///< Files or directories.
  std::string directory;           ///< The data directory: rejected rows go to `rejects/RUN.csv` in it.
  bool dry_run = false;
  std::optional<std::string> source = {};                         ///< Instead of the preset's name.
  std::optional<std::string> zone = {};                           ///< IANA name, for times without an offset.
  std::optional<std::string> currency = {};                       ///< ISO 4217.
  std::vector<std::pair<std::string, std::string>> columns = {};  ///< `events`: column → field or property.
  size_t batch_rows = 4000;
};

struct Progress {
  uint64_t bytes_done = 0, bytes_total = 0;
  uint64_t rows = 0;
  double rows_per_second = 0;
  Duration left;  ///< Zero until the rate is known.
};
/// Return false to stop; what was kept stays, and the same command goes on from there. On the caller's thread.
using OnProgress = std::function<bool(const Progress&)>;

/// Not from the writer's thread; blocks until all is durable. Errors before anything is written: those of open_preset,
/// and conflict while the undoing of the same files is not finished. Later ones (the store, the disk): what was
/// imported stays and the run can be continued.
Result<Summary> run(Context& context, const Options& options, const OnProgress& on_progress = {});

/// Removes the run's events, the customers and identifiers that it (or a run undone before) brought and no other event
/// names, and its rejects file. A crash in between is resumed by calling it again. `directory` as in Options.
/// Errors: not_found; conflict when it is undone already.
Result<UndoSummary> undo(Context& context, RunId run, const std::string& directory);

/// All runs, the newest first.
Result<std::vector<Run>> runs(db::Session& session);

}  // namespace cairn::import

// What an import tells of itself.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json/describe.h"
#include "people/model.h"

namespace cairn::import {

/// `running` also stands after a crash: the same command goes on with that run.
enum class RunState { running, stopped, done, undoing, undone };
BOOST_DESCRIBE_ENUM(RunState, running, stopped, done, undoing, undone)

/// Rows of fact files. read = kept + already_there + rejected.
struct Counts {
  int64_t read = 0;
  int64_t kept = 0;           ///< At least one event made of it is new.
  int64_t already_there = 0;  ///< Every event made of it was in the log before this run.
  int64_t rejected = 0;       ///< No use could be made of it; the rejects file says why.
};
BOOST_DESCRIBE_STRUCT(Counts, (), (read, kept, already_there, rejected))

struct FileSummary {
  std::string path;
  std::string what;       ///< `orders`, `products`
  std::string use;        ///< facts, lookup, not_used
  Counts rows;            ///< Of a file that is looked up only `read`.
  int64_t converted = 0;  ///< Rows that were not UTF-8 and were read as Windows-1252.
};
BOOST_DESCRIBE_STRUCT(FileSummary, (), (path, what, use, rows, converted))

struct Example {
  std::string path;
  int64_t line = 0;
  std::string column;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Example, (), (path, line, column, reason))

struct Summary {
  int64_t run = 0;                  ///< 0 in a dry run.
  RunState state = RunState::done;  ///< `stopped` when it was cancelled: the same command goes on.
  bool dry_run = false;             ///< Nothing was written, nor compared with the log: all that is usable is `kept`.
  bool continued = false;           ///< It went on with a run that was interrupted.
  std::string source;
  std::vector<FileSummary> files;
  Counts rows;
  std::map<std::string, int64_t> events;  ///< Kept, by kind.
  int64_t events_kept = 0;
  std::string rejects_path;                      ///< Empty when no row was rejected.
  std::vector<Example> examples;                 ///< The first rejected rows.
  std::optional<std::string> first_at, last_at;  ///< RFC 3339: of the events made.
  double seconds = 0;
};
BOOST_DESCRIBE_STRUCT(Summary, (),
                      (run, state, dry_run, continued, source, files, rows, events, events_kept, rejects_path, examples,
                       first_at, last_at, seconds))

struct Run {
  int64_t id = 0;
  std::string preset;
  std::string files;  ///< Their paths, one a line.
  std::string fingerprint;
  RunState state = RunState::running;
  std::string started_at;
  std::optional<std::string> ended_at;
  Counts rows;
  int64_t events = 0;
};
BOOST_DESCRIBE_STRUCT(Run, (), (id, preset, files, fingerprint, state, started_at, ended_at, rows, events))

struct UndoSummary {
  int64_t run = 0;
  int64_t events = 0, customers = 0, identifiers = 0;  ///< Removed.
};
BOOST_DESCRIBE_STRUCT(UndoSummary, (), (run, events, customers, identifiers))

/// Where personal data of this module rests besides the log: `rejects/RUN.csv` in the data directory holds rejected
/// rows as they came, until the run is undone or the operator removes the file.
inline constexpr std::array kPersonalColumns = {
    people::PersonalColumn{"import_runs", "files", "a file's name may hold a name"},
};
inline constexpr std::array<std::string_view, 1> kPersonalFiles = {"rejects/*.csv"};

}  // namespace cairn::import

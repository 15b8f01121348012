// What a preset is: it knows some files of one maker and turns their rows into events. Nothing here writes anything:
// a preset is pulled, batch by batch, by run.cpp (and by tests, without a store).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/zone.h"
#include "events/brand.h"
#include "events/model.h"
#include "events/undeclared.h"
#include "import/input.h"

namespace cairn::import {

/// What a file's rows are for.
enum class Use {
  facts,     ///< Each becomes events, or is rejected: read = kept + already there + rejected.
  lookup,    ///< Looked up while reading facts.
  not_used,  ///< Nothing is made of it.
};

struct FileState {
  std::string path;
  Use use = Use::facts;
  std::string what;        ///< `orders`, `not used: sellers`
  uint64_t read = 0;       ///< Rows, without the header.
  uint64_t converted = 0;  ///< Of them, not UTF-8 and read as Windows-1252.
};

/// Where a row stands: enough to read it again.
struct RowPlace {
  uint32_t file = 0;    ///< Index into Preset::files().
  uint32_t length = 0;  ///< Bytes.
  uint64_t line = 0;    ///< Physical line, from 1.
  uint64_t offset = 0;
};

struct Reject {
  RowPlace row;
  std::string column;  ///< Name, or number when it has none; empty when the whole row is meant.
  std::string reason;
};

/// Some rows with the events made of them. Every event names the rows that it is made of; all events of a row are in
/// the same batch.
struct Batch {
  struct Link {
    uint32_t event;
    uint32_t row;
  };
  std::vector<events::NewEvent> events;
  std::vector<RowPlace> rows;
  std::vector<Link> links;
  std::vector<Reject> rejects;
  std::vector<events::NewName> names;  ///< That nothing knew when they were read.
};

struct PresetOptions {
  std::vector<std::string> paths;
  std::optional<std::string> zone;                           ///< Instead of the preset's, or the brand's.
  std::optional<std::string> currency;                       ///< Likewise.
  std::vector<std::pair<std::string, std::string>> columns;  ///< `--map column=field`, for `events`.
  events::Brand brand;
  const events::Undeclared* undeclared = nullptr;  ///< Knows what was seen; without it no names are told.
};

class Preset {
 public:
  virtual ~Preset() = default;
  /// The name of the source its events come from unless the caller says another.
  virtual std::string_view source() const = 0;
  /// What a fresh directory takes from it: no currency when the files do not tell.
  virtual Currency currency() const = 0;
  /// Empty when neither the files nor the caller tell.
  virtual std::string adopted_zone() const = 0;
  virtual const std::vector<FileState>& files() const = 0;
  /// Adds about `rows` rows to the batch. False when there are no more.
  virtual Result<bool> produce(Batch& batch, size_t rows) = 0;
  /// For the progress: bytes behind, of all that will be read.
  virtual uint64_t bytes_done() const = 0;
  virtual uint64_t bytes_total() const = 0;
};

/// Errors of all: a path that is not there, or holds nothing that the preset knows (saying what was found and what is
/// needed); a file that is empty, binary or cannot be read; an unknown zone or currency. Nothing is written.
Result<std::unique_ptr<Preset>> open_preset(std::string_view name, Files& files, const PresetOptions& options);
Result<std::unique_ptr<Preset>> open_olist(Files& files, const PresetOptions& options);
Result<std::unique_ptr<Preset>> open_cdnow(Files& files, const PresetOptions& options);
Result<std::unique_ptr<Preset>> open_events(Files& files, const PresetOptions& options);

/// A file that was found to be text.
struct TextSource {
  std::shared_ptr<File> file;
  uint64_t size = 0;
  std::string head;  ///< Its first bytes, at most 64 KiB.
};
Result<TextSource> open_text(Files& files, const std::string& path);

/// The paths with each directory replaced by the files in it, sorted. `listed` is true for those.
struct FoundPath {
  std::string path;
  bool listed = false;
};
Result<std::vector<FoundPath>> expand_paths(Files& files, const std::vector<std::string>& paths);

/// The zone and currency that options name, else the given ones.
Result<Zone> choose_zone(const PresetOptions& options, std::string_view otherwise);
Result<Currency> choose_currency(const PresetOptions& options, Currency otherwise);

}  // namespace cairn::import

// Sources and their write keys: made, listed, rotated, closed; and whose a key is, from memory.
#pragma once
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/audit.h"
#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "ingest/model.h"

namespace cairn::ingest {

/// Safe from any thread, but not from the writer's own: what changes something waits for its commit.
///
/// A key is `cw_` and 32 random characters; the store has its SHA-256 and, of a browser's, which stands in public pages
/// anyway, the text.
class Sources {
 public:
  static Result<std::unique_ptr<Sources>> open(World& world, db::Store& store, events::Log& log);

  struct NewSource {
    std::string name;  ///< 1–100 bytes; the log's name of the source.
    SourceForm form = SourceForm::browser;
    std::optional<bool> is_trusted = {};  ///< Absent: all but a browser's.
    std::string key = {};  ///< Empty: one that nobody can guess. For pages that are written before their server is.
  };
  struct Made {
    Source source;
    WriteKey key;  ///< Its text is shown this once (again and again for a browser's).
  };
  /// The name of an import's source is taken over: what was imported and what arrives are then one source's.
  /// Errors: invalid (field name or is_trusted), conflict when a live source has that name.
  Result<Made> add(const accounts::Actor& by, const NewSource& source);

  struct Change {
    std::optional<bool> is_trusted;
    std::optional<bool> is_closed;
  };
  /// Errors: not_found; invalid for a browser that is to be trusted: its key is public.
  Result<Source> change(const accounts::Actor& by, SourceId source, const Change& change);

  /// A new key; those before it go on for `old_keys_live`, zero ends them at once. Error not_found.
  Result<WriteKey> rotate(const accounts::Actor& by, SourceId source, Duration old_keys_live);
  /// Error not_found.
  Result<void> revoke(const accounts::Actor& by, SourceId source, std::string_view key_id);

  /// Those of live ingestion, by id.
  std::vector<Source> all() const;
  Result<Source> find(SourceId source) const;
  /// Not the revoked ones, oldest first.
  std::vector<WriteKey> keys_of(SourceId source) const;

  /// Whose key this is; null for one that is unknown, revoked, expired, or of a closed source. Any thread, no wait.
  std::shared_ptr<const Source> of_key(std::string_view text) const;

 private:
  Sources(World& world, db::Store& store, events::Log& log) : world_(world), store_(store), log_(log) {}
  Result<void> load();

  World& world_;
  db::Store& store_;
  events::Log& log_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<int64_t, std::shared_ptr<const Source>> sources_;  // guarded by mutex_
  std::unordered_map<std::string, WriteKey> keys_;                      // guarded by mutex_; by hash, the living
};

/// Where sources tell of the same fact: the shop's server before a webhook before a browser.
int precedence_of(SourceForm form);

}  // namespace cairn::ingest

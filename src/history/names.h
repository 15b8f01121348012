// The catalogue with what turned up undeclared.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/world.h"
#include "db/store.h"
#include "query/catalogue.h"
#include "timeline/schema.h"

namespace cairn::history {

class Names {
 public:
  Names(World& world, db::Store& store) : world_(world), store_(store) {}
  /// Any thread. Names that turned up in the last seconds may be missing. `schema` null: what is declared.
  std::shared_ptr<const query::Catalogue> catalogue(const std::shared_ptr<const timeline::Schema>& schema);
  /// Names may have gone: they are read again.
  void forget() {
    std::lock_guard lock(mutex_);
    catalogue_ = nullptr;
  }

 private:
  struct Name {
    std::string kind, property;
    bool operator==(const Name&) const = default;
  };
  std::vector<Name> read_names() const;

  World& world_;
  db::Store& store_;
  std::mutex mutex_;
  std::shared_ptr<const query::Catalogue> catalogue_;  // guarded by mutex_
  std::shared_ptr<const timeline::Schema> schema_;     // guarded by mutex_; that catalogue_ was made for
  Duration read_at_;                                   // guarded by mutex_
};

}  // namespace cairn::history

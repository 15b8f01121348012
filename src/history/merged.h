// Who is one person in the timelines: what the store's merges say up to the same row of the log, no more and no less.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "db/store.h"
#include "events/aliases.h"
#include "timeline/timeline.h"

namespace cairn::history {

/// On one thread; what for_timeline() gave is asked from any.
class Merged {
 public:
  Merged() : aliases_(std::make_shared<events::Aliases>()) {}

  /// As of this row. What was there before is dropped.
  Result<void> read(db::Store& store, Seq last);
  /// Takes what was merged and unmerged up to this row, since the row that was read or advanced to. Whoever is another
  /// by that is in moved().
  Result<void> advance(db::Store& store, Seq last);
  /// Merges went with an import whose rows are undone: as of the same row, anew.
  Result<void> read_again(db::Store& store);

  /// Persons that were, or are, others since the last take: ids of before and after, ascending, each once.
  std::vector<CustomerId> take_moved();
  const std::vector<CustomerId>& moved() const { return moved_; }
  CustomerId root(CustomerId id) const { return aliases_->root(id); }
  bool is_empty() const { return aliases_->size() == 0; }
  std::shared_ptr<const events::Aliases> aliases() const { return aliases_; }
  /// Nobody was merged or unmerged up to here.
  void pass(Seq last) { last_ = std::max(last_, last); }

  std::function<CustomerId(CustomerId)> for_timeline() const {
    return [aliases = aliases_](CustomerId id) { return aliases->root(id); };
  }

 private:
  void note(const events::Moved& moved);
  std::shared_ptr<events::Aliases> aliases_;
  Seq last_;
  std::vector<CustomerId> moved_;
};

}  // namespace cairn::history

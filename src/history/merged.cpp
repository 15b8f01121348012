#include "history/merged.h"

#include <algorithm>
#include <set>

namespace cairn::history {
namespace {

using events::MergeId;
using events::Tie;

Tie tie_of(const db::Row& row) {
  return {row.id<MergeId>(0), row.id<CustomerId>(1), row.id<CustomerId>(2), row.id<CustomerId>(3)};
}

Result<std::vector<Tie>> ties_at(db::Store& store, Seq last) {
  std::vector<Tie> out;
  TRY(store.read([&](db::Session& session) -> Result<void> {
    out = TRY(session.all("history.ties_at", {{"last", last}}, tie_of));
    return {};
  }));
  return out;
}

}  // namespace

Result<void> Merged::read(db::Store& store, Seq last) {
  auto ties = TRY(ties_at(store, last));
  aliases_ = std::make_shared<events::Aliases>();
  for (const Tie& tie : ties) aliases_->add(tie);
  last_ = last;
  moved_.clear();
  return {};
}

Result<void> Merged::advance(db::Store& store, Seq last) {
  struct Change {
    int64_t seq;
    Tie tie;
    bool is_end;
  };
  std::vector<Change> changes;
  TRY(store.read([&](db::Session& session) {
    changes.clear();
    return session.each("history.ties_between", {{"after", last_}, {"last", last}}, [&](const db::Row& row) {
      Tie tie = tie_of(row);
      auto ended = row.find_integer(4);
      if (tie.merge.value > last_.value) changes.push_back({tie.merge.value, tie, false});
      if (ended && *ended <= last.value) changes.push_back({*ended, tie, true});
      return true;
    });
  }));
  std::sort(changes.begin(), changes.end(), [](const Change& x, const Change& y) { return x.seq < y.seq; });
  for (const Change& change : changes)
    note(change.is_end ? aliases_->remove(change.tie.merge) : aliases_->add(change.tie));
  last_ = std::max(last_, last);
  return {};
}

Result<void> Merged::read_again(db::Store& store) {
  auto ties = TRY(ties_at(store, last_));
  std::set<MergeId> kept;
  for (const Tie& tie : ties) kept.insert(tie.merge);
  for (const Tie& tie : aliases_->all_ties())
    if (!kept.contains(tie.merge)) note(aliases_->remove(tie.merge));
  for (const Tie& tie : ties) note(aliases_->add(tie));
  return {};
}

void Merged::note(const events::Moved& moved) {
  for (const auto* list : {&moved.before, &moved.after}) moved_.insert(moved_.end(), list->begin(), list->end());
  std::sort(moved_.begin(), moved_.end());
  moved_.erase(std::unique(moved_.begin(), moved_.end()), moved_.end());
}

std::vector<CustomerId> Merged::take_moved() { return std::exchange(moved_, {}); }

}  // namespace cairn::history

#include "history/undone.h"

#include <algorithm>

namespace cairn::history {
namespace {

Result<void> each_range(db::Store& store, const std::function<void(int64_t run, timeline::SeqRange)>& visit) {
  return store.read([&](db::Session& session) {
    return session.each("history.undone_ranges", {}, [&](const db::Row& row) {
      visit(row.integer(0), {row.id<Seq>(1), row.id<Seq>(2)});
      return true;
    });
  });
}

}  // namespace

Result<Undone> Undone::read(db::Store& store) {
  Undone out;
  TRY(each_range(store, [&](int64_t run, timeline::SeqRange range) {
    out.runs.insert(run);
    out.ranges.push_back(range);
  }));
  return out;
}

bool Undone::has(Seq seq) const {
  auto after = std::upper_bound(ranges.begin(), ranges.end(), seq,
                                [](Seq value, const timeline::SeqRange& range) { return value < range.from; });
  return after != ranges.begin() && seq <= std::prev(after)->to;
}

Result<std::vector<timeline::SeqRange>> undone_since(db::Store& store, const std::set<int64_t>& runs) {
  std::vector<timeline::SeqRange> out;
  TRY(each_range(store, [&](int64_t run, timeline::SeqRange range) {
    if (!runs.contains(run)) out.push_back(range);
  }));
  return out;
}

}  // namespace cairn::history

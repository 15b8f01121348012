#include "measures/version_timelines.h"

#include <algorithm>

#include "base/hash.h"
#include "db/store.h"
#include "measures/joins.h"

namespace cairn::measures {
namespace {

/// What a shard adds to the census.
struct Counted {
  std::array<int64_t, kKindRefs> by_kind{};
  std::optional<Time> first_event, newest_event;

  void see(int64_t first, int64_t newest) {
    if (!first_event || first < first_event->micros) first_event = Time{first};
    if (!newest_event || newest > newest_event->micros) newest_event = Time{newest};
  }
};

void count_run(const PartLanes& lanes, const timeline::Run& run, Counted& out) {
  for (const Lane& lane : lanes.by_code) {
    const timeline::Offsets& offsets = lane.stream->offsets();
    int64_t rows = int64_t{offsets.end(run.last - 1)} - offsets.begin(run.first);
    out.by_kind[static_cast<size_t>(lane.plan->ref)] += rows;
  }
  const timeline::Order& order = run.part->order();
  if (run.last - run.first == run.part->size()) return out.see(order.occurred_at().min(), order.occurred_at().max());
  order.occurred_at().visit([&](auto at) {
    order.offsets().each(run.first, run.last,
                         [&](uint32_t, uint32_t begin, uint32_t end) { out.see(at[begin], at[end - 1]); });
  });
}

Census census_of(const Lanes& lanes, int64_t set_apart, Executor& executor) {
  std::vector<Counted> shards(kShards);
  executor.parallel_for(kShards, [&](size_t s) {
    auto shard = static_cast<int>(s);
    for (const timeline::Run& run : lanes.version().shard(shard).runs())
      count_run(lanes.of(shard, run.part), run, shards[s]);
  });
  Counted all;
  for (const Counted& shard : shards) {
    for (size_t i = 0; i < kKindRefs; ++i) all.by_kind[i] += shard.by_kind[i];
    if (shard.first_event) all.see(shard.first_event->micros, shard.newest_event->micros);
  }
  Census out;
  out.events = static_cast<int64_t>(lanes.version().events());
  out.set_apart = set_apart;
  out.first_event = all.first_event;
  out.newest_event = all.newest_event;
  out.by_kind = all.by_kind;
  return out;
}

class ShardReader {
 public:
  ShardReader(const Lanes& lanes, const Joins& joins, int shard, Visitor& visitor)
      : lanes_(lanes), joins_(joins), shard_(shard), visitor_(visitor), is_whole_(visitor.asks_as_known()) {
    if (!joins.is_empty()) arrivals_ = joins.arrivals(shard);
  }

  void read() {
    for (const timeline::Run& run : lanes_.version().shard(shard_).runs()) read_run(lanes_.of(shard_, run.part), run);
  }

 private:
  void read_run(const PartLanes& lanes, const timeline::Run& run) {
    const timeline::Order& order = run.part->order();
    next_.clear();
    for (const Lane& lane : lanes.by_code) next_.push_back(lane.stream->offsets().begin(run.first));
    order.offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) {
      times_.resize(end - begin);
      codes_.resize(end - begin);
      order.occurred_at().read(begin, end - begin, times_.data());
      order.codes().read(begin, end - begin, codes_.data());
      read_customer(lanes, run.part->customer(customer));
    });
  }

  void read_customer(const PartLanes& lanes, CustomerId id) {
    events_.clear();
    bool may_join = !joins_.is_empty();
    for (size_t i = 0; i < times_.size(); ++i) {
      auto code = static_cast<size_t>(codes_[i]);
      const Lane& lane = lanes.by_code[code];
      uint32_t row = next_[code]++;
      if (may_join && lane.key && joins_.leaves(shard_, lane, row)) continue;
      events_.push_back(event_of(lane, row, Time{times_[i]}, is_whole_ || may_join));
    }
    add_arrivals(id);
    if (!events_.empty()) visitor_.customer(id, events_);
  }

  /// Customers come by id, and so do the arrivals.
  void add_arrivals(CustomerId id) {
    while (!arrivals_.empty() && arrivals_.front().owner < id) arrivals_ = arrivals_.subspan(1);
    size_t own = events_.size();
    for (; !arrivals_.empty() && arrivals_.front().owner == id; arrivals_ = arrivals_.subspan(1)) {
      const Arrival& arrival = arrivals_.front();
      events_.push_back(event_of(*arrival.lane, arrival.row, arrival.at, true));
    }
    if (own != events_.size())
      std::inplace_merge(events_.begin(), events_.begin() + static_cast<ptrdiff_t>(own), events_.end(), is_before);
  }

  const Lanes& lanes_;
  const Joins& joins_;
  const int shard_;
  Visitor& visitor_;
  const bool is_whole_;
  std::span<const Arrival> arrivals_;
  std::vector<uint32_t> next_;  ///< By code: the row that comes.
  std::vector<int64_t> times_, codes_;
  std::vector<Event> events_;
};

}  // namespace

Result<void> VersionTimelines::each(Visitor& visitor) {
  Lanes lanes = TRY(Lanes::of(version_, visitor.asks_as_known(), executor_));
  Joins joins = Joins::of(lanes, executor_);
  visitor.begin(census_of(lanes, set_apart_, executor_));
  executor_.parallel_for(kShards, [&](size_t s) { ShardReader(lanes, joins, static_cast<int>(s), visitor).read(); });
  return {};
}

Result<int64_t> rows_set_apart(db::Store& store, Seq last) {
  int64_t out = 0;
  TRY(store.read([&](db::Session& session) -> Result<void> {
    auto count =
        TRY(session.first("measures.set_apart", {{"last", last}}, [](const db::Row& row) { return row.integer(0); }));
    out = count.value_or(0);
    return {};
  }));
  return out;
}

}  // namespace cairn::measures

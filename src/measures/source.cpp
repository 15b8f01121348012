#include "measures/source.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/hash.h"
#include "events/kinds.h"
#include "events/model.h"

namespace cairn::measures {
namespace {

/// Bytes kept in blocks that never move, so that views into them stay valid.
class Arena {
 public:
  std::string_view keep(std::string_view text) {
    if (text.size() > left_) grow(text.size());
    char* at = end_ - left_;
    std::copy(text.begin(), text.end(), at);
    left_ -= text.size();
    return {at, text.size()};
  }

 private:
  static constexpr size_t kBlock = 32 * 1024;
  void grow(size_t need) {
    size_t size = std::max(kBlock, need);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    end_ = blocks_.back().get() + size;
    left_ = size;
  }
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* end_ = nullptr;
  size_t left_ = 0;
};

struct Placed {
  CustomerId customer;
  Event event;
};

bool in_order(const Placed& a, const Placed& b) {
  return a.customer != b.customer ? a.customer < b.customer : is_before(a.event, b.event);
}

void visit_rows(std::vector<Placed>& rows, Visitor& visitor) {
  std::sort(rows.begin(), rows.end(), in_order);
  std::vector<Event> events;
  for (size_t i = 0; i < rows.size();) {
    CustomerId customer = rows[i].customer;
    events.clear();
    for (; i < rows.size() && rows[i].customer == customer; ++i) events.push_back(rows[i].event);
    visitor.customer(customer, events);
  }
}

/// Names resolved once per kind and per source, not once per row.
class Resolver {
 public:
  explicit Resolver(const events::Log& log) : log_(log) {}
  KindRef kind(KindId id) {
    auto [it, is_new] = kinds_.try_emplace(id);
    if (is_new) it->second = kind_ref(log_.kind_name(id));
    return it->second;
  }
  /// Null for a kind without a business key.
  const query::Kind* kind_of_thing(KindId id) {
    auto [it, is_new] = things_.try_emplace(id, nullptr);
    if (is_new) {
      const query::Kind* kind = events::declared_kinds().find(log_.kind_name(id));
      if (kind && !kind->business_key.empty()) it->second = kind;
    }
    return it->second;
  }
  int precedence(SourceId id) {
    auto [it, is_new] = precedences_.try_emplace(id);
    if (is_new) it->second = log_.source_precedence(id);
    return it->second;
  }

 private:
  const events::Log& log_;
  std::unordered_map<KindId, KindRef> kinds_;
  std::unordered_map<KindId, const query::Kind*> things_;
  std::unordered_map<SourceId, int> precedences_;
};

}  // namespace

void Census::count(KindRef kind, Time occurred_at) {
  ++events;
  ++by_kind[static_cast<size_t>(kind)];
  if (!first_event || occurred_at < *first_event) first_event = occurred_at;
  if (!newest_event || occurred_at > *newest_event) newest_event = occurred_at;
}

struct LogTimelines::Shard {
  std::vector<Placed> rows;
  Arena texts;
  size_t bytes = 0;
};

LogTimelines::LogTimelines(events::Log& log, Options options) : log_(log), options_(std::move(options)) {}

/// Fills `shards` from first_shard on; returns the first shard that did not fit.
Result<int> LogTimelines::read_from(int first_shard, std::vector<Shard>& shards, Census* census) {
  Resolver names(log_);
  int end = kShards;
  size_t bytes = 0;
  TRY(log_.sweep(Seq{}, [&](const events::LogRow& row) {
    if (row.flags & events::kSetApart) {  // a bot's, the brand's own people's or a trial's: nothing that counts
      if (census) ++census->set_apart;
      return true;
    }
    KindRef kind = names.kind(row.kind);
    if (census) census->count(kind, row.occurred_at);
    CustomerId customer = options_.canonical ? options_.canonical(row.customer) : row.customer;
    if (const query::Kind* of_thing = owners_.is_empty() ? nullptr : names.kind_of_thing(row.kind)) {
      CustomerId owner = owners_.owner(Owners::thing_of(*of_thing, row.properties));
      if (owner.is_set()) customer = owner;
    }
    int place = shard_of(customer);
    if (place < first_shard || place >= end) return true;
    Shard& shard = shards[static_cast<size_t>(place)];
    std::string_view text = reads_properties(kind) ? shard.texts.keep(row.properties) : std::string_view("{}");
    shard.rows.push_back({customer,
                          {row.seq, row.occurred_at, row.known_at, text, nullptr, 0,
                           static_cast<int32_t>(row.source.value), names.precedence(row.source), kind}});
    size_t size = sizeof(Placed) + text.size();
    shard.bytes += size;
    bytes += size;
    while (bytes > options_.memory_bytes && end - 1 > first_shard) {
      Shard& last = shards[static_cast<size_t>(--end)];
      bytes -= last.bytes;
      last = Shard();
    }
    return true;
  }));
  ++sweeps_;
  return end;
}

Result<void> LogTimelines::each(Visitor& visitor) {
  Census census;
  sweeps_ = 0;
  owners_ = TRY(Owners::of(log_, options_.canonical));
  for (int first = 0; first < kShards;) {
    std::vector<Shard> shards(kShards);
    int end = TRY(read_from(first, shards, first == 0 ? &census : nullptr));
    if (first == 0) visitor.begin(census);
    for (int s = first; s < end; ++s) {
      Shard shard = std::move(shards[static_cast<size_t>(s)]);
      visit_rows(shard.rows, visitor);
    }
    first = end;
  }
  return {};
}

int64_t MemoryTimelines::add(Row row) {
  rows_.push_back(std::move(row));
  return static_cast<int64_t>(rows_.size());
}

Result<void> MemoryTimelines::each(Visitor& visitor) {
  Census census;
  std::array<std::vector<Placed>, kShards> shards;
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    KindRef kind = kind_ref(row.kind);
    census.count(kind, row.at);
    CustomerId customer{row.customer};
    Event event{Seq{static_cast<int64_t>(i) + 1},
                row.at,
                row.known_at.value_or(row.at),
                row.properties,
                nullptr,
                0,
                row.source,
                row.precedence,
                kind};
    shards[static_cast<size_t>(shard_of(customer))].push_back({customer, event});
  }
  visitor.begin(census);
  for (auto& rows : shards) visit_rows(rows, visitor);
  return {};
}

}  // namespace cairn::measures

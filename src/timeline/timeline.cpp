#include "timeline/timeline.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/check.h"
#include "timeline/backfill.h"
#include "timeline/intake.h"
#include "timeline/part_builder.h"

namespace cairn::timeline {
namespace {

using Parts = std::vector<std::shared_ptr<const Part>>;

bool wants_fold(const Shard& shard, const Options& options, Timeline::FoldWhich which) {
  if (shard.parts().size() < 2) return false;
  if (which == Timeline::FoldWhich::all) return true;
  double share = which == Timeline::FoldWhich::pressing ? 1 : options.fold_share;
  uint64_t base = shard.parts().front()->events(), newer = 0;
  for (size_t i = 1; i < shard.parts().size(); ++i)
    newer += shard.parts()[i]->events() + shard.parts()[i]->gone().size();
  return newer >= options.fold_events && static_cast<double>(newer) >= share * static_cast<double>(base);
}

/// Rows of these seq. The ranges sorted and apart.
class Removed {
 public:
  explicit Removed(std::span<const SeqRange> ranges) : ranges_(ranges.begin(), ranges.end()) {
    std::sort(ranges_.begin(), ranges_.end(), [](const SeqRange& a, const SeqRange& b) { return a.from < b.from; });
    std::vector<SeqRange> apart;
    for (const SeqRange& range : ranges_) {
      if (!apart.empty() && range.from <= apart.back().to) apart.back().to = std::max(apart.back().to, range.to);
      else apart.push_back(range);
    }
    ranges_ = std::move(apart);
  }
  bool has(int64_t seq) const {
    auto after = std::upper_bound(ranges_.begin(), ranges_.end(), seq,
                                  [](int64_t value, const SeqRange& range) { return value < range.from.value; });
    return after != ranges_.begin() && seq <= std::prev(after)->to.value;
  }
  bool meets(const Integers& seq) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const SeqRange& range) {
      return range.from.value <= seq.max() && range.to.value >= seq.min();
    });
  }

 private:
  std::vector<SeqRange> ranges_;
};

/// Customers of a shard who have such a row.
Result<std::set<CustomerId>> owners(const Shard& shard, const Removed& removed) {
  std::set<CustomerId> out;
  for (const Run& run : shard.runs()) {
    for (size_t kind = 0; kind < run.part->streams(); ++kind) {
      const Stream* stream = run.part->stream(static_cast<KindIndex>(kind));
      if (!stream || !removed.meets(stream->seq())) continue;
      TRY(stream->touch({run.first, run.last}));
      stream->seq().visit([&](auto seq) {
        stream->offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) {
          for (uint32_t row = begin; row < end; ++row)
            if (removed.has(seq[row])) out.insert(run.part->customer(customer));
        });
      });
    }
  }
  return out;
}

}  // namespace

struct Timeline::State {
  Options options;
  std::mutex writing;  ///< Held by whoever changes what is published.
  std::mutex folding;  ///< Held around a fold, before `writing`.
  mutable std::mutex publishing;
  std::shared_ptr<const Version> version;

  std::shared_ptr<const Version> current() const {
    std::lock_guard lock(publishing);
    return version;
  }
  void publish(std::shared_ptr<const Schema> schema, Version::Shards shards, Seq last) {
    auto next = std::make_shared<const Version>(std::move(schema), std::move(shards), last);
    std::lock_guard lock(publishing);
    // The old one is let go outside of the lock, if nobody has it.
    version.swap(next);
  }
  std::pair<std::shared_ptr<const Schema>, Parts> parts_of(int shard) const {
    auto now = current();
    return {now->shared_schema(), now->shard(shard).parts()};
  }
  /// Changes shards side by side and publishes them together, or none when one fails. change(shard, parts) works on a
  /// copy of the list of parts.
  template <class F>
  Result<void> change(const std::vector<int>& shards, std::shared_ptr<const Schema> schema, Seq last,
                      Executor* executor, F change_parts);
  Result<void> append(const Shard& shard, const Schema& schema, int number, const std::vector<PlacedRow>& rows,
                      const std::shared_ptr<const Schema>& shared, Parts& parts) const;
  /// Tells the shards that somebody left who has no id there. Timeline::rehome but for the fold.
  Result<std::set<int>> move_home(std::span<const CustomerId> customers);
  bool put_base(int shard, std::span<const std::shared_ptr<const Part>> folded, std::shared_ptr<const Part> base);
  /// REQUIRES folding. No version is held: what a shard's new base supersedes is given back before the next is folded.
  Result<void> fold(int shard, Words words) {
    auto [schema, folded] = parts_of(shard);
    if (folded.empty()) return {};
    put_base(shard, folded, TRY(merge(*schema, shard, folded, words)));
    return {};
  }
  Result<int> fold(Executor& executor, std::span<const int> shards, Words words);
  CustomerId home_of(int64_t origin) const {
    return options.canonical ? options.canonical({origin}) : CustomerId{origin};
  }
};

template <class F>
Result<void> Timeline::State::change(const std::vector<int>& numbers, std::shared_ptr<const Schema> schema, Seq last,
                                     Executor* executor, F change_parts) {
  auto before = current();
  Version::Shards shards = before->shards();
  std::vector<Result<void>> results(numbers.size());
  auto one = [&](size_t i) {
    auto at = static_cast<size_t>(numbers[i]);
    Parts parts = shards[at]->parts();
    results[i] = change_parts(*shards[at], numbers[i], parts);
    if (results[i]) shards[at] = std::make_shared<const Shard>(std::move(parts));
  };
  if (executor && numbers.size() > 1) executor->parallel_for(numbers.size(), one);
  else
    for (size_t i = 0; i < numbers.size(); ++i) one(i);
  for (Result<void>& result : results)
    if (!result) return result;
  publish(std::move(schema), std::move(shards), std::max(last, before->last()));
  return {};
}

Timeline::Timeline(std::shared_ptr<const Schema> schema, Options options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  Version::Shards shards;
  shards.fill(std::make_shared<const Shard>(Parts()));
  state_->version = std::make_shared<const Version>(std::move(schema), std::move(shards), Seq{});
}

Timeline::~Timeline() = default;

std::shared_ptr<const Version> Timeline::version() const { return state_->current(); }

Result<void> Timeline::State::append(const Shard& shard, const Schema& schema, int number,
                                     const std::vector<PlacedRow>& rows, const std::shared_ptr<const Schema>& shared,
                                     Parts& parts) const {
  Batch batch(shared);
  for (const PlacedRow& row : rows) batch.add(row.kind, row.head, row.properties);
  PartBuilder builder(schema, number);
  std::vector<PartBuilder::Owned> owned;
  builder.collect(builder.add_source(batch), owned);
  Remade made;
  for (const PartBuilder::Owned& row : owned) made[row.customer].rows.push_back(row.row);
  for (auto& [id, change] : made) change.besides = shard.find(id);
  return remake(builder, made, parts);
}

Result<void> Timeline::apply(std::span<const Row> rows, Seq last, Executor* executor) {
  std::lock_guard lock(state_->writing);
  Intake intake(version()->shared_schema(), state_->options);
  Intake::Shards placed = intake.place(rows);
  std::vector<int> touched;
  for (int s = 0; s < kShards; ++s)
    if (!placed[static_cast<size_t>(s)].empty()) touched.push_back(s);
  return state_->change(touched, intake.schema(), last, executor, [&](const Shard& shard, int s, Parts& parts) {
    return state_->append(shard, *intake.schema(), s, placed[static_cast<size_t>(s)], intake.schema(), parts);
  });
}

Result<void> Timeline::remove_rows(std::span<const SeqRange> ranges, Executor& executor) {
  std::lock_guard lock(state_->writing);
  Removed removed(ranges);
  std::vector<int> all;
  for (int s = 0; s < kShards; ++s) all.push_back(s);
  auto schema = version()->shared_schema();
  return state_->change(all, schema, Seq{}, &executor, [&](const Shard& shard, int s, Parts& parts) -> Result<void> {
    std::set<CustomerId> touched = TRY(owners(shard, removed));
    PartBuilder builder(*schema, s);
    Remade made;
    for (CustomerId id : touched) {
      std::vector<RowRef>& own = made[id].rows;
      Place place = *shard.find(id);
      TRY(builder.collect(*place.part, place.customer, own));
      std::erase_if(own, [&](const RowRef& row) { return removed.has(row.seq); });
    }
    return remake(builder, made, parts);
  });
}

Result<void> Timeline::remove_customers(std::span<const CustomerId> customers) {
  std::lock_guard lock(state_->writing);
  std::map<int, std::set<CustomerId>> by_shard;
  for (CustomerId id : customers)
    if (version()->find(id)) by_shard[shard_of(id)].insert(id);
  std::vector<int> touched;
  for (const auto& [shard, ids] : by_shard) touched.push_back(shard);
  auto schema = version()->shared_schema();
  return state_->change(touched, schema, Seq{}, nullptr, [&](const Shard&, int s, Parts& parts) -> Result<void> {
    PartBuilder builder(*schema, s);
    Remade gone;
    for (CustomerId id : by_shard[s]) gone.try_emplace(id);
    return remake(builder, gone, parts);
  });
}

Result<void> Timeline::rehome(std::span<const CustomerId> customers) {
  for (int shard : TRY(state_->move_home(customers))) {
    std::lock_guard fold_lock(state_->folding);
    TRY(state_->fold(shard, Words::own));
  }
  return {};
}

Result<std::set<int>> Timeline::State::move_home(std::span<const CustomerId> customers) {
  std::lock_guard lock(writing);
  auto before = current();
  std::set<CustomerId> named(customers.begin(), customers.end());
  // Who comes to be made anew, by shard, and from whom rows come to them.
  std::map<int, std::map<CustomerId, std::set<CustomerId>>> targets;
  std::set<int> strange;
  for (CustomerId id : named) {
    auto place = before->find(id);
    if (!place) continue;
    PartBuilder reader(before->schema(), 0);
    std::vector<RowRef> rows;
    TRY(reader.collect(*place->part, place->customer, rows));
    for (const RowRef& row : rows) {
      CustomerId home = home_of(row.origin);
      if (home == id) continue;
      targets[shard_of(home)][home].insert(id);
      targets[shard_of(id)][id];
      if (home_of(id.value) == id && shard_of(home) != shard_of(id)) strange.insert(shard_of(id));
    }
  }
  std::vector<int> touched;
  for (const auto& [shard, ids] : targets) touched.push_back(shard);
  auto schema = before->shared_schema();
  TRY(change(touched, schema, Seq{}, nullptr, [&](const Shard&, int s, Parts& parts) -> Result<void> {
    // With words of its own: rows come from other shards, and an erasure clears those of one shard.
    PartBuilder builder(*schema, s, Words::own);
    Remade made;
    for (const auto& [id, sources] : targets[s]) {
      std::vector<RowRef>& own = made[id].rows;
      if (auto place = before->find(id)) TRY(builder.collect(*place->part, place->customer, own));
      if (named.contains(id)) std::erase_if(own, [&](const RowRef& row) { return home_of(row.origin) != id; });
      for (CustomerId source : sources) {
        std::vector<RowRef> rows;
        Place place = *before->find(source);
        TRY(builder.collect(*place.part, place.customer, rows));
        for (const RowRef& row : rows)
          if (home_of(row.origin) == id) own.push_back(row);
      }
    }
    return remake(builder, made, parts);
  }));
  return strange;
}

Result<void> Timeline::rehome_all(Executor& executor) {
  auto now = version();
  std::vector<std::set<CustomerId>> astray(kShards);
  std::vector<Result<void>> results(kShards);
  auto look = [&](size_t s) -> Result<void> {
    for (const Run& run : now->shard(static_cast<int>(s)).runs()) {
      for (uint32_t c = run.first; c < run.last; ++c)
        if (CustomerId id = run.part->customer(c); state_->home_of(id.value) != id) astray[s].insert(id);
      for (size_t kind = 0; kind < run.part->streams(); ++kind) {
        const Stream* stream = run.part->stream(static_cast<KindIndex>(kind));
        if (!stream || !stream->origin()) continue;
        TRY(stream->touch({run.first, run.last}));
        stream->offsets().each(run.first, run.last, [&](uint32_t customer, uint32_t begin, uint32_t end) {
          CustomerId id = run.part->customer(customer);
          for (uint32_t row = begin; row < end; ++row)
            if (stream->origin()->is_known(row) && state_->home_of(stream->origin()->integer(row)) != id)
              astray[s].insert(id);
        });
      }
    }
    return {};
  };
  executor.parallel_for(kShards, [&](size_t s) { results[s] = look(s); });
  std::vector<CustomerId> all;
  for (size_t s = 0; s < kShards; ++s) {
    if (!results[s]) return results[s];
    all.insert(all.end(), astray[s].begin(), astray[s].end());
  }
  return all.empty() ? Result<void>() : rehome(all);
}

void Timeline::adopt(std::shared_ptr<const Schema> schema, std::vector<std::shared_ptr<const Part>> parts, Seq last) {
  std::lock_guard lock(state_->writing);
  auto before = version();
  CHECK(schema->kinds().size() >= before->schema().kinds().size(), "the schema shrank");
  for (size_t i = 0; i < before->schema().kinds().size(); ++i)
    CHECK(schema->kinds()[i].stream == before->schema().kinds()[i].stream, "kind {} is another", i);
  Version::Shards shards = before->shards();
  for (auto& part : parts) {
    auto at = static_cast<size_t>(part->shard());
    shards[at] = std::make_shared<const Shard>(part->size() ? Parts{std::move(part)} : Parts());
  }
  state_->publish(std::move(schema), std::move(shards), std::max(last, before->last()));
}

std::unique_ptr<Backfill> Timeline::add_column(std::string_view stream, const query::Property& property) {
  std::lock_guard lock(state_->writing);
  auto before = version();
  auto kind = before->schema().find_stream(stream);
  CHECK(kind, "no stream {}", stream);
  auto schema = std::make_shared<Schema>(before->schema());
  ColumnIndex column = schema->ensure_column(*kind, property);
  if (schema->kinds()[*kind].columns[column].fill == Fill::ready) return nullptr;
  schema->set_fill(*kind, column, Fill::asked);
  state_->publish(schema, before->shards(), before->last());
  return std::make_unique<Backfill>(schema, *kind, column);
}

Result<void> Timeline::install(Backfill& backfill, Executor& executor) {
  std::lock_guard fold_lock(state_->folding);
  std::lock_guard lock(state_->writing);
  auto before = version();
  BackfillPart filler(backfill);
  Version::Shards shards = before->shards();
  std::vector<Result<void>> results(kShards);
  executor.parallel_for(kShards, [&](size_t s) {
    Parts parts = shards[s]->parts();
    for (auto& part : parts) {
      auto filled = filler.fill(part);
      if (filled) part = *filled;
      else results[s] = tl::unexpected(filled.error());
    }
    shards[s] = std::make_shared<const Shard>(std::move(parts));
  });
  for (Result<void>& result : results)
    if (!result) return result;
  auto schema = std::make_shared<Schema>(before->schema());
  schema->set_fill(filler.kind(), filler.column(), Fill::ready);
  state_->publish(std::move(schema), std::move(shards), before->last());
  return {};
}

bool Timeline::wants_fold(FoldWhich which) const {
  auto now = version();
  return std::any_of(now->shards().begin(), now->shards().end(),
                     [&](const auto& shard) { return timeline::wants_fold(*shard, state_->options, which); });
}

Result<int> Timeline::fold(Executor& executor, FoldWhich which) {
  auto now = version();
  std::vector<int> numbers;
  for (int s = 0; s < kShards; ++s)
    if (timeline::wants_fold(now->shard(s), state_->options, which)) numbers.push_back(s);
  return state_->fold(executor, numbers, which == FoldWhich::pressing ? Words::shared : Words::own);
}

Result<int> Timeline::fold_shards(Executor& executor, std::span<const int> numbers) {
  return state_->fold(executor, numbers, Words::own);
}

Result<int> Timeline::State::fold(Executor& executor, std::span<const int> numbers, Words words) {
  std::lock_guard fold_lock(folding);
  std::vector<Result<void>> results(numbers.size());
  executor.parallel_for(numbers.size(), [&](size_t i) { results[i] = fold(numbers[i], words); });
  for (Result<void>& result : results)
    if (!result) return tl::unexpected(result.error());
  return static_cast<int>(numbers.size());
}

bool Timeline::State::put_base(int shard, std::span<const std::shared_ptr<const Part>> folded,
                               std::shared_ptr<const Part> base) {
  std::lock_guard lock(writing);
  auto now = current();
  const Parts& present = now->shard(shard).parts();
  if (present.empty() || present.front() != folded.front()) return false;
  // What was made meanwhile stands on the new base: it has whole customers, at least as new as there.
  Parts parts = {std::move(base)};
  for (const auto& part : present)
    if (std::ranges::find(folded, part) == folded.end()) parts.push_back(part);
  Version::Shards shards = now->shards();
  shards[static_cast<size_t>(shard)] = std::make_shared<const Shard>(std::move(parts));
  publish(now->shared_schema(), std::move(shards), now->last());
  return true;
}

bool Timeline::put_base(int shard, std::span<const std::shared_ptr<const Part>> folded,
                        std::shared_ptr<const Part> base) {
  return state_->put_base(shard, folded, std::move(base));
}

}  // namespace cairn::timeline

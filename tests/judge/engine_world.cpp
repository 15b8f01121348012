#include "judge/engine_world.h"

#include <map>
#include <set>

#include "base/check.h"
#include "base/random.h"
#include "events/aliases.h"
#include "json/value.h"

namespace cairn::judge {

EngineWorld::EngineWorld(const Brand& brand) : brand_(brand) {
  auto schema = std::make_shared<timeline::Schema>(*brand.catalogue,
                                                   timeline::Reading{brand.currency, brand.zone, brand.first_weekday});
  for (size_t kind = 0; kind < schema->kinds().size(); ++kind)
    for (size_t column = 0; column < schema->kinds()[kind].columns.size(); ++column)
      schema->set_fill(static_cast<timeline::KindIndex>(kind), static_cast<timeline::ColumnIndex>(column),
                       timeline::Fill::ready);
  schema_ = std::move(schema);
  setting_.segments = brand.segments;
}

namespace {

/// Rows on their way into a timeline, whose people become one, two, and others as they come.
class Crowd {
 public:
  Crowd(std::shared_ptr<const timeline::Schema> schema, const Arrival& arrival, std::span<const Row> rows)
      : random_(arrival.identity), moves_(arrival.identity != 0), timeline_(std::move(schema), options()) {
    std::set<CustomerId> people;
    for (const Row& row : rows) people.insert(row.customer);
    people_.assign(people.begin(), people.end());
    for (CustomerId id : people_) ids_[id] = ids_of(id);
  }

  void add(timeline::Row row) {
    if (moves_) {
      const std::vector<CustomerId>& ids = ids_[row.customer];
      if (victims_.contains(row.customer)) before_.push_back(row);
      row.customer = victims_.contains(row.customer) ? victim_of(row.customer) : ids[random_.below(ids.size())];
    }
    batch_.push_back(row);
  }
  /// The batch so far, and what becomes of people after it.
  void apply() {
    auto applied = timeline_.apply(batch_, Seq{0});
    CHECK(applied, "{}", applied.error().message);
    batch_.clear();
    if (!moves_) return;
    for (CustomerId id : people_)
      for (CustomerId other : ids_[id])
        if (other != id && random_.chance(0.3)) merge(other, id, id);
    if (people_.size() > 1 && random_.chance(0.6)) mistake();
    if (random_.chance(0.5)) take_back();
    if (random_.chance(0.5)) erase();
    if (random_.chance(0.3)) fold();
  }
  void fold() { CHECK(timeline_.fold(system_executor(), timeline::Timeline::FoldWhich::all), "folding failed"); }
  std::shared_ptr<const timeline::Version> version() const { return timeline_.version(); }
  std::shared_ptr<const timeline::Version> finish() {
    if (!moves_) return timeline_.version();
    while (!mistakes_.empty()) take_back();
    erase();
    for (CustomerId id : people_)
      for (CustomerId other : ids_[id])
        if (other != id) merge(other, id, id);
    auto settled = timeline_.rehome_all(system_executor());
    CHECK(settled, "{}", settled.error().message);
    return timeline_.version();
  }

 private:
  timeline::Options options() {
    timeline::Options out;
    if (moves_) out.canonical = [aliases = aliases_](CustomerId id) { return aliases->root(id); };
    return out;
  }
  std::vector<CustomerId> ids_of(CustomerId id) {
    std::vector<CustomerId> out = {id};
    if (!moves_) return out;
    for (uint64_t n = random_.below(3); n > 0; --n) out.push_back({id.value + static_cast<int64_t>(n) * 1'000'000});
    // Whoever is erased on the way has one id until then.
    if (out.size() == 1 && random_.chance(0.4)) victims_.insert(id);
    return out;
  }
  static CustomerId victim_of(CustomerId id) { return {id.value + 9'000'000}; }

  void rehome(const events::Moved& moved) {
    auto done = timeline_.rehome(moved.before);
    CHECK(done, "{}", done.error().message);
  }
  /// `id` remains when nobody else is in it; in a mistake's person whoever is there already.
  void merge(CustomerId a, CustomerId b, CustomerId into) {
    CustomerId one = aliases_->root(a), other = aliases_->root(b);
    if (one == other) return;
    if (into != one && into != other) into = other;
    rehome(aliases_->add({events::MergeId{++merges_}, a, b, into}));
  }
  void mistake() {
    CustomerId a = people_[random_.below(people_.size())], b = people_[random_.below(people_.size())];
    if (victims_.contains(a) || victims_.contains(b) || aliases_->root(a) == aliases_->root(b)) return;
    merge(a, b, random_.chance(0.5) ? a : b);
    mistakes_.push_back(events::MergeId{merges_});
  }
  void take_back() {
    if (mistakes_.empty()) return;
    size_t at = random_.below(mistakes_.size());
    rehome(aliases_->remove(mistakes_[at]));
    mistakes_.erase(mistakes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void erase() {
    std::vector<CustomerId> gone;
    for (CustomerId id : victims_) gone.push_back(victim_of(id));
    auto removed = timeline_.remove_customers(gone);
    auto applied = removed ? timeline_.apply(before_, Seq{0}) : removed;
    CHECK(applied, "{}", applied.error().message);
    before_.clear();
    victims_.clear();
  }

  Random random_;
  const bool moves_;
  std::shared_ptr<events::Aliases> aliases_ = std::make_shared<events::Aliases>();
  std::set<CustomerId> victims_;  ///< Under another id until they are erased.
  timeline::Timeline timeline_;
  std::vector<CustomerId> people_;
  std::map<CustomerId, std::vector<CustomerId>> ids_;
  std::vector<timeline::Row> batch_, before_;
  std::vector<events::MergeId> mistakes_;
  int64_t merges_ = 0;
};

}  // namespace

std::shared_ptr<const timeline::Version> EngineWorld::build(std::span<const Row> rows, const Arrival& arrival) const {
  Crowd crowd(schema_, arrival, rows);
  std::deque<std::string> texts;
  size_t next_cut = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (next_cut < arrival.cuts.size() && arrival.cuts[next_cut] == i) ++next_cut, crowd.apply();
    const Row& row = rows[i];
    timeline::Row out;
    out.seq = row.seq;
    out.customer = row.customer;
    out.kind = brand_.catalogue->find_stream(row.stream)->name;
    out.occurred_at = row.occurred_at;
    out.known_at = row.known_at;
    out.source = row.source;
    out.precedence = row.precedence;
    out.properties = texts.emplace_back(json::serialize(json::Value(row.properties)));
    crowd.add(out);
  }
  crowd.apply();
  auto version = crowd.finish();
  if (!arrival.folds) return version;
  crowd.fold();
  return crowd.version();
}

std::shared_ptr<const engine::Plan> EngineWorld::plan(const query::Checked& checked) const {
  auto plan = engine::make_plan(checked, schema_, setting_);
  CHECK(plan, "{}", plan.error().message);
  return *plan;
}

}  // namespace cairn::judge

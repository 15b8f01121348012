#include "measures/sheet.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::measures {
namespace {

int month_number(Day day) {
  CivilDate date = civil_of(day);
  return date.year * 12 + date.month - 1;
}
Day first_day(int month) { return day_of({month / 12, month % 12 + 1, 1}); }

void plus(Sums& to, const Sums& sums) {
  for (size_t i = 0; i < sums.size(); ++i) to[i] += sums[i];
}

bool is_miss(Direction direction, bool hit) {
  return direction == Direction::up ? !hit : direction == Direction::down && hit;
}

void plus(std::vector<Sums>& to, const std::vector<Sums>& from, size_t first = 0) {
  for (size_t i = 0; i < from.size(); ++i) plus(to[first + i], from[i]);
}

/// `first`: where the buckets of `from` are among those of `to`.
void plus(Groups& to, const Groups& from, size_t first) {
  plus(to.total, from.total);
  plus(to.buckets, from.buckets, first);
  plus(to.months, from.months);
  for (size_t m = 0; m < from.month_buckets.size(); ++m) plus(to.month_buckets[m], from.month_buckets[m], first);
}

}  // namespace

Months::Months(const Scope& scope, std::optional<Time> first_event, const Zone& zone) : until_(scope.until) {
  if (!first_event || *first_event >= scope.until) return;
  Time from = scope.since ? std::max(*scope.since, *first_event) : *first_event;
  if (from >= scope.until) return;
  int last = month_number(zone.day(scope.until - microseconds(1)));
  int first = std::max(month_number(zone.day(from)), last - kMonthsMax + 1);
  for (int month = first; month <= last + 1; ++month) {
    starts_.push_back(zone.start_of(first_day(month)));
    names_.push_back(to_month_text(first_day(month)));
  }
}

int Months::index(Time at) const {
  if (starts_.empty() || at < starts_.front() || at >= starts_.back()) return -1;
  return static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), at) - starts_.begin()) - 1;
}

Sheet::Sheet(Scope scope, Months months, Buckets buckets) : scope_(scope), months_(std::move(months)), range_(buckets) {
  for (const Definition& d : definitions()) {
    Record record;
    record.groups = new_groups(d);
    records_.push_back(std::move(record));
  }
}

Groups Sheet::new_groups(const Definition& definition) const {
  Groups out;
  auto buckets = static_cast<size_t>(range_.count);
  out.buckets.resize(buckets);
  out.months.resize(months_.size());
  if (definition.form == Form::ratio) out.month_buckets.assign(months_.size(), std::vector<Sums>(buckets));
  return out;
}

void Sheet::add(const Sheet& part) {
  CHECK(part.range_.first >= range_.first && part.range_.first + part.range_.count <= range_.first + range_.count,
        "a sheet of other customers");
  auto first = static_cast<size_t>(part.range_.first - range_.first);
  for (size_t i = 0; i < kMeasures; ++i) {
    Record& to = records_[i];
    const Record& from = part.records_[i];
    plus(to.groups, from.groups, first);
    for (const auto& [name, groups] : from.strata) {
      auto [it, is_new] = to.strata.try_emplace(name);
      if (is_new) it->second = new_groups(definitions()[i]);
      plus(it->second, groups, first);
    }
    to.samples.insert(to.samples.end(), from.samples.begin(), from.samples.end());
    for (const auto& [name, count] : from.parts) to.parts[name] += count;
    to.stake_customers += from.stake_customers;
    to.stake_minor += from.stake_minor;
  }
}

void Sheet::clear(Key key) {
  record_of(key) = Record();
  record_of(key).groups.buckets.resize(static_cast<size_t>(range_.count));
}

void Sheet::begin_customer(int bucket) {
  CHECK(bucket >= range_.first && bucket < range_.first + range_.count, "a customer of another sheet");
  bucket_ = static_cast<size_t>(bucket - range_.first);
  marked_.fill(false);
}

void Sheet::end_customer(int64_t value_minor) {
  for (size_t i = 0; i < kMeasures; ++i) {
    if (!marked_[i]) continue;
    ++records_[i].stake_customers;
    records_[i].stake_minor += value_minor;
  }
}

void Sheet::add_to(Groups& groups, Time at, const Sums& sums, bool keeps_month_buckets) {
  plus(groups.total, sums);
  plus(groups.buckets[bucket_], sums);
  int month = months_.index(at);
  if (month < 0) return;
  plus(groups.months[static_cast<size_t>(month)], sums);
  if (keeps_month_buckets) plus(groups.month_buckets[static_cast<size_t>(month)][bucket_], sums);
}

void Sheet::add(Key key, Time at, const Sums& sums) {
  if (scope_.contains(at)) add_to(record_of(key).groups, at, sums, definition(key).form == Form::ratio);
}

void Sheet::trial(Key key, Time at, bool hit) {
  if (!scope_.contains(at)) return;
  add(key, at, {hit ? 1.0 : 0.0, 1});
  if (is_miss(definition(key).direction, hit)) mark(key);
}

void Sheet::sample(Key key, Time at, double value) {
  if (!scope_.contains(at)) return;
  record_of(key).samples.push_back({value, static_cast<int16_t>(months_.index(at)),
                                    static_cast<uint8_t>(bucket_ + static_cast<size_t>(range_.first))});
  const Definition& d = definition(key);
  if (d.has_level() && value > d.target) mark(key);
}

void Sheet::treatment(Key key, const std::string& stratum, Time at, bool is_holdout, bool hit) {
  if (!scope_.contains(at)) return;
  auto [it, is_new] = record_of(key).strata.try_emplace(stratum);
  if (is_new) it->second = new_groups(definition(key));
  double h = hit ? 1 : 0;
  add_to(it->second, at, is_holdout ? Sums{0, 0, h, 1} : Sums{h, 1, 0, 0}, false);
}

void Sheet::add_state(Key key, int month, const Sums& sums) {
  Groups& groups = record_of(key).groups;
  if (month == kWhole) {
    plus(groups.total, sums);
    plus(groups.buckets[bucket_], sums);
    return;
  }
  plus(groups.months[static_cast<size_t>(month)], sums);
  if (!groups.month_buckets.empty()) plus(groups.month_buckets[static_cast<size_t>(month)][bucket_], sums);
}

void Sheet::state(Key key, int month, bool hit) {
  add_state(key, month, {hit ? 1.0 : 0.0, 1});
  if (month == kWhole && is_miss(definition(key).direction, hit)) mark(key);
}

void Sheet::part(Key key, Time at, const std::string& name) {
  if (scope_.contains(at)) ++record_of(key).parts[name];
}

}  // namespace cairn::measures

#include "profile/habits.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cairn::profile {
namespace {

/// Of sorted (price, units), the price of the unit at `at` from 0.
int64_t price_at(const std::vector<std::pair<int64_t, int64_t>>& prices, int64_t at) {
  for (const auto& [price, units] : prices) {
    if (at < units) return price;
    at -= units;
  }
  return prices.back().first;
}

int64_t quantile(const std::vector<std::pair<int64_t, int64_t>>& prices, int64_t units, double q) {
  double at = q * static_cast<double>(units - 1);
  auto below = static_cast<int64_t>(std::floor(at));
  auto low = static_cast<double>(price_at(prices, below));
  auto high = static_cast<double>(price_at(prices, std::min(below + 1, units - 1)));
  return static_cast<int64_t>(std::floor(low + (at - static_cast<double>(below)) * (high - low) + 0.5));
}

}  // namespace

void Tally::add(std::string_view value, int64_t times) {
  if (value.empty() || times <= 0) return;
  auto found = counts_.find(value);
  if (found == counts_.end()) found = counts_.emplace(std::string(value), Count()).first;
  found->second.times += times;
  found->second.last = ++at_;
  all_ += times;
}

std::optional<Favourite> Tally::favourite() const {
  const std::pair<const std::string, Count>* best = nullptr;
  for (const auto& one : counts_) {
    if (best && std::pair(one.second.times, one.second.last) < std::pair(best->second.times, best->second.last))
      continue;
    best = &one;
  }
  if (!best) return std::nullopt;
  return Favourite{best->first, best->second.times, all_};
}

std::optional<int64_t> usual_hour(const std::vector<Time>& moments, const Zone& zone) {
  if (moments.size() < kLeastHabit) return std::nullopt;
  std::array<int64_t, 24> hours{};
  for (Time t : moments) {
    int64_t in_day = zone.local(t).micros % days(1).micros;
    if (in_day < 0) in_day += days(1).micros;
    ++hours[static_cast<size_t>(in_day / cairn::hours(1).micros)];
  }
  size_t best = 0;
  auto near = [&](size_t h) { return hours[(h + 23) % 24] + hours[h] + hours[(h + 1) % 24]; };
  for (size_t h = 1; h < 24; ++h)
    if (std::pair(near(h), hours[h]) > std::pair(near(best), hours[best])) best = h;
  return static_cast<int64_t>(best);
}

std::optional<PriceBand> price_band(std::vector<std::pair<int64_t, int64_t>> prices, Currency currency) {
  std::erase_if(prices, [](const auto& p) { return p.second <= 0; });
  std::sort(prices.begin(), prices.end());
  int64_t units = 0;
  for (const auto& [price, count] : prices) units += count;
  if (units < static_cast<int64_t>(kLeastHabit)) return std::nullopt;
  return PriceBand{{quantile(prices, units, 0.25), currency}, {quantile(prices, units, 0.75), currency}, units};
}

std::optional<Cycle> cycle_of(const std::vector<Time>& orders, Time now) {
  if (orders.size() < kLeastHabit) return std::nullopt;
  std::vector<int64_t> gaps;
  for (size_t i = 1; i < orders.size(); ++i) gaps.push_back((orders[i] - orders[i - 1]).micros);
  std::sort(gaps.begin(), gaps.end());
  size_t middle = gaps.size() / 2;
  int64_t median = gaps.size() % 2 == 1 ? gaps[middle] : gaps[middle - 1] + (gaps[middle] - gaps[middle - 1]) / 2;
  Time next = orders.back() + Duration{median};
  double in_days = static_cast<double>(median) / static_cast<double>(days(1).micros);
  return Cycle{std::round(in_days * 100) / 100, static_cast<int64_t>(gaps.size()), next, next < now};
}

}  // namespace cairn::profile

#include "measures/estimate.h"

#include <algorithm>
#include <cmath>

#include "stats/estimate.h"
#include "stats/resample.h"
#include "stats/sample.h"

namespace cairn::measures {
namespace {

using stats::Interval;

/// Sample size and estimate, in the unit (money still in minor units).
struct Estimate {
  int64_t n = 0;
  Interval figure = Interval::unknown();
};

int64_t whole(double x) { return static_cast<int64_t>(std::llround(x)); }

stats::Share share_of(double hits, double trials) {
  // Opt-outs can outnumber the messages of the same span; a share cannot.
  return {std::min(whole(hits), whole(trials)), whole(trials)};
}

double quantile_of(Form form) { return form == Form::p90 ? 0.9 : 0.5; }

/// Null where the bounds are those of a month: there are many of them, and closed forms are a hundred times as fast.
using Chance = Random*;

Interval ratio(const Sums& total, const std::vector<Sums>& buckets, Chance chance) {
  if (total[1] == 0) return Interval::unknown();
  if (!chance) {
    std::vector<double> without;
    std::vector<int64_t> sizes;
    for (const Sums& s : buckets) {
      double left = total[1] - s[1];
      without.push_back(left != 0 ? (total[0] - s[0]) / left : stats::kNan);
      sizes.push_back(whole(s[2]));
    }
    return stats::jackknife(total[0] / total[1], without, sizes);
  }
  std::vector<double> numerators, denominators;
  for (const Sums& s : buckets) {
    if (s[0] == 0 && s[1] == 0) continue;
    numerators.push_back(s[0]);
    denominators.push_back(s[1]);
  }
  if (numerators.size() < 2) return Interval::unbounded(total[0] / total[1]);
  return stats::bootstrap_ratio(numerators, denominators, *chance);
}

Estimate of_sums(const Definition& d, const Sums& s, const std::vector<Sums>* buckets, Chance chance) {
  switch (d.form) {
    case Form::share: return {whole(s[1]), stats::wilson(share_of(s[0], s[1])).scaled(d.scale)};
    case Form::rate: return {whole(s[1]), stats::poisson_rate(whole(s[0]), s[1]).scaled(d.scale)};
    case Form::nps: {
      stats::NpsCounts counts{whole(s[0]), whole(s[2] - s[0] - s[1]), whole(s[1])};
      return {whole(s[2]), stats::nps(counts)};
    }
    case Form::mean: {
      stats::Tally tally{whole(s[2]), s[0], s[1]};
      return {tally.n, stats::mean(tally)};
    }
    case Form::ratio: return {whole(s[2]), buckets ? ratio(s, *buckets, chance) : Interval::unknown()};
    case Form::count: return {whole(s[0]), {s[0], stats::kNan, stats::kNan}};
    case Form::money: return {whole(s[1]), {s[0], stats::kNan, stats::kNan}};
    default: return {};
  }
}

Estimate of_samples(const Definition& d, const std::vector<double>& values, Chance chance) {
  if (values.empty()) return {};
  double q = quantile_of(d.form);
  return {static_cast<int64_t>(values.size()),
          chance ? stats::bootstrap_quantile(values, q, *chance) : stats::quantile_interval(values, q)};
}

/// Strata with a holdout, weighted by their treated: value Σ n₁ d / Σ n₁, variances added by w² from each stratum's
/// own interval (exactly Newcombe's where there is one stratum).
Estimate of_strata(const std::vector<Sums>& strata) {
  double treated = 0, value = 0, below = 0, above = 0;
  for (const Sums& s : strata)
    if (whole(s[3]) >= kHoldoutMin) treated += s[1];
  if (treated == 0) return {};
  for (const Sums& s : strata) {
    if (whole(s[3]) < kHoldoutMin || s[1] == 0) continue;
    Interval d = stats::share_difference(share_of(s[0], s[1]), share_of(s[2], s[3]));
    double weight = s[1] / treated;
    value += weight * d.value;
    below += weight * weight * (d.value - d.low) * (d.value - d.low);
    above += weight * weight * (d.high - d.value) * (d.high - d.value);
  }
  return {whole(treated), {value, value - std::sqrt(below), value + std::sqrt(above)}};
}

Estimate whole_of(const Definition& d, const Record& record, Chance chance) {
  if (d.form == Form::median || d.form == Form::p90) {
    std::vector<double> values;
    values.reserve(record.samples.size());
    for (const Sample& s : record.samples) values.push_back(s.value);
    return of_samples(d, values, chance);
  }
  if (d.form != Form::uplift) return of_sums(d, record.groups.total, &record.groups.buckets, chance);
  std::vector<Sums> strata;
  for (const auto& [name, groups] : record.strata) strata.push_back(groups.total);
  return of_strata(strata);
}

std::vector<Estimate> by_month(const Definition& d, const Record& record, size_t months) {
  std::vector<Estimate> out(months);
  if (d.form == Form::median || d.form == Form::p90) {
    std::vector<std::vector<double>> values(months);
    for (const Sample& s : record.samples)
      if (s.month >= 0) values[static_cast<size_t>(s.month)].push_back(s.value);
    for (size_t m = 0; m < months; ++m) out[m] = of_samples(d, values[m], nullptr);
    return out;
  }
  for (size_t m = 0; m < months; ++m) {
    std::vector<Sums> strata;
    for (const auto& [name, groups] : record.strata) strata.push_back(groups.months[m]);
    if (d.form == Form::uplift) out[m] = of_strata(strata);
    else if (m < record.groups.months.size())
      out[m] = of_sums(d, record.groups.months[m],
                       m < record.groups.month_buckets.size() ? &record.groups.month_buckets[m] : nullptr, nullptr);
  }
  return out;
}

std::optional<double> finite(double x, double divisor) {
  return std::isfinite(x) ? std::optional(x / divisor) : std::nullopt;
}

}  // namespace

Figure estimate(const Definition& d, const Record& record, const Months& months, int currency_digits) {
  Random chance = Random::stream(20260101, static_cast<uint64_t>(d.key));
  double divisor = d.unit == Unit::money ? std::pow(10, currency_digits) : 1;
  Estimate all = whole_of(d, record, &chance);
  Figure out;
  out.key = d.key;
  out.n = all.n;
  out.is_enough = all.n >= d.min_n && all.figure.known();
  if (out.is_enough) {
    out.value = finite(all.figure.value, divisor);
    out.low = finite(all.figure.low, divisor);
    out.high = finite(all.figure.high, divisor);
  }
  for (const Estimate& month : by_month(d, record, months.size())) {
    MonthFigure& m = out.trend.emplace_back();
    m.month = months.name(out.trend.size() - 1);
    m.n = month.n;
    // A count of nothing in a month is a value, not a want of data.
    bool is_shown = d.form == Form::count || d.form == Form::money ? out.is_enough : month.n >= kTrendMin;
    if (!is_shown || !month.figure.known()) continue;
    m.value = finite(month.figure.value, divisor);
    m.low = finite(month.figure.low, divisor);
    m.high = finite(month.figure.high, divisor);
  }
  for (const auto& [name, count] : record.parts) out.parts[name] = static_cast<double>(count);
  out.stake_customers = record.stake_customers;
  out.stake_minor = record.stake_minor;
  return out;
}

namespace {

Sums minus(const Sums& a, const Sums& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]}; }

/// The value alone, in the unit, cheap: no interval.
double value_of(const Definition& d, const Sums& s) {
  switch (d.form) {
    case Form::share:
    case Form::rate:
      return s[1] > 0 ? std::min(s[0], d.form == Form::share ? s[1] : s[0]) / s[1] * d.scale : stats::kNan;
    case Form::ratio: return s[1] != 0 ? s[0] / s[1] : stats::kNan;
    case Form::nps: return s[2] > 0 ? 100 * (s[0] - s[1]) / s[2] : stats::kNan;
    case Form::mean: return s[2] > 0 ? s[0] / s[2] : stats::kNan;
    default: return s[0];
  }
}

/// The quantile of the samples without one bucket's, for every bucket: the k-th of what is left stands at k + the
/// number of the bucket's own positions p_j (0 ≤ j) with p_j − j ≤ k. O(n log n + buckets · log n).
std::vector<double> quantiles_left_out(double q, std::vector<Sample> samples) {
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.value < b.value; });
  std::vector<std::vector<size_t>> own(kBuckets);  // p_j − j
  for (size_t i = 0; i < samples.size(); ++i) {
    auto& positions = own[samples[i].bucket];
    positions.push_back(i - positions.size());
  }
  std::vector<double> out;
  for (const auto& positions : own) {
    size_t left = samples.size() - positions.size();
    auto kth = [&](size_t k) {
      size_t skipped = static_cast<size_t>(std::upper_bound(positions.begin(), positions.end(), k) - positions.begin());
      return samples[k + skipped].value;
    };
    if (left == 0) {
      out.push_back(stats::kNan);
      continue;
    }
    double h = static_cast<double>(left - 1) * q;
    auto k = static_cast<size_t>(h);
    double low = kth(k), high = kth(std::min(k + 1, left - 1));
    out.push_back(low + (h - static_cast<double>(k)) * (high - low));
  }
  return out;
}

std::vector<double> strata_left_out(const Record& record) {
  std::vector<double> out;
  for (size_t b = 0; b < kBuckets; ++b) {
    std::vector<Sums> strata;
    for (const auto& [name, groups] : record.strata) {
      if (whole(groups.total[3]) < kHoldoutMin) continue;
      strata.push_back(minus(groups.total, groups.buckets[b]));
    }
    double treated = 0, sum = 0;
    for (const Sums& s : strata) treated += s[3] > 0 ? s[1] : 0;
    for (const Sums& s : strata)
      if (s[1] > 0 && s[3] > 0) sum += s[1] * (s[0] / s[1] - s[2] / s[3]);
    out.push_back(treated > 0 ? sum / treated : stats::kNan);
  }
  return out;
}

}  // namespace

std::vector<double> leave_out(const Definition& d, const Record& record) {
  if (d.form == Form::median || d.form == Form::p90) return quantiles_left_out(quantile_of(d.form), record.samples);
  if (d.form == Form::uplift) return strata_left_out(record);
  std::vector<double> out;
  for (const Sums& bucket : record.groups.buckets) out.push_back(value_of(d, minus(record.groups.total, bucket)));
  return out;
}

}  // namespace cairn::measures

#include "stats/tally.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace cairn::stats {

void Tally::add(double x, int64_t times) {
  double weight = static_cast<double>(times);
  n += times;
  sum += x * weight;
  sum_sq += x * x * weight;
}

double Tally::variance() const {
  if (n < 2) return kNan;
  double count = static_cast<double>(n);
  double m2 = sum_sq - sum * (sum / count);
  return std::isnan(m2) ? kNan : std::max(0.0, m2) / (count - 1);
}

void Moments::add(double x) {
  ++n;
  double delta = x - mean;
  mean += delta / static_cast<double>(n);
  m2 += delta * (x - mean);
}

Moments& Moments::operator+=(const Moments& o) {
  if (o.n == 0) return *this;
  if (n == 0) return *this = o;
  double here = static_cast<double>(n);
  double there = static_cast<double>(o.n);
  double delta = o.mean - mean;
  mean += delta * (there / (here + there));
  m2 += o.m2 + delta * delta * (here * there / (here + there));
  n += o.n;
  return *this;
}

void NpsCounts::add(int score, int64_t times) {
  CHECK(score >= 0 && score <= 10, "NPS score {}", score);
  (score >= 9 ? promoters : score >= 7 ? passives : detractors) += times;
}

NpsCounts& NpsCounts::operator+=(const NpsCounts& o) {
  promoters += o.promoters;
  passives += o.passives;
  detractors += o.detractors;
  return *this;
}

NpsCounts& NpsCounts::operator-=(const NpsCounts& o) {
  promoters -= o.promoters;
  passives -= o.passives;
  detractors -= o.detractors;
  return *this;
}

void Histogram::add(int score, int64_t times) {
  CHECK(score >= 0 && score <= kScoreMax, "score {}", score);
  counts[static_cast<size_t>(score)] += times;
}

int64_t Histogram::n() const { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

Share Histogram::share(int least, int most) const {
  Share out{0, n()};
  for (int s = std::max(0, least); s <= std::min(most, kScoreMax); ++s) out.k += counts[static_cast<size_t>(s)];
  return out;
}

Tally Histogram::tally() const {
  Tally out;
  for (int s = 0; s <= kScoreMax; ++s) out.add(s, counts[static_cast<size_t>(s)]);
  return out;
}

NpsCounts Histogram::nps() const {
  NpsCounts out;
  for (int s = 0; s <= kScoreMax; ++s) out.add(s, counts[static_cast<size_t>(s)]);
  return out;
}

double Histogram::quantile(double q) const {
  CHECK(q >= 0 && q <= 1, "quantile {}", q);
  int64_t total = n();
  if (total == 0) return kNan;
  double h = static_cast<double>(total - 1) * q;
  auto score_at = [&](int64_t index) {
    int score = 0;
    for (int64_t seen = counts[0]; seen <= index; seen += counts[static_cast<size_t>(score)]) ++score;
    return score;
  };
  int64_t below = static_cast<int64_t>(std::floor(h));
  int low = score_at(below);
  int high = score_at(std::min(below + 1, total - 1));
  return low + (h - static_cast<double>(below)) * (high - low);
}

Histogram& Histogram::operator+=(const Histogram& o) {
  for (size_t i = 0; i < counts.size(); ++i) counts[i] += o.counts[i];
  return *this;
}

Histogram& Histogram::operator-=(const Histogram& o) {
  for (size_t i = 0; i < counts.size(); ++i) counts[i] -= o.counts[i];
  return *this;
}

Moments moments_of(std::span<const double> values) {
  Moments out;
  for (double x : values) out.add(x);
  return out;
}

}  // namespace cairn::stats

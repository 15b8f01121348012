#include "measures/levels.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "stats/resample.h"

namespace cairn::measures {
namespace {

std::vector<Points> points_of(std::span<const Figure> figures) {
  std::vector<Points> out;
  for (const Figure& f : figures) {
    const Definition& d = definition(f.key);
    if (d.has_level() && f.is_enough) out.push_back({f.key, points_of(d, *f.value)});
  }
  return out;
}

std::array<Level, kLevels> levels_of(std::span<const Points> points) {
  std::array<Level, kLevels> out;
  std::array<double, kLevels> all{}, measured{};
  Scores scores = scores_of(points);
  for (int i = 0; i < kLevels; ++i) {
    out[static_cast<size_t>(i)].level = i + 1;
    out[static_cast<size_t>(i)].score = scores[static_cast<size_t>(i)];
  }
  for (const Definition& d : definitions()) {
    if (!d.has_level()) continue;
    auto at = static_cast<size_t>(d.level - 1);
    out[at].measures.push_back(d.key);
    all[at] += d.weight;
    bool has = std::any_of(points.begin(), points.end(), [&](const Points& p) { return p.key == d.key; });
    if (has) measured[at] += d.weight;
  }
  for (size_t i = 0; i < kLevels; ++i) out[i].weight_measured = all[i] > 0 ? measured[i] / all[i] : 0;
  return out;
}

std::vector<Step> steps_of(std::span<const Figure> figures, std::span<const Points> points, const Scores& scores) {
  std::vector<Step> out;
  for (const Points& p : points) {
    if (p.points >= 1) continue;
    const Definition& d = definition(p.key);
    auto figure = std::find_if(figures.begin(), figures.end(), [&](const Figure& f) { return f.key == p.key; });
    out.push_back({Step::Kind::improve, d.level, p.key, figure->value, d.target, gain_of(points, p.key),
                   figure->stake_customers, figure->stake_minor});
  }
  std::stable_sort(out.begin(), out.end(), [](const Step& a, const Step& b) { return *a.gain > *b.gain; });
  for (size_t i = 0; i < kLevels; ++i) {
    if (scores[i]) continue;
    Step connect;
    connect.kind = Step::Kind::connect;
    connect.level = static_cast<int>(i) + 1;
    out.push_back(connect);
  }
  return out;
}

/// The altitude with each group left out.
std::vector<double> altitudes_without(std::span<const Figure> figures, std::span<const Points> points,
                                      const std::vector<std::vector<double>>& without, size_t groups) {
  std::vector<double> out;
  std::vector<Points> rest(points.begin(), points.end());
  for (size_t g = 0; g < groups; ++g) {
    bool known = true;
    for (Points& p : rest) {
      auto at = std::find_if(figures.begin(), figures.end(), [&](const Figure& f) { return f.key == p.key; });
      double value = without[static_cast<size_t>(at - figures.begin())][g];
      known = known && std::isfinite(value);
      p.points = known ? points_of(definition(p.key), value) : 0;
    }
    out.push_back(known ? altitude_of(scores_of(rest)) : stats::kNan);
  }
  return out;
}

}  // namespace

double points_of(const Definition& d, double value) {
  CHECK(d.target != d.floor, "{} has no span", d.name);
  return std::clamp((value - d.floor) / (d.target - d.floor), 0.0, 1.0);
}

Scores scores_of(std::span<const Points> points) {
  std::array<double, kLevels> sum{}, weight{};
  for (const Points& p : points) {
    const Definition& d = definition(p.key);
    sum[static_cast<size_t>(d.level - 1)] += d.weight * p.points;
    weight[static_cast<size_t>(d.level - 1)] += d.weight;
  }
  Scores out;
  for (size_t i = 0; i < kLevels; ++i)
    if (weight[i] > 0) out[i] = 100 * sum[i] / weight[i];
  return out;
}

double altitude_of(const Scores& scores) {
  double altitude = 0, carried = 1;
  for (const auto& score : scores) {
    if (!score) continue;
    carried *= std::min(1.0, *score / kBearing);
    altitude += carried;
  }
  return altitude;
}

double gain_of(std::span<const Points> points, Key key) {
  std::vector<Points> better(points.begin(), points.end());
  for (Points& p : better)
    if (p.key == key) p.points = 1;
  return altitude_of(scores_of(better)) - altitude_of(scores_of(points));
}

Pyramid build_pyramid(std::span<Figure> figures, const std::vector<std::vector<double>>& without,
                      std::span<const int64_t> sizes) {
  std::vector<Points> points = points_of(figures);
  for (Figure& f : figures)
    for (const Points& p : points)
      if (p.key == f.key) f.score = 100 * p.points;
  Scores scores = scores_of(points);
  Pyramid out;
  out.altitude = altitude_of(scores);
  out.levels = levels_of(points);
  for (const auto& score : scores) out.measured += score.has_value();
  out.next = steps_of(figures, points, scores);
  if (out.measured == 0) return out;
  std::vector<double> altitudes = altitudes_without(figures, points, without, sizes.size());
  stats::Interval interval = stats::jackknife(out.altitude, altitudes, sizes);
  if (interval.bounded()) {
    interval = interval.clipped(0, out.measured);
    out.low = interval.low;
    out.high = interval.high;
  }
  return out;
}

}  // namespace cairn::measures

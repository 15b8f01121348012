// From figures to the pyramid: scores, altitude, what to do next. Pure.
//
// A measure's points are clamp((value − floor)/(target − floor), 0, 1). A level's score is 100 times the weighted
// mean of its measures that have enough data; it is measured when one does. With θ = 70 and g = min(1, score/θ)
// over the k measured levels from the bottom, altitude = g₁ + g₁g₂ + … + g₁g₂…g_k: each level rests on those below it.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "measures/definitions.h"
#include "measures/estimate.h"

namespace cairn::measures {

/// The score from which a level bears what stands on it.
inline constexpr double kBearing = 70;

/// 0–1. REQUIRES target != floor.
double points_of(const Definition& definition, double value);

using Scores = std::array<std::optional<double>, kLevels>;  ///< 0–100, by level − 1.

/// Points of a measure that has enough data.
struct Points {
  Key key{};
  double points = 0;
};
Scores scores_of(std::span<const Points> points);
double altitude_of(const Scores& scores);

/// What one measure at its target would bring to the altitude (0 when it is there already).
double gain_of(std::span<const Points> points, Key key);

struct Level {
  int level = 1;
  std::optional<double> score;
  double weight_measured = 0;  ///< Of the level's whole weight, 0–1.
  std::vector<Key> measures;   ///< In table order, also those without data.
  int64_t customers = 0;       ///< Who stand here.
  int64_t value_minor = 0;     ///< What they brought so far.
};

struct Step {
  enum class Kind { improve, connect };
  Kind kind = Kind::improve;
  int level = 1;
  std::optional<Key> measure;        ///< Of improve.
  std::optional<double> from, to;    ///< The value now, and the target.
  std::optional<double> gain;        ///< In altitude.
  std::optional<int64_t> customers;  ///< For whom it went wrong in the period.
  std::optional<int64_t> value_minor;
};

struct Pyramid {
  double altitude = 0;
  std::optional<double> low, high;
  int measured = 0;  ///< Levels.
  std::array<Level, kLevels> levels;
  std::vector<Step> next;  ///< Best gain first, then what to connect.
};

/// `without[i]` are the values of figures[i] with each group of customers left out (leave_out), `sizes` the
/// customers in each group. Sets the figures' scores. The altitude's interval is a delete-a-group jackknife; which
/// measures have enough data is decided by the whole.
Pyramid build_pyramid(std::span<Figure> figures, const std::vector<std::vector<double>>& without,
                      std::span<const int64_t> sizes);

}  // namespace cairn::measures

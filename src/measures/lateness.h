// Lateness beside satisfaction: what is associated with what, never what costs what.
#pragma once
#include <array>
#include <optional>

#include "measures/facts.h"
#include "measures/sheet.h"
#include "stats/tally.h"

namespace cairn::measures {

/// Of orders placed in the scope. Orders that are open, that the customer gave up, or of which no promise or no
/// date is known are in no group.
enum class Promptness { on_time, late, never_delivered };
inline constexpr int kPromptness = 3;

struct LatenessGroup {
  int64_t orders = 0;
  stats::Share csat;    ///< Of the answers about these orders, those of 4 or 5 on 1–5.
  stats::Tally scores;  ///< The same answers.
  void answer(int score);
  LatenessGroup& operator+=(const LatenessGroup& o) {
    return orders += o.orders, csat += o.csat, scores += o.scores, *this;
  }
};

struct Lateness {
  std::array<LatenessGroup, kPromptness> groups;
  /// Answers given before the delivery of their order: on time or late alike, and in none of the groups above.
  /// `orders` counts the orders that have such an answer.
  LatenessGroup before_delivery;
  Lateness& operator+=(const Lateness& o) {
    for (size_t i = 0; i < groups.size(); ++i) groups[i] += o.groups[i];
    before_delivery += o.before_delivery;
    return *this;
  }
};

void collect_lateness(const Facts& facts, const AsOf& as_of, const Scope& scope, Lateness& out);

}  // namespace cairn::measures

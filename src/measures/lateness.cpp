#include "measures/lateness.h"

namespace cairn::measures {
namespace {

std::optional<Promptness> promptness_of(Fate fate) {
  switch (fate) {
    case Fate::on_time: return Promptness::on_time;
    case Fate::late: return Promptness::late;
    case Fate::never_delivered: return Promptness::never_delivered;
    default: return std::nullopt;
  }
}

}  // namespace

void LatenessGroup::answer(int score) {
  csat.add(score >= 4);
  scores.add(score);
}

void collect_lateness(const Facts& facts, const AsOf& as_of, const Scope& scope, Lateness& out) {
  for (const Order& o : facts.orders) {
    auto promptness = promptness_of(o.fate(as_of));
    if (!promptness || !scope.contains(o.placed_at)) continue;
    LatenessGroup& group = out.groups[static_cast<size_t>(*promptness)];
    ++group.orders;
    if (o.id.empty()) continue;
    bool early = false;
    for (const Answer& a : facts.answers) {
      if (a.survey != "order_csat" || a.order_id != o.id) continue;
      auto score = a.on_scale(1, 5);
      if (!score) continue;
      bool is_early = o.stands() && o.delivered_at && a.at < *o.delivered_at;
      (is_early ? out.before_delivery : group).answer(*score);
      early = early || is_early;
    }
    out.before_delivery.orders += early;
  }
}

}  // namespace cairn::measures

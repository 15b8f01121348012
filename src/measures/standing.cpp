#include "measures/standing.h"

#include <algorithm>

#include "measures/collect.h"

namespace cairn::measures {
namespace {

bool is_rating(const Answer& a) { return (a.survey == "order_csat" || a.survey == "ticket_csat") && a.on_scale(1, 5); }
bool is_nps(const Answer& a) { return a.survey == "nps" && a.on_scale(0, 10); }

/// A purchase after a ticket that was solved at or after the break.
bool bought_after_solution(const Facts& f, Time broken) {
  const std::vector<Time>& purchases = f.purchases;
  for (const Ticket& t : f.tickets)
    if (t.solved_at && *t.solved_at >= broken && !purchases.empty() && purchases.back() > *t.solved_at) return true;
  return false;
}

bool rated_well_after(const Facts& f, Time broken) {
  return std::any_of(f.answers.begin(), f.answers.end(),
                     [&](const Answer& a) { return is_rating(a) && a.at > broken && a.score >= 4; });
}

/// The last answer of a kind was bad, and nothing made good for it since. A later answer of that kind is the last one
/// itself, so only a purchase can.
template <class Is>
bool last_answer_is_bad(const Facts& f, Time from, double worst, Is is) {
  const Answer* last = nullptr;
  const Answer* low = nullptr;
  for (const Answer& a : f.answers) {
    if (!is(a) || a.at < from) continue;
    if (!low || a.score < low->score) low = &a;
    last = &a;
  }
  if (!last || last->score > worst) return false;
  bool better = low != last && last->score >= low->score + 2;
  return !better && !bought_after_solution(f, last->at);
}

bool is_broken(const Facts& f, const AsOf& as_of, Time from) {
  for (const Ticket& t : f.tickets) {
    if (t.opened_at < from || sla_of(t, as_of.until, as_of.zone) != Sla::missed) continue;
    Time broken = missed_at(t, as_of.until);
    if (!rated_well_after(f, broken) && !bought_after_solution(f, broken)) return true;
  }
  for (const Order& o : f.orders) {
    if (o.placed_at < from || o.fate(as_of) != Fate::never_delivered) continue;
    Time broken = o.cancelled_at.value_or(o.promised_at.value_or(o.placed_at));
    if (!rated_well_after(f, broken) && !bought_after_solution(f, broken)) return true;
  }
  return last_answer_is_bad(f, from, 2, is_rating) || last_answer_is_bad(f, from, 6, is_nps);
}

bool gave_back(const Facts& f, Time from, Time to) {
  return any_in(f.reviews, from, to) || any_in(f.shares, from, to) || any_in(f.referrals, from, to) ||
         std::any_of(f.ideas.begin(), f.ideas.end(), [&](const Idea& i) { return i.at >= from && i.at < to; });
}

bool acted_on_anticipation(const Facts& f, Time from, Time to) {
  if (any_in(f.recommendation_clicks, from, to) || any_in(f.rewards, from, to)) return true;
  const std::vector<Time>& purchases = f.purchases;
  return std::any_of(f.automations.begin(), f.automations.end(), [&](const Treatment& t) {
    return t.at >= from && t.at < to && !t.is_holdout && any_in(purchases, t.at, t.at + kConversionWindow);
  });
}

bool was_content_on_time(const Facts& f, const AsOf& as_of, Time from) {
  for (const Order& o : f.orders) {
    if (o.id.empty() || o.fate(as_of) != Fate::on_time || *o.delivered_at < from) continue;
    for (const Answer& a : f.answers)
      if (a.survey == "order_csat" && a.order_id == o.id && a.on_scale(1, 5) && a.score >= 4) return true;
  }
  return false;
}

bool had_problem_solved(const Facts& f, Time from) {
  return std::any_of(f.tickets.begin(), f.tickets.end(), [&](const Ticket& t) {
    if (!t.solved_at || *t.solved_at < from) return false;
    return std::none_of(f.answers.begin(), f.answers.end(), [&](const Answer& a) {
      return a.survey == "ticket_csat" && a.on_scale(1, 5) && a.score <= 2 && a.ticket_id == t.id;
    });
  });
}

bool managed_alone(const Facts& f, Time from, Time to) {
  for (const Opening& o : f.openings)
    if (o.at >= from && !any_in(f.contacts, o.at, o.at + kSelfServiceWindow)) return true;
  return any_in(f.purchases, from, to) && !any_in(f.contacts, from, to);
}

}  // namespace

Standing standing_of(const Facts& f, const AsOf& as_of) {
  Time to = as_of.until, from = to - kYear;
  if (f.events.empty() || f.events.back().occurred_at < from) return {Standing::Kind::away, 0};
  if (is_broken(f, as_of, from)) return {Standing::Kind::fragile, 0};
  auto at = [](int level) { return Standing{Standing::Kind::level, level}; };
  if (gave_back(f, from, to)) return at(6);
  if (acted_on_anticipation(f, from, to)) return at(4);
  if (any_in(f.gestures, from, to) || was_content_on_time(f, as_of, from)) return at(3);
  if (had_problem_solved(f, from)) return at(2);
  if (managed_alone(f, from, to)) return at(1);
  return {Standing::Kind::unplaced, 0};
}

}  // namespace cairn::measures

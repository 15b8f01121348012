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

// Each of what follows tells `say` what it finds, and goes on until that returns true: it has heard enough. What comes
// back is whether there was anything.

/// The last answer of a kind was bad, and nothing made good for it since. A later answer of that kind is the last one
/// itself, so only a purchase can.
template <class Is, class Say>
bool last_answer_is_bad(const Facts& f, Time from, double worst, Because because, Is is, const Say& say) {
  const Answer* last = nullptr;
  const Answer* low = nullptr;
  for (const Answer& a : f.answers) {
    if (!is(a) || a.at < from) continue;
    if (!low || a.score < low->score) low = &a;
    last = &a;
  }
  if (!last || last->score > worst) return false;
  bool better = low != last && last->score >= low->score + 2;
  if (better || bought_after_solution(f, last->at)) return false;
  say(Evidence{because, last->at, last->ticket_id.empty() ? last->order_id : last->ticket_id, last->score});
  return true;
}

template <class Say>
bool is_broken(const Facts& f, const AsOf& as_of, Time from, const Say& say) {
  bool found = false;
  auto stands = [&](Time broken) { return !rated_well_after(f, broken) && !bought_after_solution(f, broken); };
  for (const Ticket& t : f.tickets) {
    if (t.opened_at < from || sla_of(t, as_of.until, as_of.zone) != Sla::missed) continue;
    if (!stands(missed_at(t, as_of.until))) continue;
    found = true;
    if (say(Evidence{Because::ticket_overdue, t.opened_at, t.id})) return true;
  }
  for (const Order& o : f.orders) {
    if (o.placed_at < from || o.fate(as_of) != Fate::never_delivered) continue;
    if (!stands(o.cancelled_at.value_or(o.promised_at.value_or(o.placed_at)))) continue;
    found = true;
    if (say(Evidence{Because::order_missing, o.placed_at, o.id})) return true;
  }
  bool is_low = last_answer_is_bad(f, from, 2, Because::low_rating, is_rating, say);
  return last_answer_is_bad(f, from, 6, Because::low_nps, is_nps, say) || is_low || found;
}

template <class Say>
bool any_of(const std::vector<Time>& times, Time from, Time to, Because because, const Say& say) {
  bool found = false;
  for (Time at : times) {
    if (at < from || at >= to) continue;
    found = true;
    if (say(Evidence{because, at})) return true;
  }
  return found;
}

template <class Say>
bool gave_back(const Facts& f, Time from, Time to, const Say& say) {
  bool found = false;
  for (const auto* times : {&f.reviews, &f.shares, &f.referrals})
    found = any_of(*times, from, to, Because::gave_back, say) || found;
  for (const Idea& i : f.ideas) {
    if (i.at < from || i.at >= to) continue;
    found = true;
    if (say(Evidence{Because::gave_back, i.at, i.id})) return true;
  }
  return found;
}

template <class Say>
bool acted_on_anticipation(const Facts& f, Time from, Time to, const Say& say) {
  bool found = any_of(f.recommendation_clicks, from, to, Because::acted, say);
  found = any_of(f.rewards, from, to, Because::acted, say) || found;
  for (const Treatment& t : f.automations) {
    if (t.at < from || t.at >= to || t.is_holdout || !any_in(f.purchases, t.at, t.at + kConversionWindow)) continue;
    found = true;
    if (say(Evidence{Because::acted, t.at, t.name})) return true;
  }
  return found;
}

template <class Say>
bool was_content_on_time(const Facts& f, const AsOf& as_of, Time from, const Say& say) {
  bool found = false;
  for (const Order& o : f.orders) {
    if (o.id.empty() || o.fate(as_of) != Fate::on_time || *o.delivered_at < from) continue;
    for (const Answer& a : f.answers) {
      if (a.survey != "order_csat" || a.order_id != o.id || !a.on_scale(1, 5) || a.score < 4) continue;
      found = true;
      if (say(Evidence{Because::content_on_time, a.at, o.id, a.score})) return true;
    }
  }
  return found;
}

template <class Say>
bool had_problem_solved(const Facts& f, Time from, const Say& say) {
  bool found = false;
  for (const Ticket& t : f.tickets) {
    if (!t.solved_at || *t.solved_at < from) continue;
    bool is_disliked = std::any_of(f.answers.begin(), f.answers.end(), [&](const Answer& a) {
      return a.survey == "ticket_csat" && a.on_scale(1, 5) && a.score <= 2 && a.ticket_id == t.id;
    });
    if (is_disliked) continue;
    found = true;
    if (say(Evidence{Because::problem_solved, *t.solved_at, t.id})) return true;
  }
  return found;
}

template <class Say>
bool managed_alone(const Facts& f, Time from, Time to, const Say& say) {
  bool found = false;
  for (const Opening& o : f.openings) {
    if (o.at < from || any_in(f.contacts, o.at, o.at + kSelfServiceWindow)) continue;
    found = true;
    if (say(Evidence{Because::managed_alone, o.at})) return true;
  }
  if (any_in(f.contacts, from, to)) return found;
  return any_of(f.purchases, from, to, Because::managed_alone, say) || found;
}

template <class Say>
Standing stand(const Facts& f, const AsOf& as_of, const Say& say) {
  Time to = as_of.until, from = to - kYear;
  if (f.events.empty() || f.events.back().occurred_at < from) return {Standing::Kind::away, 0};
  if (is_broken(f, as_of, from, say)) return {Standing::Kind::fragile, 0};
  auto at = [](int level) { return Standing{Standing::Kind::level, level}; };
  if (gave_back(f, from, to, say)) return at(6);
  if (acted_on_anticipation(f, from, to, say)) return at(4);
  bool was_given = any_of(f.gestures, from, to, Because::gesture, say);
  if (was_content_on_time(f, as_of, from, say) || was_given) return at(3);
  if (had_problem_solved(f, from, say)) return at(2);
  if (managed_alone(f, from, to, say)) return at(1);
  return {Standing::Kind::unplaced, 0};
}

}  // namespace

Standing standing_of(const Facts& f, const AsOf& as_of) {
  return stand(f, as_of, [](const Evidence&) { return true; });
}

Explained explain_standing(const Facts& f, const AsOf& as_of) {
  Explained out;
  out.standing = stand(f, as_of, [&](Evidence e) {
    out.evidence.push_back(std::move(e));
    return false;
  });
  std::stable_sort(out.evidence.begin(), out.evidence.end(),
                   [](const Evidence& a, const Evidence& b) { return a.at > b.at; });
  return out;
}

}  // namespace cairn::measures

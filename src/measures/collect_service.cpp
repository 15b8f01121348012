#include <algorithm>

#include "measures/business_hours.h"
#include "measures/collect.h"

namespace cairn::measures {
namespace {

double in_hours(Duration span) { return span.seconds() / 3600; }

void collect_clock(Time from, Time to, const Zone& zone, std::array<Key, 4> keys, Sheet& sheet) {
  double working = in_hours(working_time(from, to, zone)), calendar = in_hours(to - from);
  sheet.sample(keys[0], from, working);
  sheet.sample(keys[1], from, working);
  sheet.sample(keys[2], from, calendar);
  sheet.sample(keys[3], from, calendar);
}

void collect_solution(const Ticket& t, const AsOf& as_of, Sheet& sheet) {
  if (!t.first_solved_at) return;
  Time solved = *t.first_solved_at;
  sheet.trial(Key::reopened, solved, t.reopened_at.has_value());
  bool reopened_soon = t.reopened_at && *t.reopened_at <= solved + kReopenWindow;
  // A failure that shows early waits for its 7 days too, or the newest tickets would all be failures.
  if (solved + kReopenWindow <= as_of.until)
    sheet.trial(Key::first_contact_resolution, solved, !reopened_soon && t.replies_before_solved <= 1);
}

bool recurs(const std::vector<Ticket>& tickets, size_t first) {
  for (size_t i = first; i < tickets.size(); ++i)
    for (size_t j = i + 1; j < tickets.size(); ++j)
      if (tickets[i].is_complaint && tickets[j].is_complaint && !tickets[i].cause.empty() &&
          tickets[i].cause == tickets[j].cause && tickets[j].opened_at - tickets[i].opened_at <= kRecurrenceWindow)
        return true;
  return false;
}

bool led_to_article(const Search& search, const std::vector<Opening>& openings) {
  return std::any_of(openings.begin(), openings.end(), [&](const Opening& o) {
    if (!search.search_id.empty() && !o.search_id.empty()) return o.search_id == search.search_id;
    return o.at >= search.at && o.at <= search.at + kSearchWindow;
  });
}

}  // namespace

void collect_help(const Facts& facts, const AsOf& as_of, Sheet& sheet) {
  std::optional<Time> seeking;
  for (Time at : facts.help) {
    if (seeking && at - *seeking < kSelfServiceWindow) continue;
    seeking = at;
    bool asked = any_in(facts.contacts, at, at + kSelfServiceWindow);
    if (at + kSelfServiceWindow <= as_of.until) sheet.trial(Key::self_service, at, !asked);
  }
  for (const Search& s : facts.searches) {
    sheet.trial(Key::search_success, s.at, led_to_article(s, facts.openings));
    if (s.results) sheet.trial(Key::zero_result_share, s.at, *s.results == 0);
  }
  for (const Vote& v : facts.votes) sheet.trial(Key::article_helpful, v.at, v.helpful);
  for (Time at : facts.contacts) {
    sheet.add(Key::contacts_per_100_orders, at, {1, 0});
    if (sheet.scope().contains(at)) sheet.mark(Key::contacts_per_100_orders);
  }
}

void collect_tickets(const Facts& facts, const AsOf& as_of, Sheet& sheet) {
  bool complained = false;
  for (size_t i = 0; i < facts.tickets.size(); ++i) {
    const Ticket& t = facts.tickets[i];
    if (t.first_reply_at)
      collect_clock(t.opened_at, *t.first_reply_at, as_of.zone,
                    {Key::first_reply_hours, Key::first_reply_hours_p90, Key::first_reply_calendar_hours,
                     Key::first_reply_calendar_hours_p90},
                    sheet);
    if (t.solved_at)
      collect_clock(t.opened_at, *t.solved_at, as_of.zone,
                    {Key::resolution_hours, Key::resolution_hours_p90, Key::resolution_calendar_hours,
                     Key::resolution_calendar_hours_p90},
                    sheet);
    collect_solution(t, as_of, sheet);
    Sla sla = sla_of(t, as_of.until, as_of.zone);
    if (sla != Sla::pending) sheet.trial(Key::sla_met, t.opened_at, sla == Sla::met);
    if (!t.is_complaint || !sheet.scope().contains(t.opened_at)) continue;
    sheet.add(Key::complaints_per_1000_orders, t.opened_at, {1, 0});
    sheet.mark(Key::complaints_per_1000_orders);
    if (!complained) sheet.trial(Key::complaint_recurrence, t.opened_at, recurs(facts.tickets, i));
    complained = true;
  }
}

}  // namespace cairn::measures

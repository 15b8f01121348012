#include "measures/tickets.h"

#include <algorithm>

#include "base/text.h"
#include "measures/business_hours.h"

namespace cairn::measures {
namespace {

std::optional<std::string> known_text(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

std::vector<Time> times_of(const Copies<Time>& copies) {
  std::vector<Time> out;
  copies.each([&](Time at) { out.push_back(at); });
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<Time> first_after(const std::vector<Time>& times, Time after) {
  auto it = std::upper_bound(times.begin(), times.end(), after);
  return it == times.end() ? std::nullopt : std::optional(*it);
}

}  // namespace

struct TicketFold::Building {
  std::string id;
  Time first_at;
  Told<Time> opened;
  Told<std::string> cause, order_id;
  Told<bool> complaint;
  Copies<Time> replies, solved, reopened;
};

TicketFold::TicketFold() = default;
TicketFold::~TicketFold() = default;

void TicketFold::add(const Event& event, const Properties& p) {
  std::string_view id = p.text(Name::ticket_id);
  if (id.empty() && event.kind != KindRef::ticket_opened) return;
  auto it = id.empty() ? by_id_.end() : by_id_.find(id);
  if (it == by_id_.end()) {
    if (!id.empty()) by_id_.emplace(id, tickets_.size());
    tickets_.emplace_back();
    tickets_.back().id = id;
    tickets_.back().first_at = event.occurred_at;
  }
  Building& b = it == by_id_.end() ? tickets_.back() : tickets_[it->second];
  b.cause.offer(known_text(to_lower(trim(p.text(Name::cause)))), event);
  b.order_id.offer(known_text(p.text(Name::order_id)), event);
  b.complaint.offer(p.truth(Name::complaint), event);
  switch (event.kind) {
    case KindRef::ticket_opened: b.opened.offer(event.occurred_at, event); break;
    case KindRef::ticket_replied: {
      std::string by = to_lower(p.text(Name::by));
      if (by != "automatic" && by != "customer") b.replies.add("", event.occurred_at, event);
      break;
    }
    case KindRef::ticket_solved: b.solved.add("", event.occurred_at, event); break;
    case KindRef::ticket_reopened: b.reopened.add("", event.occurred_at, event); break;
    default: break;
  }
}

Ticket TicketFold::finish(const Building& b) {
  Ticket t;
  t.id = b.id;
  t.opened_at = b.opened.value().value_or(b.first_at);
  t.is_complaint = b.complaint.value().value_or(false);
  t.cause = b.cause.value().value_or("");
  t.order_id = b.order_id.value().value_or("");
  std::vector<Time> replies = times_of(b.replies), solved = times_of(b.solved), reopened = times_of(b.reopened);
  if (!replies.empty()) t.first_reply_at = replies.front();
  if (solved.empty()) return t;
  t.first_solved_at = solved.front();
  t.reopened_at = first_after(reopened, solved.front());
  if (reopened.empty() || reopened.back() <= solved.back()) t.solved_at = solved.back();
  t.replies_before_solved =
      static_cast<int>(std::upper_bound(replies.begin(), replies.end(), solved.front()) - replies.begin());
  return t;
}

std::vector<Ticket> TicketFold::take() {
  std::vector<Ticket> out;
  out.reserve(tickets_.size());
  for (const Building& b : tickets_) out.push_back(finish(b));
  std::stable_sort(out.begin(), out.end(), [](const Ticket& a, const Ticket& b) { return a.opened_at < b.opened_at; });
  return out;
}

Sla sla_of(const Ticket& t, Time until, const Zone& zone) {
  // A ticket solved without any reply was answered by its solution.
  std::optional<Time> reply = t.first_reply_at;
  if (!reply || (t.first_solved_at && *t.first_solved_at < *reply)) reply = t.first_solved_at;
  if (working_time(t.opened_at, reply.value_or(until), zone) > kReplyWithin) return Sla::missed;
  if (working_time(t.opened_at, t.first_solved_at.value_or(until), zone) > kSolveWithin) return Sla::missed;
  return t.first_solved_at ? Sla::met : Sla::pending;
}

Time missed_at(const Ticket& t, Time until) {
  if (t.first_solved_at) return *t.first_solved_at;
  return t.first_reply_at.value_or(until);
}

}  // namespace cairn::measures

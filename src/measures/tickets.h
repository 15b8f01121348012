// Tickets: what a ticket's events add up to. Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measures/merge.h"
#include "measures/properties.h"

namespace cairn::measures {

/// The promise that tickets are held against until a brand states its own, in working time: a first human reply within
/// one working day, and solved within five.
inline constexpr Duration kReplyWithin = hours(9);
inline constexpr Duration kSolveWithin = hours(45);
/// A solution that holds so long is one.
inline constexpr Duration kReopenWindow = days(7);

struct Ticket {
  std::string id;
  Time opened_at;
  bool is_complaint = false;
  std::string cause;  ///< In lower case; empty when never told.
  std::string order_id;
  std::optional<Time> first_reply_at;  ///< By a person of the brand: an automatic reply stops no clock.
  std::optional<Time> first_solved_at;
  std::optional<Time> solved_at;    ///< The last one; empty while it is open or reopened.
  std::optional<Time> reopened_at;  ///< The first one after it was solved.
  int replies_before_solved = 0;    ///< Of people, up to the first solution.
};

/// Whether a ticket kept the promise, as of a moment.
enum class Sla { pending, met, missed };
Sla sla_of(const Ticket& ticket, Time until, const Zone& zone);
/// When it was missed: the moment of the late reply or solution, or `until` while still waiting. REQUIRES missed.
Time missed_at(const Ticket& ticket, Time until);

/// Takes a customer's ticket events in time order. Events without ticket_id are passed over, except Ticket Opened,
/// which is a ticket of its own.
class TicketFold {
 public:
  TicketFold();
  ~TicketFold();
  TicketFold(const TicketFold&) = delete;
  void add(const Event& event, const Properties& properties);
  /// By (opened_at, first told). Tickets of which the opening was never told start at their first event.
  std::vector<Ticket> take();

 private:
  struct Building;
  static Ticket finish(const Building& b);
  std::vector<Building> tickets_;
  std::map<std::string, size_t, std::less<>> by_id_;
};

}  // namespace cairn::measures

// Where one customer stands on the pyramid. Pure.
#pragma once
#include "measures/facts.h"

namespace cairn::measures {

/// `level` is the highest at which something happened to the customer in the last 12 months:
///   1 found an answer alone (no contact within 72 h), or bought without any contact in these months;
///   2 had a ticket solved, and did not rate it 1 or 2;
///   3 received an order on time and rated it 4 or 5, or was given a gesture;
///   4 acted on an anticipation: clicked a recommendation, redeemed a reward, bought within 7 days of an automation;
///   5 was helped before asking (nothing that the log tells today);
///   6 gave something back: a review, an idea, a referral, something shared.
/// Someone to whom none of these happened is unplaced.
///
/// Broken, in the same 12 months: a ticket past its SLA; an order never delivered; the last answer about an order or a
/// ticket ≤ 2 of 5; the last NPS answer ≤ 6. Recovered by a later answer two points better (of the same kind; after a
/// ticket or an order, any later rating of 4 or 5), or by a purchase after a ticket that was solved after the break.
/// What is broken and not recovered makes fragile, whatever else happened. No event in 12 months: away.
struct Standing {
  enum class Kind { away, fragile, unplaced, level };
  Kind kind = Kind::unplaced;
  int level = 0;  ///< 1–6 when kind is level.
  bool operator==(const Standing&) const = default;
};

/// REQUIRES every fact is before as_of.until.
Standing standing_of(const Facts& facts, const AsOf& as_of);

enum class Because {
  // what is broken
  ticket_overdue,
  order_missing,
  low_rating,
  low_nps,
  // what happened at a level
  gave_back,
  acted,
  gesture,
  content_on_time,
  problem_solved,
  managed_alone
};
BOOST_DESCRIBE_ENUM(Because, ticket_overdue, order_missing, low_rating, low_nps, gave_back, acted, gesture,
                    content_on_time, problem_solved, managed_alone)

/// One thing that made somebody stand where they do.
struct Evidence {
  Because because = Because::managed_alone;
  Time at;
  std::string id = {};  ///< Of the ticket or order, when it is about one.
  std::optional<double> score = {};
};

/// The same as standing_of, with all that makes it so, latest first: of fragile what is broken, of a level what
/// happened at that level.
struct Explained {
  Standing standing;
  std::vector<Evidence> evidence;
};
Explained explain_standing(const Facts& facts, const AsOf& as_of);

}  // namespace cairn::measures

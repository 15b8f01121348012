// Everything that measures want to know of one customer, folded from the events once. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "measures/customer_events.h"
#include "measures/orders.h"
#include "measures/tickets.h"

namespace cairn::measures {

/// One answer to one question of a survey. Copies are one: the same survey, response_id, order, ticket and product.
/// An answer without response_id is one of its own.
struct Answer {
  std::string survey;  ///< In lower case.
  double score = 0;
  std::optional<double> score_max;
  Time at;
  std::string order_id, ticket_id;
  bool has_comment = false;

  /// The score when it is a whole number on low–high and the survey does not say that its scale ends elsewhere.
  std::optional<int> on_scale(int low, int high) const;
};

struct Search {
  Time at;
  std::string search_id;
  std::optional<int64_t> results;
};
struct Opening {
  Time at;
  std::string search_id;
};
struct Vote {
  Time at;
  bool helpful = false;
};
/// A first meeting with an automation or a place of recommendations.
struct Treatment {
  Time at;
  std::string name;
  bool is_holdout = false;
};
struct Idea {
  std::string id;
  Time at;
  std::optional<Time> realised_at;  ///< When the customer was told that it came to something.
};

struct Facts {
  CustomerId id;
  int bucket = 0;  ///< Group of the jackknife, 0–255.
  std::span<const Event> events;
  std::vector<Order> orders;
  std::vector<Time> purchases;  ///< Of the orders that stand, when they were placed.
  std::vector<Ticket> tickets;
  std::vector<Answer> answers;
  std::vector<Search> searches;
  std::vector<Opening> openings;
  std::vector<Vote> votes;
  std::vector<Time> help;              ///< Searches, openings and views of help articles.
  std::vector<Time> contacts;          ///< Tickets opened and live chats begun.
  std::vector<Time> carts, checkouts;  ///< Started, one a cart.
  std::vector<Treatment> automations, recommendations;
  std::vector<Time> recommendation_clicks, rewards;
  std::vector<Time> messages, spam_marks, unsubscriptions;
  std::optional<Time> enrolled_at;
  std::vector<Time> point_moves;                           ///< Earned or redeemed.
  std::vector<Time> reviews, shares, referrals, gestures;  ///< referrals: sent, or completed as the one who invited.
  std::optional<Time> referred_at;                         ///< Came through somebody else's referral.
  std::vector<Idea> ideas;
  int64_t in_other_currency = 0;

  /// What the customer brought so far, minor units.
  int64_t value_minor() const;
};

inline constexpr int kBuckets = 256;
/// The bucket of a customer: fixed, so that figures repeat. Those of a shard are kBucketsAShard neighbours, from
/// shard * kBucketsAShard on, since both are the upper bits of one hash.
int bucket_of(CustomerId id);
inline constexpr int kBucketsAShard = kBuckets / kShards;

/// A new cart or checkout without an id begins when none was touched for so long.
inline constexpr Duration kCartWindow = hours(24);

/// REQUIRES events in time order. Facts views `events`.
Facts fold(CustomerId id, std::span<const Event> events, const Reading& reading);

}  // namespace cairn::measures

// Whose is an order that several sources tell of? The browser knows a visitor, the server a customer, the file an
// e-mail: the events of one order then stand at two or three customers, and would be two or three orders.
//
// The rule. Events with the same business key are of one thing when they come from different sources; the thing is the
// customer's whom the source with the highest precedence names (among equals, who was told of first). A source that
// gives one key to two customers counts them itself (two tills that both begin at 1): there the key joins nothing.
//
// Example. Browser (precedence 50): anonymous visitor B, order 7. Server (300): customer A, order 7, then its
// delivery. All three are A's order 7; what B looked at stays B's. Identity resolution may make A and B one; this
// does not.
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "events/log.h"
#include "query/catalogue.h"

namespace cairn::measures {

class Owners {
 public:
  /// One event that has a business key.
  struct Claim {
    CustomerId customer;
    SourceId source;
    int precedence = 0;
  };
  /// REQUIRES: in order of seq.
  void add(uint64_t thing, const Claim& claim);
  /// Forgets what stands at one customer anyway, and what its key does not join.
  void settle();
  /// Whose it is; not set when its events stay where they are.
  CustomerId owner(uint64_t thing) const;
  bool is_empty() const { return things_.empty(); }

  /// Which thing an event tells of, 0 when of none.
  static uint64_t thing_of(const query::Kind& kind, std::string_view properties);
  /// Of a whole log, in one sweep; without one when there is a single source. `canonical` as in LogTimelines::Options.
  static Result<Owners> of(events::Log& log, const std::function<CustomerId(CustomerId)>& canonical);

 private:
  struct Thing {
    Claim best;
    std::vector<Claim> others;  ///< Of other customers or sources.
    bool is_ambiguous = false;
  };
  std::unordered_map<uint64_t, Thing> things_;
};

}  // namespace cairn::measures

// Figures of one customer that the query language has words for: the texts, made into one plan, evaluated at once. What
// they mean is docs/reference/query.md, here as anywhere.
#pragma once
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/plan.h"
#include "measures/one_customer.h"
#include "query/value.h"
#include "segments/model.h"
#include "timeline/version.h"

namespace cairn::profile {

enum class Fact : uint8_t {
  orders,
  cancelled,
  revenue,
  average,
  first_order_at,
  last_order_at,
  days_since,  ///< This and `orders`, `revenue`: as the classes of buyers are made (segments/rfm.h).
  nps,
  nps_at,
  csat,
  csat_at,
  tickets,
  open_tickets,
  complaints,
  first_seen_at,
  last_seen_at,
};
inline constexpr size_t kFacts = static_cast<size_t>(Fact::last_seen_at) + 1;

/// As the language writes it.
std::string_view text_of(Fact fact);

struct Facts {
  std::array<query::Value, kFacts> values;
  const query::Value& operator[](Fact fact) const { return values[static_cast<size_t>(fact)]; }
  int64_t count(Fact fact) const;
  std::optional<Time> time(Fact fact) const;
  std::optional<Money> money(Fact fact) const;
};

/// What is made once for a schema and a set of segments. Never changes.
struct Ready {
  struct Segment {
    int64_t id = 0;
    std::string name, query;
    std::shared_ptr<const engine::Plan> plan;  ///< Null: it cannot be asked now.
  };
  std::shared_ptr<const timeline::Schema> schema;
  std::shared_ptr<const segments::Set> set;
  std::shared_ptr<const engine::Plan> facts;
  std::shared_ptr<const measures::OneCustomer> standing;
  std::vector<Segment> segments;  ///< By id.
};
/// Error internal: a text of ours does not hold.
Result<std::shared_ptr<const Ready>> make_ready(std::shared_ptr<const timeline::Schema> schema,
                                                std::shared_ptr<const segments::Set> set);

/// REQUIRES a touched place of a version of that schema.
Facts facts_of(const Ready& ready, const timeline::Place& place, Time now);

}  // namespace cairn::profile

// What the rows of one customer in the timelines say beyond figures: attributes with their history, orders, tickets,
// habits, the latest words. Pure.
//
// REQUIRES everywhere: a place that is touched; what happens after `now` is not seen.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "profile/model.h"
#include "timeline/version.h"

namespace cairn::profile {

/// A place with what is needed to read it.
struct Look {
  const timeline::Schema& schema;
  timeline::Place place;
  Time now;
  /// The name of a source, as events::Log::source_name.
  std::function<std::string(SourceId)> source_name;
};

json::Value to_json(const query::Value& value);

/// Those that are known, in the order in which they are declared. With all values that each ever had when `history`.
enum class History { none, all };
std::vector<Attribute> attributes_of(const Look& look, History history);
/// Of attributes, the text of one; empty without.
std::string text_in(const std::vector<Attribute>& attributes, std::string_view name);
/// The name that they give together; empty without.
std::string name_in(const std::vector<Attribute>& attributes);

struct Bought {
  std::vector<RecentOrder> recent;  ///< The latest kRecent.
  std::vector<RecentOrder> late;    ///< Neither cancelled nor delivered, past their promise, of the last year.
  Habits habits;
};
inline constexpr size_t kRecent = 5;
Bought bought(const Look& look);

std::vector<Ticket> open_tickets(const Look& look, size_t most);

/// The row of the latest answer with something written; not set without.
Seq latest_verbatim(const Look& look);

/// When each segment was last entered, by its id, as events tell.
std::map<int64_t, Time> entered(const Look& look);

/// Whether they have an order of this id.
bool has_order(const Look& look, std::string_view order_id);

}  // namespace cairn::profile

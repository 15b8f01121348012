// GET /api/v1/report?since=&until=&lang= : the report as JSON.
#pragma once
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "base/zone.h"
#include "db/store.h"
#include "history/history.h"
#include "http/route.h"

namespace cairn::report {

/// Answers from the timelines, which it gives a moment to have what is in the log by now. Keeps the last picture for a
/// minute: while they and the question are the same, it is answered from memory. Safe from any thread; computes one at
/// a time.
class Service {
 public:
  Service(World& world, db::Store& store, history::History& history);
  ~Service();
  /// Errors: invalid, field since, until or lang; unavailable while the timelines are built.
  Result<http::Response> answer(const http::Request& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What the routes refer to must outlive the router.
std::vector<http::Route> routes(Service& service);

/// The moment that a text stands for, nothing for an empty one: without offset it is read in `zone`, and an `until`
/// that is a day alone includes that day. Error invalid with the field. For the command line, too.
Result<std::optional<Time>> parse_since(std::string_view text, const Zone& zone);
Result<std::optional<Time>> parse_until(std::string_view text, const Zone& zone);

}  // namespace cairn::report

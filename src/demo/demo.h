// A living shop, Almond & Co, made up from a seed, in a fresh data directory; what it hides goes to truth.json.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/world.h"
#include "db/store.h"
#include "demo/plan.h"
#include "events/log.h"
#include "json/describe.h"

namespace cairn::demo {

/// Called on the writer's thread, in its transaction, with events of one source that were kept, and what became of
/// each.
using OnKept =
    std::function<Result<void>(db::Transaction&, std::span<const events::NewEvent>, std::span<const events::Outcome>)>;

struct Context {
  World& world;
  db::Store& store;
  events::Log& log;
  events::Identify& identify;
  OnKept on_kept = {};
};

struct Progress {
  uint64_t events = 0;    ///< Durable so far.
  uint64_t expected = 0;  ///< In all, an estimate while the shop has several waves of customers.
};
/// Called after each slice; return false to stop.
using OnProgress = std::function<bool(const Progress&)>;

struct Summary {
  int64_t customers = 0;  ///< The people made up. The log may hold a few more: devices on which nobody ever signed in.
  int64_t events = 0;
  int64_t orders = 0;
  Time begin, end;    ///< The shop's life, [begin, end).
  std::string truth;  ///< Path of truth.json.
};
BOOST_DESCRIBE_STRUCT(Summary, (), (customers, events, orders, begin, end, truth))

/// Fills the log. Everything but the customers' ids follows from options (and the day, unless `until` says it). Not
/// from the writer's thread. Errors, one line each: conflict when the log holds something already, or was stopped
/// half way (such a directory is of no use); invalid options; those of the store.
Result<Summary> make(const Context& context, const Options& options, const OnProgress& on_progress = {});

}  // namespace cairn::demo

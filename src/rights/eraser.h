// Takes a person out of everything that Cairn keeps, so that every total stays what it was.
//
// Invariants:
// 1. Hidden at commit: the transaction that notes the request takes identifiers, customers and other modules' rows
//    away. Whoever comes again with the same identifiers is somebody new.
// 2. What follows may be cut off anywhere and is taken up again at start: rows are found by the person's old ids, and a
//    row that is rewritten has another. So the second try does what the first did not.
// 3. The order is: rows of the log, the timelines, both of others with whom an identifier came (mentions.h), texts of
//    others, then the list of what was searched for, then the store's own files. Only a request that came to its end is
//    `done`.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "accounts/audit.h"
#include "base/world.h"
#include "db/store.h"
#include "events/log.h"
#include "history/history.h"
#include "people/identities.h"
#include "rights/holder.h"
#include "rights/model.h"

namespace cairn::rights {

struct Parts {
  World& world;
  db::Store& store;
  events::Log& log;
  people::Identities& identities;
  history::History& history;
  std::vector<Holder> holders = {};
  std::vector<Trace> traces = {};
};

/// What an erasure would do.
struct Preview {
  CustomerId customer;
  std::vector<CustomerId> ids;
  int64_t identifiers = 0;
  std::map<std::string, int64_t> events;  ///< By kind.
};

class Eraser {
 public:
  explicit Eraser(const Parts& parts) : parts_(parts) {}

  /// Error not_found when there is no such customer.
  Result<Preview> preview(CustomerId customer) const;

  struct Asked {
    CustomerId customer;
    std::string_view origin;
    std::string_view key = {};  ///< Of the origin's own numbering.
    accounts::Actor actor;
  };
  /// Hides the person and notes the request. Not on the writer's thread.
  /// Errors: not_found; conflict when they are erased already, or the key was there before.
  Result<Request> begin(const Asked& asked);

  /// Everything up to `cleaning` for one that is `begun`. Not on the writer's thread.
  Result<void> carry_out(RequestId id);
  /// Wipes the store's files once, and ends all that were `cleaning` before.
  Result<void> finish();
  /// Rows that came under an erased id behind its erasure, of who was on their way to write one. Returns how many.
  Result<int64_t> sweep_stragglers(Time since);

 private:
  Result<void> hide(db::Transaction& tx, const Request& request) const;
  Result<int64_t> erase_rows(Request& request);
  Result<void> note_raw_identifiers(const Request& request, std::span<const Seq> rows);
  Result<void> rewrite(const Request& request, const events::Needles& needles, std::span<const Seq> rows,
                       std::map<std::string, int64_t>& counts);
  CustomerId fresh_id(CustomerId old) const;

  Parts parts_;
};

}  // namespace cairn::rights

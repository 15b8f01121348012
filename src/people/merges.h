// Merges: two ids of customers that are one person, with the evidence; by rule (identities.h) or hand; and taken back.
// A merge is an event on the timeline of whom it took in (`Customers Merged`, its seq is the merge's number) and a row
// of `merges`; taking it back is an event, too. Nothing else moves.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/store.h"
#include "events/aliases.h"
#include "events/log.h"
#include "json/describe.h"
#include "people/identities.h"

namespace cairn::people {

/// What brought a merge about.
enum class MergeRule { identifiers, by_hand };
BOOST_DESCRIBE_ENUM(MergeRule, identifiers, by_hand)

struct Merge {
  events::Tie tie;
  Time at;
  MergeRule rule = MergeRule::identifiers;
  std::string evidence;  ///< JSON: `{"identifiers":[{"kind","value"},…],"trusted":true}`, or `{"reason":"…"}`.
  SourceId source;
  Seq cause;          ///< The event that brought the evidence.
  RunId run;          ///< The import that did.
  std::string actor;  ///< Who merged by hand.
  std::optional<Time> undone_at;
  std::string undone_by, undone_why;
};

/// Every row that a load needs.
Result<void> read_ties(db::Session& session, const std::function<void(const events::Tie&)>& tie,
                       const std::function<void(CustomerId, CustomerId)>& apart);
/// REQUIRES: the event with this seq is appended in the same transaction.
Result<void> write_merge(db::Transaction& tx, const Merge& merge);
/// The event of a merge, or of its end (`merge_id` then).
events::Told told_of(const events::Tie& tie, MergeRule rule, Time at);
events::Told told_of_end(const events::Tie& tie, Time at);

/// Those that tie one of these ids, taken back or not, oldest first.
Result<std::vector<Merge>> merges_of(db::Session& session, std::span<const CustomerId> ids);

/// An identifier that came with somebody whose it is not.
struct Conflict {
  CustomerId customer;  ///< Whose event it was.
  events::Identifier identifier;
  CustomerId owner;  ///< Not set: nobody's.
  Demotion reason;
  Time first_at;
};
/// Where one of these ids is on either side, oldest first.
Result<std::vector<Conflict>> conflicts_of(db::Session& session, std::span<const CustomerId> ids);

/// The merges of an import's rows are no more. Call Identities::load afterwards.
Result<void> remove_merges_of_run(db::Transaction& tx, RunId run);

/// By hand.
class Merging {
 public:
  Merging(World& world, db::Store& store, events::Log& log, Identities& identities)
      : world_(world), store_(store), log_(log), identities_(identities) {}

  /// What a merge would bring together, and what speaks against it.
  struct Preview {
    CustomerId from, into;
    std::vector<StoredIdentifier> of_from, of_into;
    /// Kinds of which the person would have more than the rules give: two user ids, mostly. A merge by hand may.
    std::vector<std::string> beyond_limits;
    bool was_taken_back = false;
  };
  /// Errors: not_found; conflict when they are one person already.
  Result<Preview> preview(CustomerId from, CustomerId into) const;
  /// Who does it, why, and what else is written in the same transaction.
  struct By {
    std::string actor, reason;
    std::function<Result<void>(db::Transaction&, const Merge&)> also = {};
  };
  /// `into` keeps its id. Not on the writer's thread. Errors as above.
  Result<Merge> merge(CustomerId from, CustomerId into, const By& by);
  /// Everything returns where it came from, also what came since; no rule ties the two again. Errors: not_found;
  /// conflict when it was taken back already.
  Result<Merge> unmerge(events::MergeId merge, const By& by);

 private:
  Result<void> check(db::Session& session, CustomerId from, CustomerId into) const;

  World& world_;
  db::Store& store_;
  events::Log& log_;
  Identities& identities_;
};

}  // namespace cairn::people

// Which ids of customers are one person. Rows of the log never move: each keeps the id that its own identifiers named
// when it came, and readers ask here whose that is now.
//
// A merge ties two ids, and may be taken back at any time and in any order: whoever is still tied by the others stays
// together. So ids and merges are a forest; a person is a tree of it, by the id that the newest merge in it chose.
#pragma once
#include <atomic>
#include <cstdint>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/id.h"

namespace cairn::events {

using MergeId = Id<struct MergeTag>;  ///< A merge, for ever; they ascend with time.

/// What a merge says.
struct Tie {
  MergeId merge;
  CustomerId a, b;  ///< Ids as in the log's rows whom the evidence names; of two persons until then.
  CustomerId into;  ///< The id of the person that both are now: one of the two persons' until then.
  bool operator==(const Tie&) const = default;
};

/// Whose ids changed by a tie or its end.
struct Moved {
  std::vector<CustomerId> before;  ///< The persons until then, by their ids, ascending.
  std::vector<CustomerId> after;   ///< The persons since.
};

/// Any thread.
class Aliases {
 public:
  Aliases() = default;
  Aliases(const Aliases& other);
  Aliases& operator=(const Aliases& other);

  /// The id of the person whom an id in the log belongs to: itself when nobody was merged with it.
  CustomerId root(CustomerId id) const { return count_.load(std::memory_order_acquire) == 0 ? id : root_of_merged(id); }
  /// All ids of that person, ascending.
  std::vector<CustomerId> members(CustomerId id) const;
  /// Of ties within that person, ascending by merge.
  std::vector<Tie> ties(CustomerId id) const;
  std::vector<Tie> all_ties() const;
  /// How many ids have another's name.
  size_t size() const;

  /// Nothing moves when both are one person already, or the merge is known.
  Moved add(const Tie& tie);
  /// A merge has another number now, between the same neighbours.
  void renumber(MergeId from, MergeId to);
  /// Nothing moves when there is no such merge.
  Moved remove(MergeId merge);

  /// A person took a merge of these two back: no rule may tie them again.
  void keep_apart(CustomerId a, CustomerId b);
  /// Whoever merges them by hand knows better.
  void allow(CustomerId a, CustomerId b);
  /// Whether an id of one person is kept apart from an id of the other.
  bool are_apart(CustomerId one, CustomerId other) const;

  void clear();

 private:
  CustomerId root_of_merged(CustomerId id) const;
  CustomerId find(CustomerId id) const;
  std::vector<CustomerId> component(CustomerId id) const;
  std::vector<Tie> ties_within(std::span<const CustomerId> ids) const;
  CustomerId name(const std::vector<CustomerId>& ids);

  mutable std::shared_mutex mutex_;
  std::atomic<size_t> count_{0};  ///< Of roots_.
  // Guarded by mutex_, all of it.
  std::unordered_map<CustomerId, CustomerId> roots_;  ///< Of ids that are tied.
  std::unordered_map<MergeId, Tie> ties_;
  std::unordered_map<CustomerId, std::vector<MergeId>> by_id_;
  std::unordered_map<CustomerId, std::vector<CustomerId>> apart_;
};

}  // namespace cairn::events

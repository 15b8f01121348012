// Ids for customers who come new.
#pragma once
#include <cstdint>
#include <unordered_set>

#include "base/id.h"
#include "base/random.h"

namespace cairn::people {

/// Random numbers that say nothing of the customer. Some hundred who come one after the other have the beginning and
/// the shard in common, so that a commit touches one page of a key by (shard, customer), and not one for each of them:
/// in a store of millions each would have to be fetched, logged and copied. Beginnings are random, too: they do not
/// tell who came first.
class Newcomers {
 public:
  static constexpr size_t kTogether = 256;
  explicit Newcomers(Entropy& entropy);
  /// From 1 to 2^63 - 1. Two of one beginning are never the same; of all 10⁸ customers of a brand two are with a chance
  /// of one in two thousand, as if all 63 bits were drawn for each, and then the primary key refuses the second.
  CustomerId next();

 private:
  void begin();

  Entropy& entropy_;
  int shard_;
  uint64_t beginning_ = 0;
  std::unordered_set<uint64_t> given_;  ///< Of this beginning.
};

}  // namespace cairn::people

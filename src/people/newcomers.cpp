#include "people/newcomers.h"

#include "base/hash.h"

namespace cairn::people {
namespace {

/// Bits of a beginning: more of them than a key of a hundred million customers has pages in one shard.
constexpr int kBeginningBits = 20;
constexpr int kOtherBits = 63 - kBeginningBits;

}  // namespace

Newcomers::Newcomers(Entropy& entropy) : entropy_(entropy), shard_(static_cast<int>(entropy.next64() % kShards)) {
  begin();
}

void Newcomers::begin() {
  // Shards in turn: as many customers in each.
  shard_ = (shard_ + 1) % kShards;
  beginning_ = entropy_.next64() >> (64 - kBeginningBits) << kOtherBits;
  given_.clear();
}

CustomerId Newcomers::next() {
  if (given_.size() == kTogether) begin();
  // One in 64 is of the shard. Entropy is a call of the system: what follows from one draw is as hard to guess.
  for (uint64_t drawn = entropy_.next64();; drawn = mix(drawn)) {
    uint64_t id = beginning_ | mix(drawn) >> (64 - kOtherBits);
    CustomerId customer{static_cast<int64_t>(id)};
    if (id != 0 && shard_of(customer) == shard_ && given_.insert(id).second) return customer;
  }
}

}  // namespace cairn::people

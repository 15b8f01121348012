#include "people/memory.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"

namespace cairn::people {
namespace {

constexpr size_t kFirstBuckets = 1 << 9;

}  // namespace

Memory::Memory(Entropy& entropy, size_t most_buckets)
    : first_key_{entropy.next64(), entropy.next64()},
      second_key_{entropy.next64(), entropy.next64()},
      most_buckets_(most_buckets) {
  CHECK(std::has_single_bit(most_buckets));
  clear();
}

size_t Memory::Bucket::find(const Print& print) const {
  for (size_t way = 0; way < kWays && customers[way].is_set(); ++way)
    if (prints[way] == print) return way;
  return kWays;
}

void Memory::Bucket::to_front(size_t way) {
  for (; way > 0; --way) {
    std::swap(customers[way], customers[way - 1]);
    std::swap(prints[way], prints[way - 1]);
  }
}

Memory::Print Memory::print_of(const events::Identifier& identifier) {
  // No kind holds '=': kind and value cannot run into each other.
  scratch_.assign(identifier.kind).append(1, '=').append(identifier.value);
  uint64_t a = siphash(first_key_, scratch_), b = siphash(second_key_, scratch_);
  return {static_cast<uint32_t>(a), static_cast<uint32_t>(a >> 32), static_cast<uint32_t>(b)};
}

void Memory::grow() {
  auto before = std::exchange(buckets_, std::vector<Bucket>(buckets_.size() * 2));
  used_ = 0;
  // The last first, so that whoever was asked for last is first again. Nobody is pushed out: a bucket becomes two.
  for (const Bucket& bucket : before)
    for (size_t way = kWays; way-- > 0;)
      if (bucket.customers[way].is_set()) put(bucket.prints[way], bucket.customers[way]);
}

void Memory::put(const Print& print, CustomerId customer) {
  Bucket* bucket = &bucket_of(print);
  size_t way = bucket->find(print);
  if (way == kWays) {
    bool is_full = bucket->customers.back().is_set();
    if (is_full && buckets_.size() < most_buckets_ && used_ * 2 >= buckets_.size() * kWays) {
      grow();
      return put(print, customer);
    }
    way = is_full ? kWays - 1
                  : static_cast<size_t>(std::ranges::find(bucket->customers, CustomerId{}) - bucket->customers.begin());
    used_ += !is_full;
    bucket->prints[way] = print;
  }
  bucket->customers[way] = customer;
  bucket->to_front(way);
}

Memory::Print Memory::look_ahead(const events::Identifier& identifier) {
  Print print = print_of(identifier);
  __builtin_prefetch(&bucket_of(print));
  return print;
}

CustomerId Memory::find(const Print& print) {
  Bucket& bucket = bucket_of(print);
  size_t way = bucket.find(print);
  if (way == kWays) return {};
  bucket.to_front(way);
  return bucket.customers.front();
}

void Memory::remember(const events::Identifier& identifier, CustomerId customer) {
  put(print_of(identifier), customer);
}

void Memory::forget(const events::Identifier& identifier) {
  Print print = print_of(identifier);
  Bucket& bucket = bucket_of(print);
  size_t way = bucket.find(print);
  if (way == kWays) return;
  for (; way + 1 < kWays; ++way) {
    bucket.customers[way] = bucket.customers[way + 1];
    bucket.prints[way] = bucket.prints[way + 1];
  }
  bucket.customers.back() = {};
  --used_;
}

void Memory::clear() {
  buckets_ = std::vector<Bucket>(std::min(kFirstBuckets, most_buckets_));
  used_ = 0;
}

}  // namespace cairn::people

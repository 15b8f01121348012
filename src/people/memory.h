// Identifiers seen lately and whose they are, so that most events ask the store nothing.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/id.h"
#include "base/random.h"
#include "events/model.h"

namespace cairn::people {

/// Kept by 96 keyed bits of the identifier: with a key that nobody knows two identifiers are never taken for one in
/// practice (at 10⁹ of them the chance is 10⁻¹¹), and nothing is allocated an event. A bucket is a line of the
/// processor's cache with three of them, whoever was asked for last first; the fourth takes the place of the last. It
/// begins small and grows to 6.3 million identifiers in 134 MB, so that a shop of some millions of customers finds
/// nearly all of them here. What was remembered may be forgotten at any time.
class Memory {
 public:
  static constexpr size_t kMostBuckets = size_t{1} << 21;
  /// `most_buckets`: a power of two.
  explicit Memory(Entropy& entropy, size_t most_buckets = kMostBuckets);
  using Print = std::array<uint32_t, 3>;
  /// What it is kept by; the processor begins to fetch what find() reads, which in a large memory is most of the time.
  Print look_ahead(const events::Identifier& identifier);
  /// Not set when it is not remembered.
  CustomerId find(const Print& print);
  CustomerId find(const events::Identifier& identifier) { return find(print_of(identifier)); }
  void remember(const events::Identifier& identifier, CustomerId customer);
  void forget(const events::Identifier& identifier);
  void clear();

 private:
  static constexpr size_t kWays = 3;
  struct alignas(64) Bucket {
    std::array<CustomerId, kWays> customers;  ///< Not set: free, and so is all behind it.
    std::array<Print, kWays> prints;
    size_t find(const Print& print) const;  ///< kWays: not there.
    void to_front(size_t way);
  };
  Print print_of(const events::Identifier& identifier);
  Bucket& bucket_of(const Print& print) { return buckets_[print[0] & (buckets_.size() - 1)]; }
  void put(const Print& print, CustomerId customer);
  void grow();

  SipKey first_key_, second_key_;
  size_t most_buckets_;
  std::vector<Bucket> buckets_;
  size_t used_ = 0;
  std::string scratch_;
};

}  // namespace cairn::people

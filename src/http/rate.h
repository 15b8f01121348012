// How often one address may try something.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace cairn::http {

/// Token buckets by key: `per_minute` tries at once, then one every 60 s / per_minute. Safe from any thread.
class RateLimit {
 public:
  /// Nothing when this try is allowed, else how long to wait. `now` is a clock's elapsed().
  std::optional<Duration> try_now(std::string_view key, int per_minute, Duration now);
  size_t size() const;

 private:
  struct Bucket {
    Duration full_at;  ///< When it will be full again: the whole state of a token bucket in one number.
  };
  void forget_full(Duration now);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

/// The part of an address that one client cannot change at will: an IPv6 address counts by its first 64 bits.
std::string rate_key(std::string_view client_address);

}  // namespace cairn::http

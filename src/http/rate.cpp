#include "http/rate.h"

#include <arpa/inet.h>

namespace cairn::http {
namespace {

constexpr size_t kBucketsMax = 100'000;

}  // namespace

std::optional<Duration> RateLimit::try_now(std::string_view key, int per_minute, Duration now) {
  Duration token{60'000'000 / per_minute};
  std::lock_guard lock(mutex_);
  if (buckets_.size() >= kBucketsMax) forget_full(now);
  Bucket& bucket = buckets_[std::string(key)];
  if (bucket.full_at < now) bucket.full_at = now;
  Duration full_after = bucket.full_at + token;
  Duration wait = full_after - now - token * per_minute;
  if (wait.micros > 0) return wait;
  bucket.full_at = full_after;
  return std::nullopt;
}

size_t RateLimit::size() const {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

void RateLimit::forget_full(Duration now) {
  std::erase_if(buckets_, [now](const auto& entry) { return entry.second.full_at <= now; });
  // Still too many: they come from as many networks at once. Forgetting all is better than growing without end.
  if (buckets_.size() >= kBucketsMax) buckets_.clear();
}

std::string rate_key(std::string_view client_address) {
  std::string text(client_address);
  in6_addr address;
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return text;
  return std::string(reinterpret_cast<const char*>(address.s6_addr), 8);
}

}  // namespace cairn::http

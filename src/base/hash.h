// Hashes. `mix` and `hash64` are fast and unkeyed: never for what an outsider could aim at. SipHash is keyed.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "base/id.h"

namespace cairn {

/// splitmix64's finaliser (Steele, Lea, Flood 2014): a bijection of 64 bits.
constexpr uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

/// 64-bit hash of bytes, stable across machines and versions.
uint64_t hash64(std::string_view bytes, uint64_t seed = 0);

using SipKey = std::array<uint64_t, 2>;
/// SipHash-2-4 (Aumasson, Bernstein 2012).
uint64_t siphash(const SipKey& key, std::string_view bytes);

/// The shard of a customer: fixed for ever (invariant of the log).
constexpr int shard_of(CustomerId id) { return static_cast<int>(mix(static_cast<uint64_t>(id.value)) >> 58); }

}  // namespace cairn

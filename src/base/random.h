// Chance: `Random` repeats itself from a seed, for draws and simulation; `Entropy` cannot be guessed, for keys.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace cairn {

/// xoshiro256** (Blackman, Vigna 2018) seeded by splitmix64. The same seed gives the same numbers on every machine,
/// and the distributions below are our own because the standard library's differ between versions.
class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t next();
  /// Evenly in [0, bound); bound > 0.
  uint64_t below(uint64_t bound);
  /// Evenly in [low, high].
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  /// Evenly in [0, 1).
  double uniform();
  bool chance(double p) { return uniform() < p; }
  double normal(double mean, double sd);
  /// Mean 1/rate.
  double exponential(double rate);
  /// Shape k > 0, scale θ > 0 (Marsaglia, Tsang 2000).
  double gamma(double shape, double scale);
  int64_t poisson(double mean);
  /// A generator of its own, the same for the same (seed, stream).
  static Random stream(uint64_t seed, uint64_t stream);

 private:
  std::array<uint64_t, 4> s_;
};

class Entropy {
 public:
  virtual ~Entropy() = default;
  /// Fills with bytes that nobody can guess. Safe from any thread.
  virtual void fill(std::span<unsigned char> out) = 0;
  uint64_t next64();
};

/// The kernel's.
Entropy& system_entropy();

}  // namespace cairn

#include "base/random.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "base/hash.h"

namespace cairn {

Random::Random(uint64_t seed) {
  for (uint64_t& word : s_) word = mix(seed++ * 0x9E3779B97F4A7C15ull + 1);
}

Random Random::stream(uint64_t seed, uint64_t stream) {
  return Random(mix(seed) ^ mix(stream + 0x5851F42D4C957F2Dull));
}

uint64_t Random::next() {
  uint64_t result = std::rotl(s_[1] * 5, 7) * 9;
  uint64_t t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = std::rotl(s_[3], 45);
  return result;
}

uint64_t Random::below(uint64_t bound) {
  CHECK(bound > 0);
  // Lemire 2019: multiply, reject the few values that would be drawn too often.
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{next()} * bound;
  auto low = static_cast<uint64_t>(product);
  if (low < bound) {
    uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = Wide{next()} * bound;
      low = static_cast<uint64_t>(product);
    }
  }
  return static_cast<uint64_t>(product >> 64);
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Random::normal(double mean, double sd) {
  double u = 1.0 - uniform();
  return mean + sd * std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * uniform());
}

double Random::exponential(double rate) { return -std::log(1.0 - uniform()) / rate; }

double Random::gamma(double shape, double scale) {
  if (shape < 1) return gamma(shape + 1, scale) * std::pow(1.0 - uniform(), 1.0 / shape);
  double d = shape - 1.0 / 3.0;
  double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    double x = normal(0, 1);
    double v = 1.0 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    double u = 1.0 - uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v * scale;
  }
}

int64_t Random::poisson(double mean) {
  if (mean <= 0) return 0;
  if (mean > 60) return std::max<int64_t>(0, std::llround(normal(mean, std::sqrt(mean))));
  double limit = std::exp(-mean);
  double product = uniform();
  int64_t n = 0;
  while (product > limit) {
    product *= uniform();
    ++n;
  }
  return n;
}

uint64_t Entropy::next64() {
  std::array<unsigned char, 8> bytes;
  fill(bytes);
  return std::bit_cast<uint64_t>(bytes);
}

namespace {

class SystemEntropy final : public Entropy {
 public:
  void fill(std::span<unsigned char> out) override {
    size_t done = 0;
    while (done < out.size()) {
      ssize_t n = getrandom(out.data() + done, out.size() - done, 0);
      CHECK(n > 0 || errno == EINTR, "getrandom failed: {}", errno);
      if (n > 0) done += static_cast<size_t>(n);
    }
  }
};

}  // namespace

Entropy& system_entropy() {
  static SystemEntropy entropy;
  return entropy;
}

}  // namespace cairn

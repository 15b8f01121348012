// What happened, as one number: two runs of one seed must give the same. CAIRN_SIM_TRACE=1 prints every line of it.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "base/hash.h"

namespace cairn::sim {

class Trace {
 public:
  explicit Trace(bool is_shown) : is_shown_(is_shown) {}

  void note(std::string_view what, std::string_view whom = {}, uint64_t a = 0, uint64_t b = 0) {
    hash_ = mix(hash_ ^ hash64(what) ^ mix(hash64(whom) + a) ^ mix(b + 0x9E37));
    ++length_;
    if (is_shown_) fmt::print(stderr, "{:>8} {} {} {} {}\n", length_, what, whom, a, b);
  }
  uint64_t hash() const { return hash_; }
  uint64_t length() const { return length_; }

 private:
  const bool is_shown_;
  uint64_t hash_ = 0;
  uint64_t length_ = 0;
};

}  // namespace cairn::sim

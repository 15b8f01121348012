// What deciding "have we seen this message?" costs: adding and looking up fingerprints at a size, beside a hash set
// that holds the same in memory.
#include <unordered_map>

#include "base/hash.h"
#include "bench/bench.h"
#include "events/fingerprints.h"
#include "support/temp_dir.h"

using namespace cairn;

namespace {

constexpr int64_t kEntries = 20'000'000;
constexpr int64_t kLookups = 1'000'000;

struct Lookups {
  double misses_s = 0, hits_s = 0;
  int64_t found = 0;
};

template <class Find>
Lookups look_up(Find find) {
  Lookups out;
  out.misses_s = bench::seconds_of([&] {
    for (int64_t i = 0; i < kLookups; ++i) out.found += find(mix(static_cast<uint64_t>(i) + (1ull << 40)));
  });
  out.hits_s = bench::seconds_of([&] {
    for (int64_t i = 0; i < kLookups; ++i) out.found += find(mix(mix(static_cast<uint64_t>(i)) % kEntries));
  });
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report(argc, argv);
  test::TempDir dir;
  World world = system_world();
  auto prints = events::Fingerprints::open(world, dir.path()).value();
  double add_s = bench::seconds_of([&] {
    for (int64_t i = 0; i < kEntries; ++i) {
      prints->add({mix(static_cast<uint64_t>(i)), i + 1});
      if (i % 1000 == 999) prints->commit(i + 1);
    }
    prints->settle();
  });
  std::vector<int64_t> seqs;
  Lookups ours = look_up([&](uint64_t value) {
    seqs.clear();
    prints->find(value, seqs);
    return static_cast<int64_t>(seqs.size());
  });
  std::unordered_map<uint64_t, int64_t> map;
  double map_s = bench::seconds_of([&] {
    for (int64_t i = 0; i < kEntries; ++i) map.emplace(mix(static_cast<uint64_t>(i)), i + 1);
  });
  Lookups peer = look_up([&](uint64_t value) { return static_cast<int64_t>(map.count(value)); });
  auto rate = [](int64_t n, double s) { return static_cast<double>(n) / s; };
  std::string name = "std::unordered_map";
  report.add({"fingerprints.add", rate(kEntries, add_s), "1/s", name, rate(kEntries, map_s), {}, {}, {}});
  report.add({"fingerprints.miss",
              rate(kLookups, ours.misses_s),
              "1/s",
              name,
              rate(kLookups, peer.misses_s),
              {},
              {},
              ours.found == peer.found});
  report.add({"fingerprints.hit", rate(kLookups, ours.hits_s), "1/s", name, rate(kLookups, peer.hits_s), {}, {}, {}});
  auto figures = prints->figures();
  report.add({"fingerprints.bytes_per_event",
              static_cast<double>(figures.bytes) / static_cast<double>(kEntries),
              "bytes",
              "",
              {},
              {},
              16.0,
              {},
              true});
  report.add({"fingerprints.files", static_cast<double>(figures.runs), "files"});
  return report.finish();
}

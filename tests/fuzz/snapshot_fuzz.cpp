// A part's files with bytes changed anywhere, read without looking at checksums: what is impossible is refused or
// found, and what is not found can be read to its last value.
#include <cstring>

#include "base/check.h"
#include "timeline/bulk.h"
#include "timeline/by_hand.h"
#include "timeline/part_file.h"

namespace {

using namespace cairn;
using namespace cairn::timeline;

struct Files {
  std::shared_ptr<const Schema> schema = small_schema();
  int shard = 0;
  std::array<std::string, 3> bytes;

  Files() {
    RandomRows made(1, 40);
    std::vector<OwnRow> rows;
    shard = shard_of(CustomerId{1});
    // Customers of one shard.
    std::vector<int64_t> ids;
    for (int64_t id = 1; ids.size() < 40; ++id)
      if (shard_of(CustomerId{id}) == shard) ids.push_back(id);
    for (int i = 0; i < 400; ++i) {
      rows.push_back(made.next());
      rows.back().customer = ids[static_cast<size_t>(rows.back().customer - 1)];
    }
    Bulk bulk(schema, {}, {shard, shard + 1});
    bulk.add(views(rows), system_executor());
    schema = bulk.schema();
    auto parts = bulk.finish(system_executor());
    for (Group group : {Group::core, Group::columns, Group::derived}) {
      std::string& out = bytes[static_cast<size_t>(group)];
      CHECK(save(*schema, *parts[0], group, [&](std::string_view piece) {
        out += piece;
        return Result<void>();
      }));
    }
  }
};

/// Every byte of the input says something: three of a place, one of what to put there; the first which file and whether
/// to cut it.
std::array<FileBytes, 3> damaged(const Files& files, std::string_view input) {
  std::array<FileBytes, 3> out;
  for (size_t g = 0; g < 3; ++g) {
    // Blocks lie at multiples of 64 from the start, so that must be aligned, as a mapping is.
    auto own = std::make_shared<std::vector<uint64_t>>((files.bytes[g].size() + 7) / 8);
    auto* bytes = reinterpret_cast<char*>(own->data());
    std::memcpy(bytes, files.bytes[g].data(), files.bytes[g].size());
    size_t size = files.bytes[g].size();
    for (size_t i = 1; i + 3 < input.size(); i += 4) {
      if (static_cast<unsigned char>(input[0]) % 3 != g) break;
      uint32_t at = 0;
      std::memcpy(&at, input.data() + i, 3);
      // Half of them where the list of blocks is, for that is what reads first.
      size_t from = at & 1 ? size - std::min<size_t>(size, 4096) : 0;
      bytes[from + (at >> 1) % (size - from)] = input[i + 3];
    }
    out[g] = {own, {bytes, size}, std::string(kGroupNames[g])};
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Files files;
  if (size == 0 || size > 4000) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auto bytes = damaged(files, input);
  LoadOptions unchecked{false};
  auto part = load(*files.schema, files.shard, bytes, unchecked);
  if (!part || !verify(*files.schema, **part).empty()) return 0;
  Version::Shards shards;
  shards.fill(std::make_shared<const Shard>(std::vector<std::shared_ptr<const Part>>()));
  shards[static_cast<size_t>(files.shard)] =
      std::make_shared<const Shard>(std::vector<std::shared_ptr<const Part>>{*part});
  Version version(files.schema, shards, Seq{});
  (void)everything(version);
  (void)figures(version);
  return 0;
}

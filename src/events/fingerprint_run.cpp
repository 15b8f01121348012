#include "events/fingerprint_run.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/hash.h"

namespace cairn::events {
namespace {

constexpr uint64_t kMagic = 0x3170667269616300ull;
constexpr uint64_t kVersion = 1;
constexpr size_t kHeader = 64;
constexpr size_t kBlock = 64;
constexpr size_t kSeqBytes = 5;
// 512 bits of a block for 51 entries: 10 bits each, 6 probes, about 1.2 % false alarms (one block is a little
// worse than a whole Bloom filter, and costs one cache line instead of six).
constexpr uint64_t kEntriesPerBlock = 51;
constexpr int kProbes = 6;

struct Header {
  uint64_t magic, version, from, to, count, blocks, body_hash, header_hash;
};
static_assert(sizeof(Header) == kHeader);

uint64_t header_hash(Header h) {
  h.header_hash = 0;
  return hash64({reinterpret_cast<const char*>(&h), sizeof h});
}

size_t align(size_t n) { return (n + kBlock - 1) / kBlock * kBlock; }
size_t filter_offset(uint64_t count) { return align(kHeader + count * (8 + kSeqBytes)); }
uint64_t blocks_for(uint64_t count) { return count / kEntriesPerBlock + 1; }

uint64_t block_of(uint64_t value, uint64_t blocks) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>((Wide{mix(value)} * blocks) >> 64);
}

/// Calls probe(block, bit) for each of the value's bits, until one returns false.
template <class F>
bool each_bit(uint64_t value, uint64_t blocks, F probe) {
  uint64_t block = block_of(value, blocks);
  uint64_t bits = mix(mix(value));
  for (int i = 0; i < kProbes; ++i, bits >>= 9)
    if (!probe(block, static_cast<unsigned>(bits & 511))) return false;
  return true;
}

std::string file_name(SeqRange range) { return fmt::format("{:012}-{:012}{}", range.from, range.to, kRunEnd); }

/// The bytes of a run, filled entry by entry in order.
class Builder {
 public:
  Builder(SeqRange range, uint64_t count)
      : range_(range),
        count_(count),
        blocks_(blocks_for(count)),
        bytes_(filter_offset(count) + blocks_ * kBlock, '\0') {}

  void add(Fingerprint entry) {
    CHECK(entry.seq >= 0 && entry.seq < (int64_t{1} << 40), "seq {}", entry.seq);
    std::memcpy(&bytes_[kHeader + done_ * 8], &entry.value, 8);
    std::memcpy(&bytes_[kHeader + count_ * 8 + done_ * kSeqBytes], &entry.seq, kSeqBytes);
    char* filter = &bytes_[filter_offset(count_)];
    each_bit(entry.value, blocks_, [&](uint64_t block, unsigned bit) {
      char& byte = filter[block * kBlock + bit / 8];
      byte = static_cast<char>(byte | (1 << (bit % 8)));
      return true;
    });
    ++done_;
  }

  Result<std::string> write(Files& files, const std::string& directory) {
    CHECK(done_ == count_, "{} of {}", done_, count_);
    Header h{kMagic, kVersion, static_cast<uint64_t>(range_.from), static_cast<uint64_t>(range_.to), count_, blocks_,
             0,      0};
    h.body_hash = hash64(std::string_view(bytes_).substr(kHeader));
    h.header_hash = header_hash(h);
    std::memcpy(bytes_.data(), &h, sizeof h);
    std::string path = join_path(directory, file_name(range_));
    TRY(files.write(path, bytes_));
    return path;
  }

 private:
  SeqRange range_;
  uint64_t count_;
  uint64_t blocks_;
  std::string bytes_;
  uint64_t done_ = 0;
};

}  // namespace

Result<std::shared_ptr<const FingerprintRun>> FingerprintRun::open(Files& files, std::string path) {
  auto run = std::shared_ptr<FingerprintRun>(new FingerprintRun());
  run->mapping_ = TRY(files.map(path));
  run->path_ = std::move(path);
  std::string_view bytes = run->mapping_->bytes();
  Header h;
  if (bytes.size() < sizeof h) return fail(Code::corrupt, "the file is too short");
  std::memcpy(&h, bytes.data(), sizeof h);
  if (h.magic != kMagic || h.version != kVersion) return fail(Code::corrupt, "this is not a run of fingerprints");
  if (h.header_hash != header_hash(h)) return fail(Code::corrupt, "its header is damaged");
  if (bytes.size() != filter_offset(h.count) + h.blocks * kBlock) return fail(Code::corrupt, "its size is not right");
  run->range_ = {static_cast<int64_t>(h.from), static_cast<int64_t>(h.to)};
  run->count_ = h.count;
  run->blocks_ = h.blocks;
  run->values_ = bytes.data() + kHeader;
  run->seqs_ = run->values_ + h.count * 8;
  run->filter_ = bytes.data() + filter_offset(h.count);
  return run;
}

Result<std::shared_ptr<const FingerprintRun>> FingerprintRun::write(Files& files, const std::string& directory,
                                                                    SeqRange range,
                                                                    std::span<const Fingerprint> entries) {
  Builder builder(range, entries.size());
  for (const Fingerprint& entry : entries) builder.add(entry);
  return open(files, TRY(builder.write(files, directory)));
}

Result<std::shared_ptr<const FingerprintRun>> FingerprintRun::merge(Files& files, const std::string& directory,
                                                                    const FingerprintRun& older,
                                                                    const FingerprintRun& newer) {
  CHECK(older.to() + 1 == newer.from(), "{} {}", older.to(), newer.from());
  Builder builder({older.from(), newer.to()}, older.size() + newer.size());
  uint64_t a = 0;
  uint64_t b = 0;
  while (a < older.size() || b < newer.size()) {
    // At equal values the older goes first: its seqs are all smaller.
    bool first = b == newer.size() || (a < older.size() && older.value_at(a) <= newer.value_at(b));
    builder.add(first ? older.at(a++) : newer.at(b++));
  }
  return open(files, TRY(builder.write(files, directory)));
}

uint64_t FingerprintRun::value_at(uint64_t index) const {
  uint64_t value;
  std::memcpy(&value, values_ + index * 8, 8);
  return value;
}

Fingerprint FingerprintRun::at(uint64_t index) const {
  Fingerprint out{value_at(index), 0};
  std::memcpy(&out.seq, seqs_ + index * kSeqBytes, kSeqBytes);
  return out;
}

bool FingerprintRun::may_hold(uint64_t value) const {
  return each_bit(value, blocks_,
                  [&](uint64_t block, unsigned bit) { return (filter_[block * kBlock + bit / 8] >> (bit % 8)) & 1; });
}

void FingerprintRun::look_ahead(uint64_t value) const {
  if (count_ > 0) __builtin_prefetch(filter_ + block_of(value, blocks_) * kBlock);
}

void FingerprintRun::find(uint64_t value, std::vector<int64_t>& out) const {
  if (count_ == 0 || !may_hold(value)) return;
  // Fingerprints are evenly spread, so the place is known to within about √count; widen from there, then halve.
  __extension__ using Wide = unsigned __int128;
  auto guess = static_cast<uint64_t>((Wide{value} * count_) >> 64);
  uint64_t step = 64;
  uint64_t low = guess;
  while (low > 0 && value_at(low) >= value) {
    low -= std::min(low, step);
    step *= 2;
  }
  uint64_t high = guess;
  for (step = 64; high < count_ && value_at(high) < value; step *= 2) high = std::min(count_, high + step);
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (value_at(middle) < value) low = middle + 1;
    else high = middle;
  }
  for (; low < count_ && value_at(low) == value; ++low) out.push_back(at(low).seq);
}

bool FingerprintRun::verify() const {
  Header h;
  std::memcpy(&h, mapping_->bytes().data(), sizeof h);
  return h.body_hash == hash64(mapping_->bytes().substr(kHeader));
}

}  // namespace cairn::events

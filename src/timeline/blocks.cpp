#include "timeline/blocks.h"

#include <cstring>

namespace cairn::timeline {
namespace {

constexpr std::string_view kMagic = "CAIRNTLN";

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(std::string_view bytes, size_t at) {
  T out;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

uint64_t pieces_of(uint64_t bytes) { return (bytes + Block::kPieceBytes - 1) / Block::kPieceBytes; }

std::string head_of(const Footer& footer, uint64_t list_at, std::string_view list) {
  std::string out(kMagic);
  put(out, kSnapshotVersion);
  put(out, static_cast<uint32_t>(footer.group));
  put(out, footer.shard);
  put(out, uint32_t{0});
  put(out, list_at);
  put(out, uint64_t{list.size()});
  put(out, footer.fingerprint);
  put(out, checksum(list));
  return out;
}

}  // namespace

void BlockWriter::write(std::string_view bytes) {
  if (!result_) return;
  result_ = sink_(bytes);
  at_ += bytes.size();
}

void BlockWriter::number(uint64_t value) { put(list_, value); }

void BlockWriter::block(std::string_view bytes) {
  static constexpr char kZeros[kBlockAlignment] = {};
  write({kZeros, (kBlockAlignment - at_ % kBlockAlignment) % kBlockAlignment});
  number(at_);
  number(bytes.size());
  for (size_t i = 0; i < bytes.size(); i += Block::kPieceBytes) number(checksum(bytes.substr(i, Block::kPieceBytes)));
  write(bytes);
}

Result<void> BlockWriter::finish(const Footer& footer) {
  uint64_t list_at = at_;
  write(list_);
  std::string head = head_of(footer, list_at, list_);
  put(head, checksum(head));
  write(head);
  return result_;
}

Result<BlockReader> BlockReader::open(const FileBytes& file, const Footer& expected, LoadOptions options) {
  std::string_view bytes = file.bytes;
  if (bytes.size() < kFooterBytes) return fail(Code::corrupt, "{}: it was cut off", file.name);
  std::string_view foot = bytes.substr(bytes.size() - kFooterBytes);
  if (!foot.starts_with(kMagic)) return fail(Code::corrupt, "{}: its end is missing or damaged", file.name);
  if (get<uint32_t>(foot, 8) != kSnapshotVersion)
    return fail(Code::invalid, "{}: format {}, and this program reads {}", file.name, get<uint32_t>(foot, 8),
                kSnapshotVersion);
  if (options.checksums && checksum(foot.substr(0, 56)) != get<uint64_t>(foot, 56))
    return fail(Code::corrupt, "{}: its end is damaged", file.name);
  auto list_at = get<uint64_t>(foot, 24), list_bytes = get<uint64_t>(foot, 32);
  uint64_t room = bytes.size() - kFooterBytes;
  if (list_at > room || list_bytes != room - list_at || list_bytes % 8 != 0)
    return fail(Code::corrupt, "{}: its length is not what it says", file.name);
  std::string_view list = bytes.substr(list_at, list_bytes);
  if (options.checksums && checksum(list) != get<uint64_t>(foot, 48))
    return fail(Code::corrupt, "{}: its list of blocks is damaged", file.name);
  bool same = get<uint32_t>(foot, 12) == static_cast<uint32_t>(expected.group) &&
              get<uint32_t>(foot, 16) == expected.shard && get<uint64_t>(foot, 40) == expected.fingerprint;
  if (!same) return fail(Code::invalid, "{}: it is of another shard, catalogue, currency or zone", file.name);
  return BlockReader(file, list, list_at, options);
}

BlockReader::BlockReader(FileBytes file, std::string_view list, uint64_t end, LoadOptions options)
    : file_(std::move(file)), list_(list), end_(end), options_(options) {}

uint64_t BlockReader::number() {
  if (list_.size() < 8) ok_ = false;
  if (!ok_) return 0;
  auto out = get<uint64_t>(list_, 0);
  list_.remove_prefix(8);
  return out;
}

uint64_t BlockReader::number(uint64_t max) {
  uint64_t out = number();
  if (out > max) ok_ = false;
  return ok_ ? out : 0;
}

std::shared_ptr<const Block> BlockReader::block() {
  uint64_t at = number(), bytes = number();
  bool fits = at % kBlockAlignment == 0 && at <= end_ && bytes <= end_ - at && pieces_of(bytes) <= list_.size() / 8;
  if (!ok_ || !fits) {
    ok_ = false;
    return std::make_shared<const Block>(nullptr, std::string_view());
  }
  std::vector<uint64_t> sums;
  for (uint64_t i = 0; i < pieces_of(bytes); ++i) sums.push_back(number());
  if (!options_.checksums) sums.clear();
  return std::make_shared<const Block>(file_.owner, file_.bytes.substr(at, bytes), std::move(sums),
                                       fmt::format("{}, block {}", file_.name, blocks_++));
}

std::shared_ptr<const Block> BlockReader::block(uint64_t bytes) {
  auto out = block();
  if (out->bytes().size() != bytes) ok_ = false;
  return ok_ ? out : std::make_shared<const Block>(nullptr, std::string_view());
}

Result<void> BlockReader::finish() const {
  if (!ok_ || !list_.empty()) return fail(Code::corrupt, "{}: its list of blocks makes no sense", file_.name);
  return {};
}

}  // namespace cairn::timeline

#include "sim/disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace cairn::sim {
namespace {

constexpr uint64_t kBlock = 4096;

uint64_t blocks_of(uint64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

}  // namespace

/// A file's bytes as everyone sees them, as the platter has them, and what lies between.
struct Disk::Node {
  struct Change {
    uint64_t offset = 0;
    std::string bytes;
    std::optional<uint64_t> size = {};  ///< Set: a truncation to so many bytes.
  };
  std::string live, durable;
  std::vector<Change> unsynced;
  std::string path;       ///< Its first.
  uint64_t failures = 0;  ///< Syncs that failed.

  static void put(std::string& into, uint64_t offset, std::string_view bytes) {
    if (into.size() < offset + bytes.size()) into.resize(offset + bytes.size());
    std::memcpy(into.data() + offset, bytes.data(), bytes.size());
  }
  static void apply(const Change& change, std::string& into) {
    if (change.size) into.resize(*change.size);
    else put(into, change.offset, change.bytes);
  }
};

std::string parent_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return std::string(slash == path.npos || slash == 0 ? "/" : path.substr(0, slash));
}

Disk::NodePtr Disk::make_nameless() { return std::make_shared<Node>(); }

uint64_t Disk::failures(const Node& node) { return node.failures; }

uint64_t Disk::size_of(const Node& node) { return node.live.size(); }

bool Disk::draw(double chance) { return chance > 0 && random_.chance(chance); }

/// Every operation begins here: others may have a turn, time passes, it may fail.
Outcome Disk::begin(Act act, std::string_view what, uint64_t a, uint64_t b) {
  if (in_peace_) return Outcome::done;
  if (!on_) return Outcome::io_error;
  if (pause_) pause_();
  if (!on_) return Outcome::io_error;  // while others had their turn
  int64_t most = std::max<int64_t>(1, trouble_.slowest.micros / (act == Act::sync ? 1 : 100));
  clock_.advance(microseconds(random_.between(0, most)));
  const double chance = act == Act::read    ? trouble_.read
                        : act == Act::write ? trouble_.write
                        : act == Act::sync  ? trouble_.sync
                                            : trouble_.names;
  bool fails = draw(chance);
  trace_.note(what, fails ? "fails" : "", a, b);
  return fails ? Outcome::io_error : Outcome::done;
}

bool Disk::is_cut_now(const std::string& path) {
  if (in_peace_ || !left_until_cut_ || !path.starts_with(cut_path_) || (*left_until_cut_)-- > 0) return false;
  left_until_cut_.reset();
  trace_.note("power is cut");
  on_ = false;
  return true;
}

Outcome Disk::read(Node& node, uint64_t offset, std::span<char> out, size_t& got) {
  got = 0;
  if (Outcome begun = begin(Act::read, "read", offset, out.size()); begun != Outcome::done) return begun;
  if (offset < node.live.size()) {
    got = std::min<size_t>(out.size(), node.live.size() - offset);
    std::memcpy(out.data(), node.live.data() + offset, got);
  }
  return Outcome::done;
}

uint64_t Disk::used_bytes() const {
  uint64_t used = 0;
  for (const auto& [path, node] : names_) used += blocks_of(node->live.size());
  return used;
}

void Disk::each(const std::function<void(const std::string& path, std::string_view bytes)>& visit) const {
  for (const auto& [path, node] : names_) visit(path, node->live);
}

uint64_t Disk::room() const {
  if (!trouble_.capacity || in_peace_) return UINT64_MAX;
  uint64_t used = used_bytes();
  return used < *trouble_.capacity ? *trouble_.capacity - used : 0;
}

Outcome Disk::write(Node& node, uint64_t offset, std::string_view bytes) {
  if (Outcome begun = begin(Act::write, "write", offset, bytes.size()); begun != Outcome::done) return begun;
  uint64_t end = offset + bytes.size();
  Outcome outcome = Outcome::done;
  if (blocks_of(end) > blocks_of(node.live.size()) && blocks_of(end) - blocks_of(node.live.size()) > room()) {
    // What still fits is written, as by a real system.
    uint64_t fits = blocks_of(node.live.size());
    bytes = bytes.substr(0, fits > offset ? fits - offset : 0);
    outcome = Outcome::full;
  }
  if (is_cut_now(node.path)) {
    bytes = bytes.substr(0, random_.below(bytes.size() + 1));
    outcome = Outcome::io_error;
  }
  if (bytes.empty()) return outcome;
  Node::put(node.live, offset, bytes);
  node.unsynced.push_back({offset, std::string(bytes)});
  return outcome;
}

Outcome Disk::truncate(Node& node, uint64_t size) {
  if (Outcome begun = begin(Act::write, "truncate", size, 0); begun != Outcome::done) return begun;
  if (is_cut_now(node.path)) return Outcome::io_error;
  node.unsynced.push_back({0, {}, size});
  Node::apply(node.unsynced.back(), node.live);
  return Outcome::done;
}

Outcome Disk::sync(Node& node, uint64_t& told) {
  Outcome begun = begin(Act::sync, "sync", node.unsynced.size(), node.live.size());
  if (!on_ && begun != Outcome::done) return begun;
  if (begun != Outcome::done) {
    std::vector<Node::Change> later;
    for (Node::Change& change : node.unsynced) {
      uint64_t fate = random_.below(3);
      if (fate == 0) Node::apply(change, node.durable);
      if (fate == 1) later.push_back(std::move(change));
    }
    node.unsynced = std::move(later);
    told = ++node.failures;
    return begun;
  }
  if (is_cut_now(node.path)) return Outcome::io_error;
  if (std::exchange(told, node.failures) != node.failures) {
    trace_.note("sync tells of a failure");
    return Outcome::io_error;
  }
  if (lie_ == Lie::sync_does_nothing) return Outcome::done;
  for (const Node::Change& change : node.unsynced) Node::apply(change, node.durable);
  node.unsynced.clear();
  return Outcome::done;
}

Disk::NodePtr Disk::find(const std::string& path) const {
  auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void Disk::apply(const Renaming& change, Names& names) const {
  if (!change.removed.empty()) names.erase(change.removed);
  if (!change.added.empty()) names[change.added] = change.node;
}

Outcome Disk::change_names(Renaming change) {
  if (Outcome begun = begin(Act::names, "name", hash64(change.removed), hash64(change.added)); begun != Outcome::done)
    return begun;
  if (is_cut_now(change.added.empty() ? change.removed : change.added)) return Outcome::io_error;
  apply(change, names_);
  unsynced_names_.push_back(std::move(change));
  return Outcome::done;
}

Outcome Disk::create(const std::string& path, NodePtr& out) {
  out = find(path);
  if (out) return Outcome::done;
  if (!is_directory(parent_of(path))) return Outcome::absent;
  if (room() == 0) return Outcome::full;
  auto node = std::make_shared<Node>();
  node->path = path;
  Outcome outcome = change_names({{}, path, node});
  if (outcome == Outcome::done) out = std::move(node);
  return outcome;
}

Outcome Disk::remove(const std::string& path) {
  return find(path) ? change_names({path, {}, nullptr}) : Outcome::absent;
}

Outcome Disk::rename(const std::string& from, const std::string& to) {
  NodePtr node = find(from);
  return node ? change_names({from, to, node}) : Outcome::absent;
}

Outcome Disk::sync_directory(const std::string& directory) {
  if (Outcome begun = begin(Act::sync, "sync directory", 0, 0); begun != Outcome::done) return begun;
  if (is_cut_now(directory)) return Outcome::io_error;
  // Real file systems keep names in one journal: what stands before in it becomes durable too.
  auto is_inside = [&](const Renaming& change) {
    return parent_of(change.removed) == directory || parent_of(change.added) == directory;
  };
  auto last = std::find_if(unsynced_names_.rbegin(), unsynced_names_.rend(), is_inside).base();
  for (auto at = unsynced_names_.begin(); at != last; ++at) apply(*at, durable_names_);
  unsynced_names_.erase(unsynced_names_.begin(), last);
  return Outcome::done;
}

/// Durable at once, as the contract of Files has it.
Outcome Disk::make_directory(const std::string& path) {
  if (directories_.contains(path)) return Outcome::done;
  if (Outcome begun = begin(Act::names, "make directory", hash64(path), 0); begun != Outcome::done) return begun;
  if (is_cut_now(path)) return Outcome::io_error;
  for (std::string at = path; at != "/"; at = parent_of(at)) directories_.insert(at);
  directories_.insert("/");
  return Outcome::done;
}

void Disk::remove_directory(const std::string& path) { directories_.erase(path); }

std::vector<std::string> Disk::list(const std::string& directory) const {
  std::vector<std::string> out;
  auto add = [&](const std::string& path) {
    if (path.size() > directory.size() && parent_of(path) == directory)
      out.push_back(path.substr(directory.size() + 1));
  };
  for (const auto& [path, node] : names_) add(path);
  for (const std::string& path : directories_) add(path);
  std::sort(out.begin(), out.end());
  return out;
}

void Disk::settle_names() {
  size_t kept = random_.below(unsynced_names_.size() + 1);
  for (size_t i = 0; i < kept; ++i) apply(unsynced_names_[i], durable_names_);
  unsynced_names_.clear();
  names_ = durable_names_;
}

/// Piece by piece, so that a write may be torn.
void Disk::settle_bytes(Node& node, double survives, uint64_t piece) {
  for (const Node::Change& change : node.unsynced) {
    if (change.size) {
      if (random_.chance(survives)) Node::apply(change, node.durable);
      continue;
    }
    std::string_view rest = change.bytes;
    for (uint64_t at = change.offset; !rest.empty();) {
      size_t n = std::min<size_t>(rest.size(), piece - at % piece);
      if (random_.chance(survives)) Node::put(node.durable, at, rest.substr(0, n));
      at += n;
      rest.remove_prefix(n);
    }
  }
  node.unsynced.clear();
  node.live = node.durable;
}

void Disk::restart(Loss loss) {
  left_until_cut_.reset();
  on_ = true;
  if (loss == Loss::nothing) return;
  // Most written, nothing written, and all between: each finds other faults.
  const double choices[] = {0, 0.1, 0.5, 0.9, 0.99, 1};
  double survives = choices[random_.below(std::size(choices))];
  const uint64_t pieces[] = {64, 512, 4096};
  uint64_t piece = pieces[random_.below(std::size(pieces))];
  settle_names();
  std::set<Node*> settled;
  for (auto& [path, node] : names_)
    if (settled.insert(node.get()).second) settle_bytes(*node, survives, piece);
}

}  // namespace cairn::sim

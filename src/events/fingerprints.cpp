#include "events/fingerprints.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/hash.h"
#include "base/log.h"
#include "events/fingerprint_run.h"

namespace cairn::events {
struct Fingerprints::Frozen {
  FingerprintTable table;
  int64_t from = 0;
  int64_t to = 0;
};

FingerprintTable::FingerprintTable() : slots_(1024) {}

void FingerprintTable::place(uint32_t index) {
  size_t mask = slots_.size() - 1;
  size_t at = mix(entries_[index].value) & mask;
  while (slots_[at]) at = (at + 1) & mask;
  slots_[at] = index + 1;
}

void FingerprintTable::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (uint32_t i = 0; i < entries_.size(); ++i) place(i);
}

void FingerprintTable::add(Fingerprint entry) {
  CHECK(entries_.empty() || entries_.back().seq <= entry.seq, "seq {} after {}", entry.seq, entries_.back().seq);
  entries_.push_back(entry);
  if (entries_.size() * 2 > slots_.size()) grow();
  else place(static_cast<uint32_t>(entries_.size() - 1));
}

void FingerprintTable::find(uint64_t value, std::vector<int64_t>& out) const {
  size_t mask = slots_.size() - 1;
  for (size_t at = mix(value) & mask; slots_[at]; at = (at + 1) & mask) {
    const Fingerprint& entry = entries_[slots_[at] - 1];
    if (entry.value == value) out.push_back(entry.seq);
  }
}

void FingerprintTable::look_ahead(uint64_t value) const {
  __builtin_prefetch(&slots_[mix(value) & (slots_.size() - 1)]);
}

void FingerprintTable::rewind(int64_t first) {
  size_t keep = entries_.size();
  while (keep > 0 && entries_[keep - 1].seq >= first) --keep;
  if (keep == entries_.size()) return;
  // Built again rather than patched: roll-backs are rare, and linear probing has no cheap removal.
  entries_.resize(keep);
  std::fill(slots_.begin(), slots_.end(), 0);
  for (uint32_t i = 0; i < keep; ++i) place(i);
}

Fingerprints::Fingerprints(World& world, std::string directory, size_t in_memory)
    : world_(world),
      directory_(std::move(directory)),
      in_memory_(in_memory),
      queue_(world.executor.make_queue("fingerprints")) {}

Fingerprints::~Fingerprints() { queue_.reset(); }

Result<std::unique_ptr<Fingerprints>> Fingerprints::open(World& world, std::string directory, size_t in_memory) {
  TRY(world.files.make_directory(directory));
  auto out = std::unique_ptr<Fingerprints>(new Fingerprints(world, std::move(directory), in_memory));
  TRY(out->load());
  return out;
}

Result<void> Fingerprints::load() {
  Runs found;
  for (const std::string& name : TRY(world_.files.list(directory_))) {
    std::string path = join_path(directory_, name);
    // Under another name it was not yet whole when the power went: its header may be right and its entries not.
    auto run = name.ends_with(kRunEnd) ? FingerprintRun::open(world_.files, path)
                                       : fail(Code::corrupt, "it was not written to its end");
    if (run) {
      found.push_back(std::move(*run));
    } else {
      log_warning("{} is made again from the log: {}", path, run.error().message);
      TRY(world_.files.remove(path));
    }
  }
  // After a crash in the middle of a merge both the parts and the whole are there: the longest comes first.
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a->from() != b->from() ? a->from() < b->from() : a->to() > b->to();
  });
  for (auto& run : found) {
    if (run->from() == active_from_) {
      active_from_ = run->to() + 1;
      runs_.push_back(std::move(run));
    } else {
      TRY(world_.files.remove(run->path()));
    }
  }
  return {};
}

int64_t Fingerprints::covered() const { return active_from_ - 1; }

Fingerprints::Runs Fingerprints::snapshot() const {
  std::lock_guard lock(mutex_);
  return runs_;
}

void Fingerprints::find(uint64_t value, std::vector<int64_t>& out) const {
  active_.find(value, out);
  std::lock_guard lock(mutex_);
  for (const auto& frozen : frozen_) frozen->table.find(value, out);
  for (const auto& run : runs_) run->find(value, out);
}

void Fingerprints::look_ahead(std::span<const uint64_t> values) const {
  std::lock_guard lock(mutex_);
  for (uint64_t value : values) {
    active_.look_ahead(value);
    for (const auto& frozen : frozen_) frozen->table.look_ahead(value);
    for (const auto& run : runs_) run->look_ahead(value);
  }
}

void Fingerprints::commit(int64_t last) {
  if (active_.size() < in_memory_ || last < active_from_) return;
  auto frozen = std::make_shared<Frozen>();
  // Rows beyond `last` are of closures that are not durable yet (the next group): they stay behind.
  FingerprintTable rest;
  for (const Fingerprint& entry : active_.entries())
    if (entry.seq > last) rest.add(entry);
  active_.rewind(last + 1);
  frozen->table = std::move(active_);
  frozen->from = active_from_;
  frozen->to = last;
  active_ = std::move(rest);
  active_from_ = last + 1;
  {
    std::lock_guard lock(mutex_);
    frozen_.push_back(frozen);
  }
  queue_->post([this] { write_frozen(); });
}

/// The oldest first, so that the runs have no gap. What the disk does not take stays in memory and is found
/// there; it is tried again with the next table.
void Fingerprints::write_frozen() {
  for (;;) {
    std::shared_ptr<const Frozen> frozen;
    {
      std::lock_guard lock(mutex_);
      if (frozen_.empty()) return;
      frozen = frozen_.front();
    }
    if (!write(*frozen)) return;
    merge_runs();
  }
}

bool Fingerprints::write(const Frozen& frozen) {
  std::vector<Fingerprint> entries = frozen.table.entries();
  std::sort(entries.begin(), entries.end(), [](const Fingerprint& a, const Fingerprint& b) {
    return a.value != b.value ? a.value < b.value : a.seq < b.seq;
  });
  auto run = FingerprintRun::write(world_.files, directory_, {frozen.from, frozen.to}, entries);
  if (!run) {
    log_warning("the fingerprints of rows {} to {} stay in memory: {}", frozen.from, frozen.to, run.error().message);
    return false;
  }
  std::lock_guard lock(mutex_);
  runs_.push_back(std::move(*run));
  frozen_.erase(frozen_.begin());
  return true;
}

void Fingerprints::merge_runs() {
  for (;;) {
    Runs runs = snapshot();
    size_t n = runs.size();
    if (n < 2 || runs[n - 2]->size() > 2 * runs[n - 1]->size()) return;
    auto merged = FingerprintRun::merge(world_.files, directory_, *runs[n - 2], *runs[n - 1]);
    if (!merged) {
      log_warning("two runs of fingerprints stay apart: {}", merged.error().message);
      return;
    }
    {
      std::lock_guard lock(mutex_);
      runs_.resize(n - 2);
      runs_.push_back(std::move(*merged));
    }
    for (size_t i = n - 2; i < n; ++i) (void)world_.files.remove(runs[i]->path());
  }
}

void Fingerprints::settle() {
  auto done = world_.executor.make_signal();
  queue_->post([done] { done->set(); });
  done->wait();
}

Fingerprints::Figures Fingerprints::figures() const {
  Figures out;
  out.entries = active_.size();
  std::lock_guard lock(mutex_);
  for (const auto& frozen : frozen_) out.entries += frozen->table.size();
  out.runs = runs_.size();
  out.unwritten = frozen_.size();
  for (const auto& run : runs_) {
    out.entries += run->size();
    out.bytes += run->bytes();
  }
  return out;
}

}  // namespace cairn::events

// The set of (fingerprint of source and key → seq): finds, without limit of time, the rows that a new event may be a
// copy of. Derived from the log; the log row decides.
//
// Invariants:
// 1. Entries of the runs on disk are of committed rows only, and each run covers a range of seq, without gaps from 1.
// 2. A fingerprint may stand for several rows (a collision): every one is returned.
// 3. A run file is whole or ignored; a missing one is made again from the log's tail (covered() says from where).
//
// Form: entries gather in a table in memory; a full table is frozen and written, sorted, by a background queue;
// neighbour runs of like size are merged, so there are O(log n) of them. A run holds 8 bytes of fingerprint and 5
// of seq an entry, and a filter of 10 bits in front: 14.3 bytes an event. Lookup: one cache line of filter a run,
// then an interpolated search (fingerprints are evenly spread).
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/world.h"

namespace cairn::events {

struct Fingerprint {
  uint64_t value = 0;
  int64_t seq = 0;
};

/// Open addressing, linear probing; several entries may share a value.
class FingerprintTable {
 public:
  FingerprintTable();
  void add(Fingerprint entry);
  /// Appends the seqs of `value` to `out`.
  void find(uint64_t value, std::vector<int64_t>& out) const;
  void look_ahead(uint64_t value) const;
  /// Drops entries with seq ≥ first. REQUIRES: entries were added in order of seq.
  void rewind(int64_t first);
  const std::vector<Fingerprint>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }

 private:
  void grow();
  void place(uint32_t index);
  std::vector<Fingerprint> entries_;  // in the order added
  std::vector<uint32_t> slots_;       // index + 1, 0 is empty
};

class FingerprintRun;

/// One writer thread calls add, find, rewind and commit; the files are written behind it.
class Fingerprints {
 public:
  /// REQUIRES: `directory` exists. Unreadable or overlapping files are removed.
  /// `in_memory`: a table with so many entries is frozen and written.
  static Result<std::unique_ptr<Fingerprints>> open(World& world, std::string directory, size_t in_memory = 512 * 1024);
  ~Fingerprints();

  /// Rows up to here are in the runs on disk: the log's tail after it must be added again after open.
  int64_t covered() const;
  void add(Fingerprint entry) { active_.add(entry); }
  void find(uint64_t value, std::vector<int64_t>& out) const;
  /// The processor begins to fetch what find() reads first of each: in many entries that is most of the time.
  void look_ahead(std::span<const uint64_t> values) const;
  /// Forgets what was added with seq ≥ first (a transaction that was rolled back).
  void rewind(int64_t first) { active_.rewind(first); }
  /// Everything up to `last` is durable in the log: freezes the table when it is full.
  void commit(int64_t last);
  /// Waits until the files hold what is committed (tests, a clean stop).
  void settle();

  struct Figures {
    size_t runs = 0;
    size_t unwritten = 0;  ///< Full tables that are not in a file yet.
    uint64_t entries = 0;
    uint64_t bytes = 0;
  };
  Figures figures() const;

 private:
  struct Frozen;
  using Runs = std::vector<std::shared_ptr<const FingerprintRun>>;

  Fingerprints(World& world, std::string directory, size_t in_memory);
  Result<void> load();
  void write_frozen();
  bool write(const Frozen& frozen);
  void merge_runs();
  Runs snapshot() const;

  World& world_;
  std::string directory_;
  const size_t in_memory_;
  FingerprintTable active_;
  int64_t active_from_ = 1;  // the first seq that active_ covers
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Frozen>> frozen_;  // guarded by mutex_, oldest first
  Runs runs_;                                          // guarded by mutex_, ascending ranges
  std::unique_ptr<Queue> queue_;                       // last: its tasks use all of the above
};

}  // namespace cairn::events

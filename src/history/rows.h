// Rows of the log, copied out of a short read, as the timeline takes them.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/log.h"
#include "history/undone.h"
#include "timeline/row.h"

namespace cairn::history {

/// A row by which a log is known again.
struct Witness {
  Seq seq;  ///< Not set: no row was seen yet.
  uint64_t hash = 0;
  bool operator==(const Witness&) const = default;
};
Witness witness_of(const timeline::Row& row);

class Rows {
 public:
  explicit Rows(events::Log& log) : log_(log) {}

  /// Takes the next rows after `after`, `limit` at most, in place of those before. Of what `undone` has, none.
  Result<void> read(Seq after, size_t limit, const Undone& undone);

  /// The same for single rows. Those that are not there are passed over.
  Result<void> read_these(db::Store& store, std::span<const Seq> seqs, const Undone& undone);

  /// Valid until the next read().
  std::span<const timeline::Row> rows() const { return rows_; }
  /// Every row of the log up to this was read.
  Seq last() const { return last_; }
  /// Nothing was committed behind last() when read() began.
  bool is_end() const { return is_end_; }
  /// Of the last row that counts, when there is one.
  std::optional<Witness> witness() const;

 private:
  void clear();
  void take(const events::LogRow& row);
  void seal();
  const std::string& kind_name(KindId kind);
  int32_t precedence(SourceId source);

  events::Log& log_;
  std::map<int64_t, std::string> kinds_;  ///< What is committed keeps its number and name.
  std::map<int64_t, int32_t> precedences_;
  std::string text_;
  std::vector<size_t> begins_;  ///< Of each row's properties in text_.
  std::vector<timeline::Row> rows_;
  Seq last_;
  bool is_end_ = false;
};

}  // namespace cairn::history

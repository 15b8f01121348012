// Taking one person's identifiers out of rows of somebody else: they came with another's event and stayed their
// owner's, like a family's e-mail. What else such a row says is the other's own and stays, to the byte.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/session.h"
#include "events/erasing.h"
#include "events/log.h"

namespace cairn::events {

class Mentions {
 public:
  /// The form in which a value of a kind is compared; nothing when it can be none of that kind.
  using Normal = std::function<std::optional<std::string>(std::string_view kind, std::string_view value)>;
  /// `own`: what the person is known by, in that form.
  Mentions(std::span<const Identifier> own, Normal normal);

  bool is_empty() const { return own_.empty(); }
  /// Whether it is theirs, however it is written.
  bool has(std::string_view kind, std::string_view value) const;
  /// Theirs that are words of their own wherever they stand; lower case. No short ones, no mere numbers.
  const std::vector<std::string>& words() const { return words_; }

  struct Left {
    std::string identifiers, properties;
    bool has_other_properties = false;
    std::vector<Undescribed> gone;  ///< Of what nobody declared.
  };
  /// What is left of a row; nothing when it holds none of theirs. Of its identifiers theirs go. Of its properties, at
  /// any depth, a value goes that is an e-mail, telephone or word of theirs, or what went of the identifiers where it
  /// stands as an id or is long; in a list its place stays, as null. In longer texts `[erased]` stands for a word of
  /// theirs. An id that is or holds one becomes its keyed fingerprint, as in the person's own rows: what belongs
  /// together still does. What is among the identifiers that stay is nobody else's.
  std::optional<Left> left_of(const Log& log, const LogRow& row) const;

 private:
  std::map<std::string, std::set<std::string>, std::less<>> own_;  ///< By kind.
  std::vector<std::string> words_;
  Normal normal_;
};

struct TakenOut {
  int64_t rows = 0;
  std::set<CustomerId> customers;  ///< As in the log: of rows whose properties are others now.
};
/// Rewrites those of the rows that hold some of theirs. Examples of undeclared names that are taken from what went are
/// emptied.
Result<TakenOut> take_out(db::Transaction& tx, const Log& log, const Mentions& mentions, std::span<const Seq> rows);

}  // namespace cairn::events

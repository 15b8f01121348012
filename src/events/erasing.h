// Taking a person out of the log's rows: what remains counts as before and tells of nobody.
//
// A row that is erased keeps its seq, kind, clocks, source and cause, and of its properties those that the catalogue
// declares and does not mark personal. Its customer is a fresh random id; its identifiers are empty; of its key only
// the keyed fingerprint remains, by which a late retry is known again. It has kErased.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/session.h"
#include "events/log.h"
#include "events/model.h"

namespace cairn::events {

/// Finds what names one person in texts that others wrote. Over-careful rather than not careful enough: what is short
/// and stands where ids stand is taken for theirs.
class Needles {
 public:
  Needles() = default;
  /// `ids` are looked for as numbers.
  Needles(std::span<const Identifier> identifiers, std::span<const CustomerId> ids);

  bool is_empty() const { return texts_.empty() && short_.empty() && phones_.empty(); }
  /// An identifier of 5 bytes or more as a word of its own, in any case of letters; or a telephone number however it is
  /// written, when the text is hardly anything else.
  bool are_in(std::string_view text) const;
  /// Of a JSON text, in any value of it; shorter identifiers where the name of the member ends with `id` or is the
  /// identifier's kind. What is no JSON is searched as text.
  bool are_in_json(std::string_view text) const;
  /// In a row of a file: shorter identifiers as a whole field, between the signs that separate fields.
  bool are_in_row(std::string_view row) const;

 private:
  struct Short {
    std::string kind, value;
  };
  bool is_short_one(std::string_view member, std::string_view text) const;
  std::vector<std::string> texts_;   ///< Lower case.
  std::vector<Short> short_;         ///< Lower case.
  std::vector<std::string> phones_;  ///< The last digits.
};

/// Whom to take out, and what they become.
struct Erasing {
  std::span<const CustomerId> ids;  ///< As in the log's rows.
  CustomerId fresh;
  const Needles& needles;  ///< What a text that stays must not hold.
};

/// A property that goes although nobody declared it: its example may be this person's.
struct Undescribed {
  std::string property;
  std::string example;
};

/// The properties that stay, as text; those of one row, of kind `kind`. Numbers keep their spelling. An id that holds a
/// needle becomes its keyed fingerprint, so that what belongs together still does; another text goes. A comment that
/// said something says `[erased]`: that there was one is counted. `gone`: what nobody declared is added.
std::string impersonal(const Log& log, std::string_view kind, std::string_view properties, const Needles& needles,
                       std::vector<Undescribed>* gone = nullptr);

/// Rewrites those of the rows that are still one of these ids'. Examples of undeclared names that are taken from them
/// are emptied. Returns how many rows were rewritten.
Result<int64_t> erase_rows(db::Transaction& tx, const Log& log, const Erasing& erasing, std::span<const Seq> rows);

/// Of rows that are about to go: examples of undeclared names that are taken from them are emptied. Who erases somebody
/// later would not find them any more.
Result<void> clear_examples(db::Transaction& tx, const Log& log, std::span<const Seq> rows);

/// Rows of these ids that no timeline has: rules set them apart, or the undo of their import was cut off. Reads every
/// such row of anybody.
Result<std::vector<Seq>> find_outside_timelines(db::Session& session, std::span<const CustomerId> ids);

}  // namespace cairn::events

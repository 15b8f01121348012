// Rows of any CSV of events to events.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/money.h"
#include "events/property_writer.h"
#include "import/csv.h"
#include "import/fields.h"
#include "import/occurrences.h"
#include "import/preset.h"

namespace cairn::import {

/// What the mapping of one row needs besides the row.
struct Reading {
  Currency currency;                                         ///< For amounts that JSON cannot read as they are.
  Zone zone;                                                 ///< Of times without an offset.
  std::vector<std::pair<std::string, std::string>> columns;  ///< `--map`
  events::PropertyWriter::OnUndeclared on_undeclared = {};   ///< May be empty.
};

/// Why a row is of no use.
struct Refusal {
  std::string column;
  std::string reason;
};

class CsvEvents {
 public:
  /// Error: invalid when no column tells the kind, the time or who: the columns found and those known.
  static Result<CsvEvents> make(const std::vector<std::string>& header, Reading reading, const std::string& path);
  /// Nothing when `event` is made.
  std::optional<Refusal> read(const CsvRow& row, events::NewEvent& event);

 private:
  struct Column {
    Meaning meaning;
    std::string header;
    std::string key;  ///< `"name":`
  };
  /// How each column is read for one kind of event.
  struct Plan {
    std::string kind;
    std::vector<std::optional<query::PropertyType>> types;
    bool is_known = false;        ///< Declared, or whoever is told knows it.
    std::vector<char> are_known;  ///< So of the properties, by column.
    bool is_purchase = false;     ///< An order told by one product: see total_of.
  };
  Plan& plan_of(std::string_view kind);
  std::string_view value(const CsvRow& row, size_t column) const;
  void read_identifiers(const CsvRow& row, events::NewEvent& event) const;
  void write_properties(const CsvRow& row, Plan& plan, std::string& out) const;
  void write_total(const CsvRow& row, std::string& out) const;
  void write_value(std::string& out, std::string_view text, std::optional<query::PropertyType> type) const;

  Reading reading_;
  std::vector<Column> columns_;
  std::vector<size_t> identifiers_;                                      // columns, strongest first
  size_t kind_ = 0, time_ = 0, message_ = 0, price_ = 0, quantity_ = 0;  // columns_.size() when there is none
  uint64_t seed_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Plan>> plans_;
  Occurrences occurrences_;
  std::string scratch_;
};

}  // namespace cairn::import

// What Cairn must know of the brand to read its events: currency, time zone, first weekday. Kept in the table
// `settings`.
#pragma once
#include <string>

#include "base/money.h"
#include "base/zone.h"
#include "db/session.h"

namespace cairn::events {

struct Brand {
  std::string name = "My brand";
  Currency currency;      ///< Not set in a fresh directory.
  std::string zone_name;  ///< Empty in a fresh directory.
  std::string country;    ///< ISO 3166-1, `FR`: whose telephone numbers have no calling code. May be empty.
  int first_weekday = 1;  ///< 1 Monday to 7 Sunday: where `this week` and `by week` begin.
  /// UTC until one is known.
  Zone zone() const;
};

/// 1 Monday to 7 Sunday, from `monday`, `Mon`. Error invalid (first_weekday).
Result<int> weekday_named(std::string_view name);
/// `monday`.
std::string_view weekday_name(int weekday);

Result<Brand> read_brand(db::Session& session);
Result<void> write_brand(db::Transaction& tx, const Brand& brand);

/// What the first import of a fresh directory says is taken; what is set already stays.
Result<void> adopt_brand(db::Transaction& tx, Currency currency, std::string_view zone_name);

}  // namespace cairn::events

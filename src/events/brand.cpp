#include "events/brand.h"

#include <array>

#include "base/text.h"

namespace cairn::events {
namespace {

Result<std::string> setting(db::Session& session, std::string_view name) {
  auto value = TRY(
      session.first("events.setting", {{"name", name}}, [](const db::Row& row) { return std::string(row.text(0)); }));
  return value.value_or("");
}

Result<void> set(db::Transaction& tx, std::string_view name, std::string_view value) {
  TRY(tx.run("events.set_setting", {{"name", name}, {"value", value}}));
  return {};
}

constexpr std::array<std::string_view, 7> kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                       "friday", "saturday", "sunday"};

}  // namespace

std::string_view weekday_name(int weekday) { return kWeekdays.at(static_cast<size_t>(weekday - 1)); }

Result<int> weekday_named(std::string_view name) {
  std::string lower = to_lower(trim(name));
  for (size_t i = 0; i < kWeekdays.size(); ++i)
    if (lower == kWeekdays[i] || lower == kWeekdays[i].substr(0, 3)) return static_cast<int>(i) + 1;
  return fail_at("first_weekday", "'{}' is no day of the week; write monday, sunday, saturday …", name);
}

Zone Brand::zone() const {
  auto found = Zone::find(zone_name.empty() ? "UTC" : zone_name);
  return found ? *found : Zone();
}

Result<Brand> read_brand(db::Session& session) {
  Brand brand;
  std::string name = TRY(setting(session, "brand.name"));
  if (!name.empty()) brand.name = name;
  brand.zone_name = TRY(setting(session, "brand.zone"));
  std::string code = TRY(setting(session, "brand.currency"));
  if (!code.empty()) brand.currency = TRY(Currency::parse(code));
  brand.country = TRY(setting(session, "brand.country"));
  std::string weekday = TRY(setting(session, "brand.first_weekday"));
  if (!weekday.empty()) brand.first_weekday = TRY(weekday_named(weekday));
  return brand;
}

Result<void> write_brand(db::Transaction& tx, const Brand& brand) {
  TRY(set(tx, "brand.name", brand.name));
  if (brand.currency.is_set()) TRY(set(tx, "brand.currency", brand.currency.code()));
  if (!brand.zone_name.empty()) TRY(set(tx, "brand.zone", brand.zone_name));
  if (!brand.country.empty()) TRY(set(tx, "brand.country", brand.country));
  TRY(set(tx, "brand.first_weekday", weekday_name(brand.first_weekday)));
  return {};
}

Result<void> adopt_brand(db::Transaction& tx, Currency currency, std::string_view zone_name) {
  Brand brand = TRY(read_brand(tx));
  if (!brand.currency.is_set()) brand.currency = currency;
  if (brand.zone_name.empty()) brand.zone_name = zone_name;
  return write_brand(tx, brand);
}

}  // namespace cairn::events

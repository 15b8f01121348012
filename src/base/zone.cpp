#include "base/zone.h"

#include <date/tz.h>

#include "base/check.h"

namespace cairn {
namespace {

using Micros = std::chrono::microseconds;

date::sys_time<Micros> sys(Time t) { return date::sys_time<Micros>{Micros{t.micros}}; }

}  // namespace

Zone::Zone() : zone_(nullptr) {}

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC" || name == "Etc/UTC") return Zone();
  try {
    return Zone(date::locate_zone(std::string(name)));
  } catch (const std::exception& e) {
    return fail(Code::invalid, "'{}' is not a time zone; use a name like Europe/Paris", name);
  }
}

std::string_view Zone::name() const { return zone_ ? std::string_view(zone_->name()) : "UTC"; }

LocalTime Zone::local(Time time) const {
  if (!zone_) return {time.micros};
  return {zone_->to_local(sys(time)).time_since_epoch().count()};
}

Day Zone::day(Time time) const {
  int64_t micros = local(time).micros;
  int64_t d = micros / 86'400'000'000LL - (micros % 86'400'000'000LL < 0 ? 1 : 0);
  return {static_cast<int32_t>(d)};
}

Time Zone::moment(LocalTime local) const {
  if (!zone_) return {local.micros};
  date::local_time<Micros> lt{Micros{local.micros}};
  date::local_info info = zone_->get_info(lt);
  if (info.result == date::local_info::nonexistent)
    return {std::chrono::duration_cast<Micros>(info.first.end.time_since_epoch()).count()};
  return {local.micros - std::chrono::duration_cast<Micros>(info.first.offset).count()};
}

Time Zone::start_of(Day day) const { return moment({int64_t{day.days} * 86'400'000'000LL}); }

Result<Time> parse_moment(std::string_view text, const Zone& zone) {
  ParsedTime parsed = TRY(parse_time(text));
  return parsed.zoned ? Time{parsed.micros} : zone.moment({parsed.micros});
}

}  // namespace cairn

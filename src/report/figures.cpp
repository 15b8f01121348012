#include "report/figures.h"

#include <cmath>

namespace cairn::report {
namespace {

int64_t minor_of(double major, Currency currency) {
  return static_cast<int64_t>(std::llround(major * std::pow(10, currency.digits())));
}

/// Three digits that matter, at most two after the point.
int decimals_of(double value) { return std::abs(value) >= 100 ? 0 : std::abs(value) >= 10 ? 1 : 2; }

}  // namespace

std::string bare(const i18n::Words& words, measures::Unit unit, double value, Currency currency) {
  using measures::Unit;
  switch (unit) {
    case Unit::share: return words.share(value);
    case Unit::money:
      return currency.is_set() ? words.money(minor_of(value, currency), currency) : words.number(value, 2);
    case Unit::count: return words.integer(static_cast<int64_t>(std::llround(value)));
    case Unit::score: return words.number(value, std::abs(value) >= 10 ? 1 : 2);
    default: return words.number(value, decimals_of(value));
  }
}

std::string in_unit(const i18n::Words& words, measures::Unit unit, double value, Currency currency) {
  using measures::Unit;
  std::string figure = bare(words, unit, value, currency);
  switch (unit) {
    case Unit::hours: return words.text("report.unit.hours", {{"x", figure}});
    case Unit::days: return words.text("report.unit.days", {{"x", figure}});
    case Unit::per_100: return words.text("report.unit.per_100", {{"x", figure}});
    case Unit::per_1000: return words.text("report.unit.per_1000", {{"x", figure}});
    default: return figure;
  }
}

}  // namespace cairn::report

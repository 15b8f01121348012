#include <cmath>

#include "base/zone.h"
#include "i18n/french.h"
#include "i18n/words.h"

namespace cairn::i18n {
namespace {

struct Sign {
  std::string_view code, en, fr;
};
/// As Unicode CLDR 44 writes them; other currencies show their code.
constexpr Sign kSigns[] = {
    {"EUR", "€", "€"},     {"USD", "$", "$US"},   {"GBP", "£", "£GB"},   {"BRL", "R$", "R$"},   {"JPY", "¥", "JPY"},
    {"CAD", "CA$", "$CA"}, {"AUD", "A$", "$AU"},  {"NZD", "NZ$", "$NZ"}, {"MXN", "MX$", "$MX"}, {"INR", "₹", "₹"},
    {"CNY", "CN¥", "CN¥"}, {"KRW", "₩", "₩"},     {"ILS", "₪", "₪"},     {"VND", "₫", "₫"},
};

std::string_view sign_of(Currency currency, Language language) {
  for (const Sign& sign : kSigns)
    if (sign.code == currency.code()) return language == Language::fr ? sign.fr : sign.en;
  return currency.code();
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

constexpr Duration kSecond = seconds(1);

struct Unit {
  std::string_view key;
  Duration size;
};
constexpr Unit kUnits[] = {{"i18n.days", days(1)},
                           {"i18n.hours", hours(1)},
                           {"i18n.minutes", minutes(1)},
                           {"i18n.seconds", kSecond}};

}  // namespace

std::string Words::localise(std::string_view decimal) const {
  bool french = language_ == Language::fr;
  std::string out;
  if (decimal.starts_with('-')) {
    decimal.remove_prefix(1);
    if (decimal.find_first_of("123456789") != decimal.npos) out += '-';  // never -0.0
  }
  size_t whole = std::min(decimal.find('.'), decimal.size());
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += french ? kNarrowNoBreakSpace : ",";
    out += decimal[i];
  }
  if (whole == decimal.size()) return out;
  out += french ? ',' : '.';
  return out.append(decimal.substr(whole + 1));
}

std::string Words::number(double value, int decimals) const {
  if (!std::isfinite(value)) return "–";
  return localise(fmt::format("{:.{}f}", value, decimals));
}

std::string Words::integer(int64_t value) const { return localise(std::to_string(value)); }

std::string Words::share(double fraction, int decimals) const {
  if (!std::isfinite(fraction)) return "–";
  std::string percent = number(fraction * 100, decimals);
  if (language_ == Language::fr) percent += kNarrowNoBreakSpace;
  return percent + "%";
}

std::string Words::money(int64_t minor, Currency currency) const {
  std::string amount = localise(to_decimal(minor, currency));
  std::string_view sign = sign_of(currency, language_);
  if (language_ == Language::fr) return fmt::format("{}{}{}", amount, kNoBreakSpace, sign);
  bool negative = amount.starts_with('-');
  if (negative) amount.erase(0, 1);
  // A code needs a space, a sign does not: CHF 5.00, €5.00.
  bool spaced = !sign.empty() && is_letter(sign.back());
  return fmt::format("{}{}{}{}", negative ? "-" : "", sign, spaced ? kNoBreakSpace : "", amount);
}

std::string Words::date(Day day) const {
  CivilDate date = civil_of(day);
  std::string number = date.day == 1 ? text("i18n.first_of_month") : std::to_string(date.day);
  return fmt::format("{} {}", number, month(day));
}

std::string Words::month(Day day) const {
  CivilDate date = civil_of(day);
  return fmt::format("{} {}", text(fmt::format("i18n.month.{}", date.month)), date.year);
}

std::string Words::month_short(Day day) const {
  CivilDate date = civil_of(day);
  return fmt::format("{} {}", text(fmt::format("i18n.month_short.{}", date.month)), date.year);
}

std::string Words::date_and_time(LocalTime at) const {
  Zone utc;  // a wall clock reading splits into day and clock as UTC does
  Day day = utc.day(Time{at.micros});
  int64_t minute = (at.micros - int64_t{day.days} * days(1).micros) / minutes(1).micros;
  return fmt::format("{}, {:02}:{:02}", date(day), minute / 60, minute % 60);
}

std::string Words::duration(Duration span) const {
  std::string out = span.micros < 0 ? "-" : "";
  int64_t left = std::abs(span.micros);
  if (left < kSecond.micros) return out + plural("i18n.milliseconds", left / 1000);
  for (size_t i = 0; i < std::size(kUnits); ++i) {
    if (left < kUnits[i].size.micros) continue;
    out += plural(kUnits[i].key, left / kUnits[i].size.micros);
    int64_t rest = left % kUnits[i].size.micros;
    if (i + 1 < std::size(kUnits) && rest >= kUnits[i + 1].size.micros)
      out += " " + plural(kUnits[i + 1].key, rest / kUnits[i + 1].size.micros);
    break;
  }
  return out;
}

}  // namespace cairn::i18n

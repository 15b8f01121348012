#include "base/time.h"

#include <date/date.h>

#include "base/text.h"

namespace cairn {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool eat(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool eat(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// Exactly `digits` digits, or -1.
  int number(size_t digits) {
    if (rest_.size() < digits) return -1;
    int value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return -1;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  /// Digits after a point as microseconds; further digits are cut off. -1 if there is none.
  int fraction_micros() {
    int value = 0;
    int scale = 100'000;
    size_t n = 0;
    for (; n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9'; ++n, scale /= 10) value += (rest_[n] - '0') * scale;
    rest_.remove_prefix(n);
    return n == 0 ? -1 : value;
  }

 private:
  std::string_view rest_;
};

bool scan_date(Scanner& in, CivilDate& date) {
  date.year = in.number(4);
  bool dashed = in.eat('-');
  date.month = in.number(2);
  if (dashed && !in.eat('-')) return false;
  date.day = in.number(2);
  return date.year > 0 && is_valid(date);
}

bool scan_clock(Scanner& in, int64_t& micros) {
  int hour = in.number(2);
  if (!in.eat(':')) return false;
  int minute = in.number(2);
  int second = 0;
  int fraction = 0;
  if (in.eat(':')) second = in.number(2);
  if (in.eat('.') || in.eat(',')) fraction = in.fraction_micros();
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || fraction < 0) return false;
  micros += ((hour * 60 + minute) * 60 + std::min(second, 59)) * 1'000'000LL + fraction;
  return true;
}

bool scan_offset(Scanner& in, ParsedTime& out) {
  if (in.done()) return true;
  out.zoned = true;
  if (in.eat('Z') || in.eat('z') || in.eat(" UTC") || in.eat(" Z")) return in.done();
  in.eat(' ');
  int sign = in.eat('+') ? 1 : in.eat('-') ? -1 : 0;
  int hour = in.number(2);
  in.eat(':');
  int minute = in.done() ? 0 : in.number(2);
  if (sign == 0 || hour < 0 || hour > 18 || minute < 0 || minute > 59 || !in.done()) return false;
  out.micros -= int64_t{sign} * (hour * 60 + minute) * 60'000'000;
  return true;
}

}  // namespace

CivilDate civil_of(Day day) {
  date::year_month_day ymd{date::sys_days{date::days{day.days}}};
  return {int(ymd.year()), int(unsigned(ymd.month())), int(unsigned(ymd.day()))};
}

Day day_of(CivilDate d) {
  date::sys_days sd = date::year{d.year} / d.month / d.day;
  return {static_cast<int32_t>(sd.time_since_epoch().count())};
}

bool is_valid(CivilDate d) { return d.month >= 1 && d.day >= 1 && (date::year{d.year} / d.month / d.day).ok(); }

Result<ParsedTime> parse_time(std::string_view text) {
  Scanner in(text);
  CivilDate date;
  ParsedTime out;
  auto bad = [&] {
    return fail(Code::invalid, "'{}' is not a time; write it like 2026-03-29T14:05:00Z or 2026-03-29 14:05:00",
                excerpt(text, 40));
  };
  if (!scan_date(in, date)) return bad();
  out.micros = int64_t{day_of(date).days} * 86'400'000'000LL;
  if (in.done()) {
    out.date_only = true;
    return out;
  }
  if (!in.eat('T') && !in.eat('t') && !in.eat(' ')) return bad();
  if (!scan_clock(in, out.micros) || !scan_offset(in, out)) return bad();
  return out;
}

std::string to_rfc3339(Time time) {
  int64_t day =
      time.micros >= 0 ? time.micros / 86'400'000'000LL : -((-time.micros + 86'399'999'999LL) / 86'400'000'000LL);
  int64_t rest = time.micros - day * 86'400'000'000LL;
  CivilDate d = civil_of({static_cast<int32_t>(day)});
  int64_t second = rest / 1'000'000;
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", d.year, d.month, d.day, second / 3600,
                                second / 60 % 60, second % 60);
  if (rest % 1'000'000) out += fmt::format(".{:06}", rest % 1'000'000);
  return out + "Z";
}

std::string to_text(Day day) {
  CivilDate d = civil_of(day);
  return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
}

std::string to_month_text(Day day) {
  CivilDate d = civil_of(day);
  return fmt::format("{:04}-{:02}", d.year, d.month);
}

}  // namespace cairn

#include "base/money.h"

#include <algorithm>

#include "base/text.h"

namespace cairn {
namespace {

// ISO 4217 codes in use, in order; those without two decimal digits are in the two lists below.
constexpr std::string_view kCodes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";
constexpr std::string_view kNoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
constexpr std::string_view kThreeDigits = "BHD IQD JOD KWD LYD OMR TND";

constexpr int64_t kMaxMinor = 92'000'000'000'000'000;

bool listed(std::string_view list, std::string_view code) {
  for (size_t i = 0; i + 3 <= list.size(); i += 4)
    if (list.substr(i, 3) == code) return true;
  return false;
}

/// Which sign, if any, is the decimal point in `text` ('.' or ','), by the rule in the header.
char decimal_sign(std::string_view text) {
  size_t dot = text.rfind('.');
  size_t comma = text.rfind(',');
  if (dot != text.npos && comma != text.npos) return dot > comma ? '.' : ',';
  size_t last = dot != text.npos ? dot : comma;
  if (last == text.npos) return 0;
  bool repeated = text.find(text[last]) != last;
  return repeated ? 0 : text[last];
}

/// Whether `sign`, if there more than once, is followed by three digits each time: `1.234.567` but not `1.23.4`.
bool groups_well(std::string_view text, char sign) {
  size_t first = text.find(sign);
  if (first == text.npos || text.find(sign, first + 1) == text.npos) return true;
  for (size_t at = first; at != text.npos; at = text.find(sign, at + 1)) {
    size_t end = std::min(text.find(sign, at + 1), text.size());
    if (end - at != 4) return false;
  }
  return true;
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  Currency out;
  if (code.size() == 3)
    std::transform(code.begin(), code.end(), out.code_.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  if (!out.is_set() || !listed(kCodes, out.code()))
    return fail(Code::invalid, "'{}' is not a currency; use an ISO 4217 code like EUR", excerpt(code, 10));
  return out;
}

int Currency::digits() const {
  // Asked for every amount that is read: the two that most shops use are told at once.
  if (code() == "EUR" || code() == "USD") return 2;
  if (listed(kNoDigits, code())) return 0;
  return listed(kThreeDigits, code()) ? 3 : 2;
}

Result<int64_t> parse_minor(std::string_view text, Currency currency) {
  auto bad = [&] { return fail(Code::invalid, "'{}' is not an amount; write it like 1234.50", excerpt(text, 40)); };
  std::string_view rest = text;
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
  bool negative = !rest.empty() && rest[0] == '-';
  if (negative || (!rest.empty() && rest[0] == '+')) rest.remove_prefix(1);
  char point = decimal_sign(rest);
  if (!point && (!groups_well(rest, '.') || !groups_well(rest, ','))) return bad();
  int64_t value = 0;
  int decimals = -1;  // digits seen after the point; -1 before it
  bool any = false;
  bool up = false;
  for (char c : rest) {
    if (point && c == point && decimals < 0) {
      decimals = 0;
    } else if (c >= '0' && c <= '9') {
      any = true;
      if (decimals >= currency.digits()) {
        if (decimals++ == currency.digits()) up = c >= '5';
        continue;
      }
      if (decimals >= 0) ++decimals;
      value = value * 10 + (c - '0');
      if (value > kMaxMinor) return bad();
    } else if (decimals >= 0 || !any || (c != '.' && c != ',' && c != ' ' && c != '\'')) {
      return bad();
    }
  }
  if (!any) return bad();
  for (int d = std::max(decimals, 0); d < currency.digits(); ++d) {
    value *= 10;
    if (value > kMaxMinor) return bad();
  }
  if (up && ++value > kMaxMinor) return bad();
  return negative ? -value : value;
}

std::string to_decimal(int64_t minor, Currency currency) {
  uint64_t magnitude = minor < 0 ? 0 - static_cast<uint64_t>(minor) : static_cast<uint64_t>(minor);
  std::string digits = std::to_string(magnitude);
  auto places = static_cast<size_t>(currency.digits());
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places) digits.insert(digits.size() - places, ".");
  return minor < 0 ? "-" + digits : digits;
}

}  // namespace cairn

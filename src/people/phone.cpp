#include "people/phone.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "base/resource.h"
#include "base/text.h"
#include "json/value.h"

CAIRN_RESOURCES(people_files)

namespace cairn::people {
namespace {

// ITU-T E.164: 15 digits and the plus; libphonenumber allows two more for plans that break it. Long text is refused
// before any pattern sees it.
constexpr size_t kMostDigits = 20;
constexpr size_t kMostBytes = 80;
constexpr size_t kLeastNational = 2, kMostNational = 17;

struct Region {
  std::string calling_code;
  std::unique_ptr<re2::RE2> abroad;    ///< What is dialled here before a calling code.
  std::unique_ptr<re2::RE2> national;  ///< A national number, whole.
  std::vector<size_t> lengths;
  std::unique_ptr<re2::RE2> trunk;  ///< At the beginning: what is dialled only within the country. Null: nothing.
  std::string transform;            ///< What the trunk's groups become; `$1`.
};

/// Patterns of the table are compiled when somebody first needs their region.
class Plans {
 public:
  Plans() {
    auto text = people_files().find("phone_regions.json");
    CHECK(text, "the numbering plans are not in the binary");
    auto table = json::parse(*text);
    CHECK(table, "phone_regions.json: {}", table.error().message);
    table_ = std::move(*table);
    for (const json::Value& region : table_.as_array()) {
      const json::Array& fields = region.as_array();
      lines_.emplace(text_of(fields[0]), &fields);
      by_code_[std::string(text_of(fields[1]))].push_back(text_of(fields[0]));
    }
  }
  const Region* find(std::string_view name) const {
    std::lock_guard lock(mutex_);
    auto line = lines_.find(name);
    if (line == lines_.end()) return nullptr;
    auto [it, is_new] = regions_.try_emplace(line->first);
    if (is_new) it->second = read(*line->second);
    return &it->second;
  }
  /// The main one first; empty when nobody has the code.
  const std::vector<std::string_view>& of_code(std::string_view code) const {
    static const std::vector<std::string_view> kNobody;
    auto it = by_code_.find(code);
    return it == by_code_.end() ? kNobody : it->second;
  }
  bool has(std::string_view name) const { return lines_.contains(name); }

 private:
  static std::string_view text_of(const json::Value& value) {
    return {value.as_string().data(), value.as_string().size()};
  }
  static Region read(const json::Array& fields) {
    auto regex = [](const json::Value& pattern) {
      auto out = std::make_unique<re2::RE2>(std::string(text_of(pattern)));
      CHECK(out->ok(), "{}: {}", out->pattern(), out->error());
      return out;
    };
    Region out;
    out.calling_code = text_of(fields[1]);
    out.abroad = regex(fields[2]);
    out.national = regex(fields[3]);
    for (const json::Value& length : fields[4].as_array()) out.lengths.push_back(length.to_number<size_t>());
    if (!text_of(fields[5]).empty()) out.trunk = regex(fields[5]);
    out.transform = text_of(fields[6]);
    return out;
  }
  json::Value table_;
  std::map<std::string_view, const json::Array*> lines_;
  std::map<std::string, std::vector<std::string_view>, std::less<>> by_code_;
  mutable std::mutex mutex_;
  mutable std::map<std::string_view, Region> regions_;  // guarded by mutex_; entries stay where they are
};

const Plans& plans() {
  static const Plans kPlans;
  return kPlans;
}

bool matches(const std::string& digits, const re2::RE2& pattern) { return re2::RE2::FullMatch(digits, pattern); }

/// What the pattern takes of the beginning, and its groups; nothing when it takes nothing.
using Groups = std::array<re2::StringPiece, 4>;
bool begins(const std::string& digits, const re2::RE2& pattern, Groups& found) {
  found = {};
  int groups = std::min(1 + pattern.NumberOfCapturingGroups(), static_cast<int>(found.size()));
  return pattern.Match(digits, 0, digits.size(), re2::RE2::ANCHOR_START, found.data(), groups) && !found[0].empty();
}

enum class Fit { fits, too_short, too_long, other };
Fit fit(const std::string& digits, const Region& region) {
  auto& lengths = region.lengths;
  if (std::find(lengths.begin(), lengths.end(), digits.size()) != lengths.end()) return Fit::fits;
  if (digits.size() < *std::min_element(lengths.begin(), lengths.end())) return Fit::too_short;
  return digits.size() > *std::max_element(lengths.begin(), lengths.end()) ? Fit::too_long : Fit::other;
}

/// `9$1` with the groups in their places.
std::string filled(std::string_view transform, const Groups& groups) {
  std::string out;
  for (size_t i = 0; i < transform.size(); ++i) {
    if (transform[i] != '$' || i + 1 == transform.size()) out += transform[i];
    else out += groups.at(static_cast<size_t>(transform[++i] - '0')).as_string();
  }
  return out;
}

/// Without what is dialled only within the country; as it was when it would then be no number.
std::string without_trunk(const std::string& digits, const Region& region) {
  Groups found;
  if (!region.trunk || !begins(digits, *region.trunk, found)) return digits;
  int last = region.trunk->NumberOfCapturingGroups();
  bool is_transformed = !region.transform.empty() && last > 0 && found.at(static_cast<size_t>(last)).data() != nullptr;
  std::string out = is_transformed ? filled(region.transform, found) : std::string();
  out += digits.substr(found[0].size());
  if (matches(digits, *region.national) && !matches(out, *region.national)) return digits;
  Fit left = fit(out, region);
  return left == Fit::too_short || left == Fit::other ? digits : out;
}

std::optional<std::string> international(std::string_view code, const std::string& rest) {
  const auto& regions = plans().of_code(code);
  if (regions.empty()) return std::nullopt;
  const Region& main = *plans().find(regions.front());
  std::string national = without_trunk(rest, main);
  if (national.size() < kLeastNational || national.size() > kMostNational) return std::nullopt;
  bool is_number = std::any_of(regions.begin(), regions.end(),
                               [&](std::string_view name) { return matches(national, *plans().find(name)->national); });
  if (!is_number) return std::nullopt;
  return fmt::format("+{}{}", code, national);
}

/// Digits behind a plus.
std::optional<std::string> international(const std::string& digits) {
  if (digits.starts_with('0')) return std::nullopt;
  // No calling code begins with another.
  for (size_t length = 1; length <= 3 && length < digits.size(); ++length) {
    std::string_view code = std::string_view(digits).substr(0, length);
    if (!plans().of_code(code).empty()) return international(code, digits.substr(length));
  }
  return std::nullopt;
}

std::optional<std::string> of_region(const std::string& digits, const Region& region) {
  Groups found;
  if (begins(digits, *region.abroad, found)) {
    std::string rest = digits.substr(found[0].size());
    if (!rest.starts_with('0')) return international(rest);
  }
  if (digits.starts_with(region.calling_code)) {
    std::string rest = without_trunk(digits.substr(region.calling_code.size()), region);
    bool is_rest = !matches(digits, *region.national) && matches(rest, *region.national);
    if (is_rest || fit(digits, region) == Fit::too_long) return international(region.calling_code, rest);
  }
  std::string national = without_trunk(digits, region);
  // A number of another region of the same code is written alike.
  return international(region.calling_code, national);
}

/// A digit of any script that telephone keypads have, or -1.
int digit_of(char32_t c) {
  for (char32_t zero : {U'0', U'\u0660', U'\u06F0', U'\uFF10'})
    if (c >= zero && c < zero + 10) return static_cast<int>(c - zero);
  return -1;
}

bool is_space_or_dash(char32_t c) {
  constexpr std::u32string_view kPassed =
      U" \t\u00A0\u00AD\u2000\u2009\u200B\u200E\u200F\u202A\u202C\u202F\u2060\u3000"
      U"-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFF0D./()[]~\uFF08\uFF09";
  return kPassed.find(c) != kPassed.npos;
}

struct Written {
  bool is_international = false;
  std::string digits;
};

/// The code point at the beginning of valid UTF-8, which it takes away.
char32_t take(std::string_view& text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  size_t size = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  char32_t out = size == 1 ? byte(0) : byte(0) & (0xFF >> (size + 1));
  for (size_t i = 1; i < size; ++i) out = out << 6 | (byte(i) & 0x3F);
  text.remove_prefix(size);
  return out;
}

/// What is written, without its ornaments; nothing when something else stands there.
std::optional<Written> read_written(std::string_view text) {
  if (text.size() > kMostBytes || !is_utf8(text)) return std::nullopt;
  text = trim(text);
  if (to_lower(text.substr(0, 4)) == "tel:") text.remove_prefix(4);
  Written out;
  while (!text.empty()) {
    char32_t c = take(text);
    if (int digit = digit_of(c); digit >= 0) {
      out.digits += static_cast<char>('0' + digit);
    } else if (c == U'+' || c == U'\uFF0B') {
      if (out.is_international || !out.digits.empty()) return std::nullopt;
      out.is_international = true;
    } else if (c == U';' || c == U'#' || c == U'x' || c == U'X' || c == U'e' || c == U'E') {
      if (out.digits.empty()) return std::nullopt;
      break;  // an extension
    } else if (!is_space_or_dash(c)) {
      return std::nullopt;
    }
  }
  if (out.digits.size() > kMostDigits) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> to_e164(std::string_view text, std::string_view region) {
  auto written = read_written(text);
  if (!written || written->digits.size() < kLeastNational) return std::nullopt;
  if (written->is_international) return international(written->digits);
  const Region* own = plans().find(region);
  return own ? of_region(written->digits, *own) : std::nullopt;
}

bool is_phone_region(std::string_view region) { return plans().has(region); }

}  // namespace cairn::people

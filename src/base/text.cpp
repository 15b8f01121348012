#include "base/text.h"

#include <cstring>

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace cairn {
namespace {

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

/// Length of the valid sequence at the front of `s`, 0 if there is none.
size_t sequence_length(std::string_view s) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  unsigned char c = at(0);
  if (c < 0x80) return 1;
  size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
  if (c < 0xC2 || c > 0xF4 || s.size() < n) return 0;
  for (size_t i = 1; i < n; ++i)
    if (!is_continuation(at(i))) return 0;
  // Overlong forms, surrogates, beyond U+10FFFF.
  if ((c == 0xE0 && at(1) < 0xA0) || (c == 0xED && at(1) > 0x9F)) return 0;
  if ((c == 0xF0 && at(1) < 0x90) || (c == 0xF4 && at(1) > 0x8F)) return 0;
  return n;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9'); }
char lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

/// Two neighbours swapped count as one edit.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, above, row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    before = std::move(above);
    above = row;
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replaced = above[j] + (lower(a[i]) != lower(b[j]));
      row[j + 1] = std::min({replaced, row[j] + 1, above[j + 1] + 1});
      bool swapped = i > 0 && j > 0 && lower(a[i]) == lower(b[j - 1]) && lower(a[i - 1]) == lower(b[j]);
      if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    // Eight bytes of ASCII at a time: what most text is.
    uint64_t eight = 0;
    if (text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & 0x8080808080808080ull) == 0) {
        text.remove_prefix(sizeof eight);
        continue;
      }
    }
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    size_t n = sequence_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t n = sequence_length(text);
    out += n ? text.substr(0, n) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(std::max<size_t>(n, 1));
  }
  return out;
}

std::string excerpt(std::string_view text, size_t bytes) {
  const bool is_cut = text.size() > bytes;
  if (is_cut)
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  std::string out = to_utf8(text.substr(0, bytes));
  std::erase(out, '\0');
  return is_cut ? out + "…" : out;
}

std::string_view trim(std::string_view text) {
  auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  for (;;) {
    if (!text.empty() && space(text.front())) text.remove_prefix(1);
    else if (text.starts_with("\xC2\xA0")) text.remove_prefix(2);
    else if (!text.empty() && space(text.back())) text.remove_suffix(1);
    else if (text.ends_with("\xC2\xA0")) text.remove_suffix(2);
    else return text;
  }
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string to_snake(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    bool keep = is_alnum(c) || static_cast<unsigned char>(c) >= 0x80;
    bool hump = is_upper(c) && i > 0 && is_alnum(name[i - 1]) && !is_upper(name[i - 1]);
    if ((!keep || hump) && !out.empty() && out.back() != '_') out += '_';
    if (keep) out += lower(c);
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    size_t n = text.find(at);
    parts.push_back(text.substr(0, n));
    if (n == text.npos) return parts;
    text.remove_prefix(n + 1);
  }
}

size_t length(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& names) {
  std::string_view best;
  size_t best_distance = std::min<size_t>(3, text.size() / 3 + 1);
  for (std::string_view name : names) {
    // The difference in length alone is at least so many edits.
    if (std::max(name.size(), text.size()) - std::min(name.size(), text.size()) >= best_distance) continue;
    size_t d = edit_distance(text, name);
    if (d < best_distance) {
      best_distance = d;
      best = name;
    }
  }
  return best;
}

}  // namespace cairn

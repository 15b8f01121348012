#include "profile/names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include "base/text.h"

namespace cairn::profile {
namespace {

/// Letters of U+00C0 to U+017F without their accents; a dash: no letter.
constexpr std::array<std::string_view, 192> kLatin = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // C0
    "d", "n", "o",  "o",  "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "ss",  // D0
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // E0
    "d", "n", "o",  "o",  "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "y",   // F0
    "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",   // 100
    "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",   // 110
    "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",   // 120
    "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",   // 130
    "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",   // 140
    "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",   // 150
    "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",   // 160
    "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s"};  // 170

/// The code point at the beginning, and its bytes. Text is UTF-8; what is not is taken byte by byte.
std::pair<uint32_t, size_t> first_of(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  uint32_t lead = byte(0);
  size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size > text.size() || (size > 1 && lead < 0xC2)) return {0xFFFD, 1};
  uint32_t out = size == 1 ? lead : lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) out = out << 6 | (byte(i) & 0x3F);
  return {out, size};
}

void append(std::string& out, uint32_t code) {
  if (code < 0x80) out += static_cast<char>(code);
  else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// A combining accent adds nothing to its letter.
bool is_mark(uint32_t code) { return code >= 0x300 && code < 0x370; }

void fold_one(std::string& out, uint32_t code, std::string_view bytes) {
  if (code < 0x80) {
    char c = static_cast<char>(code);
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    out += is_word ? c : ' ';
  } else if (code >= 0xC0 && code < 0x180) {
    out += kLatin[code - 0xC0];
  } else if (code < 0xC0 || (code >= 0x2000 && code < 0x2070)) {
    out += ' ';
  } else if ((code >= 0x391 && code <= 0x3A9) || (code >= 0x410 && code <= 0x42F)) {
    append(out, code + 32);
  } else if (code >= 0x400 && code < 0x410) {
    append(out, code + 80);
  } else if (!is_mark(code)) {
    out += bytes;
  }
}

std::vector<std::string_view> words_in(std::string_view folded) {
  std::vector<std::string_view> out;
  for (std::string_view word : split(folded, ' '))
    if (!word.empty()) out.push_back(word);
  return out;
}

}  // namespace

std::string fold_name(std::string_view text) {
  std::string raw;
  while (!text.empty()) {
    auto [code, size] = first_of(text);
    fold_one(raw, code, text.substr(0, size));
    text.remove_prefix(size);
  }
  std::string out;
  for (std::string_view word : words_in(raw)) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto [code, size] = first_of(text);
    // Pairs of neighbours, the capital even or odd, in Latin Extended-A.
    bool is_even_pair = (code >= 0x100 && code < 0x138) || (code >= 0x14A && code < 0x178);
    bool is_odd_pair = (code >= 0x139 && code < 0x149) || (code >= 0x179 && code < 0x17F);
    if (code < 0x80) out += to_lower(text.substr(0, 1));
    else if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x391 && code <= 0x3A9)) append(out, code + 32);
    else if (code >= 0x410 && code <= 0x42F) append(out, code + 32);
    else if (code >= 0x400 && code < 0x410) append(out, code + 80);
    else if ((is_even_pair && code % 2 == 0) || (is_odd_pair && code % 2 == 1)) append(out, code + 1);
    else out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

std::vector<std::string> turns_of(std::string_view name) {
  std::string folded = fold_name(name.substr(0, kNameBytes));
  std::vector<std::string_view> words = words_in(folded);
  if (words.size() > kWords) words.resize(kWords);
  std::set<std::string> out;
  for (size_t first = 0; first < words.size(); ++first) {
    std::string turn;
    for (size_t i = 0; i < words.size(); ++i) {
      if (i > 0) turn += ' ';
      turn += words[(first + i) % words.size()];
    }
    out.insert(std::move(turn));
  }
  return {out.begin(), out.end()};
}

bool begins_words(std::string_view typed, std::string_view name) {
  std::vector<std::string_view> left = words_in(name), wanted = words_in(typed);
  // The longest first: a short one must not take the only word that a longer one fits.
  std::sort(wanted.begin(), wanted.end(), [](auto a, auto b) { return a.size() > b.size(); });
  for (std::string_view word : wanted) {
    auto found = std::find_if(left.begin(), left.end(), [&](auto w) { return w.starts_with(word); });
    if (found == left.end()) return false;
    left.erase(found);
  }
  return !wanted.empty();
}

std::vector<std::string> letter_away(std::string_view word) {
  bool is_plain = std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (word.size() < 4 || word.size() > 20 || !is_plain) return {};
  std::set<std::string> out;
  for (size_t i = 0; i <= word.size(); ++i) {
    std::string head(word.substr(0, i)), tail(word.substr(i));
    for (char c = 'a'; c <= 'z'; ++c) {
      out.insert(head + c + tail);
      if (!tail.empty()) out.insert(head + c + tail.substr(1));
    }
    if (!tail.empty()) out.insert(head + tail.substr(1));
    if (tail.size() > 1) out.insert(head + tail[1] + tail[0] + tail.substr(2));
  }
  out.erase(std::string(word));
  return {out.begin(), out.end()};
}

}  // namespace cairn::profile

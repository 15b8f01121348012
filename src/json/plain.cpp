#include "json/plain.h"

#include <charconv>

namespace cairn::json {
namespace {

/// Longer numbers are left to Reader: what fits into which type is its business.
constexpr size_t kDigits = 15;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Cursor {
  const char* at;
  const char* end;

  void skip_space() {
    while (at != end && *at == ' ') ++at;
  }
  bool take(char c) {
    skip_space();
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  /// A text behind its opening quote.
  bool read_text(std::string_view& out) {
    const char* begin = at;
    while (at != end && *at != '"') {
      if (*at < ' ' || *at == '\\' || *at == '\x7f') return false;  // what is not ASCII is negative
      ++at;
    }
    if (at == end) return false;
    out = {begin, static_cast<size_t>(at - begin)};
    ++at;
    return true;
  }
  bool read_number(std::string_view& out) {
    const char* begin = at;
    if (*at == '-') ++at;
    const char* digits = at;
    while (at != end && is_digit(*at)) ++at;
    if (at == digits || (*digits == '0' && at - digits > 1)) return false;
    if (at != end && *at == '.') {
      const char* point = at++;
      while (at != end && is_digit(*at)) ++at;
      if (at == point + 1) return false;
    }
    out = {begin, static_cast<size_t>(at - begin)};
    // Minus zero is what Reader makes of it.
    return out.size() <= kDigits && (*begin != '-' || *digits != '0');
  }
  bool read_word(std::string_view& out) {
    std::string_view rest(at, static_cast<size_t>(end - at));
    for (std::string_view word : {"true", "false", "null"}) {
      if (!rest.starts_with(word)) continue;
      out = rest.substr(0, word.size());
      at += word.size();
      return true;
    }
    return false;
  }
};

}  // namespace

bool read_plain(std::string_view text, std::vector<PlainMember>& out) {
  out.clear();
  Cursor cursor{text.data(), text.data() + text.size()};
  if (!cursor.take('{')) return false;
  if (cursor.take('}')) return cursor.at == cursor.end;
  do {
    PlainMember& member = out.emplace_back();
    if (!cursor.take('"') || !cursor.read_text(member.key) || !cursor.take(':')) return false;
    cursor.skip_space();
    if (cursor.at == cursor.end) return false;
    char first = *cursor.at;
    member.is_text = first == '"';
    bool read = member.is_text                    ? (++cursor.at, cursor.read_text(member.token))
                : first == '-' || is_digit(first) ? cursor.read_number(member.token)
                                                  : cursor.read_word(member.token);
    if (!read) return false;
  } while (cursor.take(','));
  return cursor.take('}') && cursor.at == cursor.end;
}

Value value_of(const PlainMember& member) {
  std::string_view token = member.token;
  if (member.is_text) return Value(boost::json::string_view(token.data(), token.size()));
  if (token == "null") return Value(nullptr);
  if (token == "true" || token == "false") return Value(token == "true");
  if (token.find('.') == token.npos) {
    int64_t whole = 0;
    std::from_chars(token.data(), token.data() + token.size(), whole);
    return Value(whole);
  }
  double number = 0;
  std::from_chars(token.data(), token.data() + token.size(), number);
  return Value(number);
}

}  // namespace cairn::json

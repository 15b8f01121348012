#include "query/lexer.h"

#include <array>

#include "base/text.h"

namespace cairn::query {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Signs of other languages and of word processors, and what they are here.
struct Foreign {
  std::string_view sign, ours;
};
constexpr std::array kForeign = {
    Foreign{"==", "="},  Foreign{"=>", ">="}, Foreign{"=<", "<="}, Foreign{"<>", "!="}, Foreign{"&&", "and"},
    Foreign{"||", "or"}, Foreign{"!", "not"}, Foreign{"≠", "!="},  Foreign{"≤", "<="},  Foreign{"≥", ">="},
    Foreign{"−", "-"},   Foreign{"×", "*"},   Foreign{"÷", "/"},   Foreign{"“", "\""},  Foreign{"”", "\""},
    Foreign{"„", "\""},  Foreign{"«", "\""},  Foreign{"»", "\""},  Foreign{"‘", "\""},  Foreign{"’", "\""},
    Foreign{"'", "\""},  Foreign{"[", "("},   Foreign{"]", ")"},   Foreign{"&", "and"}, Foreign{"|", "or"},
};
constexpr std::array<std::string_view, 14> kSymbols = {"!=", "<=", ">=", "(", ")", ",", ".",
                                                       "+",  "-",  "*",  "/", "=", "<", ">"};

int hex_of(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Tokens run() {
    while (!out_.problem) {
      while (!done() && is_space(text_[at_])) ++at_;
      start_ = at_;
      if (done()) break;
      next();
    }
    start_ = at_;
    add(TokenKind::end, "");
    return std::move(out_);
  }

 private:
  bool done() const { return at_ >= text_.size(); }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  std::string_view taken() const { return text_.substr(start_, at_ - start_); }
  void add(TokenKind kind, std::string text) {
    out_.tokens.push_back(
        {kind, {static_cast<uint32_t>(start_), static_cast<uint32_t>(at_ - start_)}, std::move(text)});
  }
  void fail(size_t from, size_t count, std::string message, std::string suggestion = "") {
    out_.problem =
        Problem{{static_cast<uint32_t>(from), static_cast<uint32_t>(count)}, std::move(message), std::move(suggestion)};
  }

  void next() {
    char c = peek();
    if (is_name_start(c)) name();
    else if (is_digit(c)) number_or_time();
    else if (c == '"') text();
    else if (c == '`') quoted_name();
    else sign();
  }

  void name() {
    while (is_name_start(peek()) || is_digit(peek())) ++at_;
    add(TokenKind::name, std::string(taken()));
  }

  /// `pattern`: d a digit, anything else itself.
  bool looks(std::string_view pattern, size_t ahead = 0) const {
    for (size_t i = 0; i < pattern.size(); ++i) {
      char c = peek(ahead + i);
      if (pattern[i] == 'd' ? !is_digit(c) : c != pattern[i]) return false;
    }
    return true;
  }
  void take_digits() {
    while (is_digit(peek())) ++at_;
  }

  void number_or_time() {
    if (looks("dddd-dd-dd")) return time();
    take_digits();
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      take_digits();
    }
    bool e = peek() == 'e' || peek() == 'E';
    bool sign = peek(1) == '+' || peek(1) == '-';
    if (e && is_digit(peek(sign ? 2 : 1))) {
      at_ += sign ? 3 : 2;
      take_digits();
    }
    add(TokenKind::number, std::string(taken()));
  }

  void time() {
    at_ += 10;
    if (looks("Tdd:dd")) {
      at_ += 6;
      if (looks(":dd")) at_ += 3;
      if (looks(".d")) {
        ++at_;
        take_digits();
      }
      if (peek() == 'Z') ++at_;
      else if (looks("+dd:dd") || looks("-dd:dd")) at_ += 6;
    }
    add(TokenKind::time, std::string(taken()));
  }

  void text() {
    std::string value;
    for (++at_;; ++at_) {
      if (done()) return fail(start_, at_ - start_, "this text has no end; close it with \"");
      char c = peek();
      if (c == '"') break;
      if (c != '\\') value += c;
      else if (!escape(value)) return;
    }
    ++at_;
    add(TokenKind::text, std::move(value));
  }

  /// At a backslash; leaves at the last character of the escape.
  bool escape(std::string& value) {
    ++at_;
    switch (peek()) {
      case '"':
      case '\\': value += peek(); return true;
      case 'n': value += '\n'; return true;
      case 't': value += '\t'; return true;
      case 'r': value += '\r'; return true;
      case 'u': {
        unsigned code = 0;
        for (size_t i = 1; i <= 4; ++i) {
          int digit = hex_of(peek(i));
          if (digit < 0) break;
          code = code * 16 + static_cast<unsigned>(digit);
          if (i < 4 || (code >= 0xD800 && code < 0xE000)) continue;
          at_ += 4;
          append_utf8(value, code);
          return true;
        }
        break;
      }
      default: break;
    }
    fail(at_ - 1, 1, "after \\ comes one of \" \\ n t r, or u and four hexadecimal digits; write \\\\ for one \\",
         "\\\\");
    return false;
  }

  void quoted_name() {
    std::string value;
    for (++at_;; ++at_) {
      if (done()) return fail(start_, at_ - start_, "this name has no end; close it with `");
      if (peek() == '`' && peek(1) == '`') ++at_;
      else if (peek() == '`') break;
      value += peek();
    }
    ++at_;
    if (value.empty()) return fail(start_, 2, "an empty name");
    add(TokenKind::quoted_name, std::move(value));
  }

  void sign() {
    std::string_view rest = text_.substr(at_);
    // The longer sign first: `!=` is ours, `!` alone is not.
    for (const Foreign& f : kForeign)
      if (rest.starts_with(f.sign) && !rest.starts_with("!="))
        return fail(at_, f.sign.size(),
                    fmt::format("'{}' is not a sign of this language. Did you mean '{}'?", f.sign, f.ours),
                    std::string(f.ours));
    for (std::string_view symbol : kSymbols) {
      if (!rest.starts_with(symbol)) continue;
      at_ += symbol.size();
      return add(TokenKind::symbol, std::string(symbol));
    }
    size_t bytes = 1;
    while (at_ + bytes < text_.size() && (static_cast<unsigned char>(text_[at_ + bytes]) & 0xC0) == 0x80) ++bytes;
    fail(at_, bytes,
         fmt::format("'{}' cannot stand here; put text in double quotes, and a name with such signs in `backticks`",
                     to_utf8(text_.substr(at_, bytes))));
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t start_ = 0;
  Tokens out_;
};

}  // namespace

Tokens read_tokens(std::string_view text) { return Lexer(text).run(); }

}  // namespace cairn::query

#include "db/sql.h"

#include <algorithm>

namespace cairn::db {
namespace {

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Walks SQL piece by piece: a quoted or commented piece as a whole, anything else one sign at a time.
class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  enum class Kind { sign, space, comment, quoted };
  struct Piece {
    Kind kind;
    std::string_view text;
  };

  bool at_end() const { return at_ == sql_.size(); }
  char sign_after(size_t n) const { return at_ + n < sql_.size() ? sql_[at_ + n] : '\0'; }

  Result<Piece> next() {
    char c = sql_[at_];
    if (is_space(c)) return take(Kind::space, 1);
    if (c == '-' && sign_after(1) == '-') return take(Kind::comment, std::min(sql_.find('\n', at_), sql_.size()) - at_);
    if (c == '/' && sign_after(1) == '*') return take_until("*/", 2, Kind::comment, "comment /*");
    if (c == '\'') return take_quoted('\'', is_escape_string());
    if (c == '"') return take_quoted('"', false);
    if (c == '$' && !(at_ > 0 && in_name(sql_[at_ - 1]))) {
      if (size_t tag = dollar_tag(); tag > 0) return take_until(sql_.substr(at_, tag), tag, Kind::quoted, "body $$");
    }
    return take(Kind::sign, 1);
  }
  /// The name at the current place, which must start one.
  std::string_view take_name() {
    size_t end = at_;
    while (end < sql_.size() && in_name(sql_[end])) ++end;
    name_end_ = end;
    return take(Kind::sign, end - at_).text;
  }

 private:
  Piece take(Kind kind, size_t size) {
    std::string_view text = sql_.substr(at_, size);
    at_ += text.size();
    return {kind, text};
  }
  Result<Piece> take_until(std::string_view end, size_t from, Kind kind, std::string_view what) {
    size_t found = sql_.find(end, at_ + from);
    if (found == std::string_view::npos) return fail(Code::invalid, "the {} is never closed", what);
    return take(kind, found + end.size() - at_);
  }
  Result<Piece> take_quoted(char quote, bool escapes) {
    for (size_t i = at_ + 1; i < sql_.size(); ++i) {
      if (escapes && sql_[i] == '\\') {
        ++i;
      } else if (sql_[i] == quote) {
        if (i + 1 < sql_.size() && sql_[i + 1] == quote) {
          ++i;
        } else {
          return take(Kind::quoted, i + 1 - at_);
        }
      }
    }
    return fail(Code::invalid, "the quote {} is never closed", quote);
  }
  /// PostgreSQL's E'…', where a backslash escapes a quote. The end of a parameter's name is no such E.
  bool is_escape_string() const {
    if (at_ == 0 || at_ == name_end_ || (sql_[at_ - 1] != 'E' && sql_[at_ - 1] != 'e')) return false;
    return at_ == 1 || !in_name(sql_[at_ - 2]);
  }
  /// The length of `$$` or `$tag$` here, 0 when this is neither.
  size_t dollar_tag() const {
    size_t i = at_ + 1;
    if (i < sql_.size() && starts_name(sql_[i]))
      while (i < sql_.size() && in_name(sql_[i])) ++i;
    return i < sql_.size() && sql_[i] == '$' ? i + 1 - at_ : 0;
  }

  std::string_view sql_;
  size_t at_ = 0;
  size_t name_end_ = 0;  ///< Of the parameter taken last.
};

void append_placeholder(NumberedSql& out, std::string_view name, Placeholder style) {
  auto found = std::find(out.parameters.begin(), out.parameters.end(), name);
  auto number = found - out.parameters.begin() + 1;
  if (found == out.parameters.end()) out.parameters.emplace_back(name);
  out.text += style == Placeholder::question ? '?' : '$';
  out.text += std::to_string(number);
}

}  // namespace

Result<NumberedSql> number_parameters(std::string_view sql, Placeholder style) {
  NumberedSql out;
  Scanner scanner(sql);
  bool any = false, ended = false;
  while (!scanner.at_end()) {
    if (scanner.sign_after(0) == ':' && scanner.sign_after(1) == ':') {
      out.text += TRY(scanner.next()).text;
      out.text += TRY(scanner.next()).text;
      continue;
    }
    bool is_parameter = scanner.sign_after(0) == ':' && starts_name(scanner.sign_after(1));
    Scanner::Piece piece = TRY(scanner.next());
    if (piece.kind == Scanner::Kind::comment) {
      out.text += ' ';  // a comment separates words
      continue;
    }
    if (piece.kind == Scanner::Kind::sign && piece.text == ";") {
      ended = true;
      continue;
    }
    if (piece.kind != Scanner::Kind::space) {
      if (ended) return fail(Code::invalid, "one query holds one statement, here is more after the ';'");
      any = true;
    }
    if (is_parameter) {
      append_placeholder(out, scanner.take_name(), style);
    } else {
      out.text += piece.text;
    }
  }
  if (!any) return fail(Code::invalid, "the query is empty");
  return out;
}

}  // namespace cairn::db

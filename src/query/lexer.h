// Text to tokens: what the parser reads. Inside this folder only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/problem.h"

namespace cairn::query {

enum class TokenKind : uint8_t {
  end,
  name,         ///< Letters, digits, `_`: keywords too.
  quoted_name,  ///< In backticks: never a keyword. `text` is without them.
  number,       ///< `text` as written.
  text,         ///< `text` without quotes and escapes.
  time,         ///< `text` as written: 2026-01-01, 2026-01-01T10:00:00Z.
  symbol,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Span span;
  std::string text;
  bool is(TokenKind k, std::string_view t) const { return kind == k && text == t; }
};

struct Tokens {
  std::vector<Token> tokens;  ///< The last is `end`.
  std::optional<Problem> problem;
};
/// REQUIRES text of at most kMaxQueryBytes.
Tokens read_tokens(std::string_view text);

}  // namespace cairn::query

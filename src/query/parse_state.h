// What the two halves of the parser (expressions, questions) share. Inside this folder only.
//
// After the first problem the parser stands at the end of the text and gives kNoNode for everything, so that no loop
// has to ask whether something went wrong.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/lexer.h"
#include "query/limits.h"
#include "query/problem.h"

namespace cairn::query {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  // The whole text (parse_question.cpp, parse_expression.cpp).
  void whole_query();
  void whole_expression();
  bool failed() const { return problem_.has_value(); }
  Problem take_problem() { return std::move(*problem_); }
  Query take_query() { return std::move(query_); }

 private:
  // Expressions, loosest first.
  NodeId expression();
  NodeId any_of();
  NodeId all_of();
  NodeId negation();
  NodeId comparison();
  NodeId membership(NodeId left, uint32_t from);
  NodeId known(NodeId left, uint32_t from);
  NodeId sum();
  NodeId product();
  NodeId signed_operand();
  NodeId operand();
  NodeId number();
  NodeId quantity(const Token& number, const Token& unit);
  NodeId money(const Token& number, const Token& code);
  NodeId time();
  NodeId name_or_call();
  NodeId call(const Token& name);
  NodeId function(const WordInfo& word, uint32_t from);
  NodeId aggregate(const WordInfo& word, uint32_t from);
  NodeId sequence(uint32_t from);
  NodeId segment(uint32_t from);
  NodeId step();
  std::vector<NodeId> steps(size_t least);
  NodeId where();
  NodeId window_or_none();
  NodeId window(const WordInfo& word, uint32_t from);
  void path(Node& node);
  /// `7 days`, more than 0.
  Duration length();

  // Questions.
  bool at_question() const;
  void question();
  void question_body(Question& q);
  void select_or_values(Question& q);
  void series(Question& q);
  void funnel(Question& q);
  void retention(Question& q);
  void paths(Question& q);
  void tail(Question& q);
  std::vector<Dimension> dimensions();
  std::optional<Bucket> bucket();

  // Tokens.
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take();
  bool is_symbol(std::string_view s) const { return peek().is(TokenKind::symbol, s); }
  bool is_word(std::string_view w, size_t ahead = 0) const { return peek(ahead).is(TokenKind::name, w); }
  bool is_name(size_t ahead = 0) const {
    return peek(ahead).kind == TokenKind::name || peek(ahead).kind == TokenKind::quoted_name;
  }
  bool eat_symbol(std::string_view s);
  bool eat_word(std::string_view w);
  void expect_symbol(std::string_view s, std::string_view where);
  void expect_word(std::string_view w, std::string_view where);
  void expect_end();

  // Problems.
  NodeId fail(Span span, std::string message, std::string suggestion = "");
  NodeId fail_here(std::string message, std::string suggestion = "");
  NodeId fail_unexpected(std::string_view expected);
  /// The words that could continue here, for suggestions.
  std::string_view nearest_continuation(std::string_view text) const;

  // Nodes: the limits are held here.
  NodeId checked(NodeId id);
  NodeId add(Node node);
  NodeId apply(Word word, std::vector<NodeId> children, uint32_t from);
  bool enter();
  void leave() { --depth_; }
  Span span_from(uint32_t from) const;

  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;
  Query query_;
  std::optional<Problem> problem_;
};

}  // namespace cairn::query

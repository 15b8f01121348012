#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "query/parse_state.h"
#include "query/parser.h"

namespace cairn::query {
namespace {

constexpr int kDefaultPathDepth = 5;

Parsed run(std::string_view text, void (Parser::*whole)()) {
  if (text.size() > kMaxQueryBytes)
    return tl::unexpected(
        Problems{{{}, fmt::format("a query has at most {} bytes; this one has {}", kMaxQueryBytes, text.size())}});
  if (!is_utf8(text)) return tl::unexpected(Problems{{{}, "a query is text in UTF-8"}});
  Tokens tokens = read_tokens(text);
  if (tokens.problem) return tl::unexpected(Problems{std::move(*tokens.problem)});
  Parser parser(std::move(tokens.tokens));
  (parser.*whole)();
  if (parser.failed()) return tl::unexpected(Problems{parser.take_problem()});
  return parser.take_query();
}

}  // namespace

Parsed parse(std::string_view text) { return run(text, &Parser::whole_query); }
Parsed parse_expression(std::string_view text) { return run(text, &Parser::whole_expression); }

void Parser::whole_query() {
  if (at_question()) question();
  else whole_expression();
}

void Parser::whole_expression() {
  query_.set_root(expression());
  expect_end();
}

bool Parser::at_question() const {
  return peek().kind == TokenKind::name && peek(1).is(TokenKind::symbol, "(") &&
         find_word(Group::question, peek().text);
}

void Parser::question() {
  Question q;
  q.word = find_word(Group::question, take().text)->word;
  std::string_view name = info(q.word).name;
  expect_symbol("(", "");
  question_body(q);
  expect_symbol(")", fmt::format("{}( is open; close it with ')'", name));
  tail(q);
  expect_end();
  query_.set_question(std::move(q));
}

void Parser::question_body(Question& q) {
  switch (q.word) {
    case Word::select:
    case Word::values: select_or_values(q); break;
    case Word::series: series(q); break;
    case Word::funnel: funnel(q); break;
    case Word::retention: retention(q); break;
    case Word::paths: paths(q); break;
    default: break;  // transitions: nothing
  }
}

void Parser::select_or_values(Question& q) {
  q.columns = {expression()};
  if (q.word == Word::select) return;
  while (eat_symbol(",")) q.columns.push_back(expression());
  if (q.columns.size() > kMaxColumns) fail_here(fmt::format("more than {} columns", kMaxColumns));
}

void Parser::series(Question& q) {
  const Token& name = peek();
  const WordInfo* word = find_word(Group::series, name.text);
  if (!word) word = find_word(Group::aggregate, name.text);
  if (name.kind != TokenKind::name || !word) {
    fail_unexpected("an aggregate, like count(orders)");
    return;
  }
  q.columns = {aggregate(*word, name.span.offset)};
  if (eat_word("by")) q.by = dimensions();
}

void Parser::funnel(Question& q) {
  q.steps = steps(2);
  if (eat_word("within")) q.within = length();
  if (eat_word("on")) {
    if (is_name()) q.on = take().text;
    else fail_unexpected("a property");
  }
  if (eat_word("by")) q.by = dimensions();
}

void Parser::retention(Question& q) {
  q.steps = {step()};
  expect_word("then", "retention has a start and a return: retention(order_completed then order_completed by month)");
  q.steps.push_back(step());
  if (eat_word("every")) q.every = length();
  if (eat_word("by")) {
    if (auto unit = bucket()) q.by.push_back({unit, kNoNode});
    else fail_unexpected("hour, day, week, month, quarter or year");
  }
  if (q.every.micros == 0 && q.by.empty() && !failed()) fail_unexpected("'by month', or 'every 30 days'");
}

void Parser::paths(Question& q) {
  q.backwards = is_word("to");
  if (!eat_word("from") && !eat_word("to")) {
    fail_unexpected("'from' or 'to', and a kind of event");
    return;
  }
  q.steps = {step()};
  q.depth = kDefaultPathDepth;
  if (eat_word("depth")) {
    Span span = peek().span;
    NodeId id = peek().kind == TokenKind::number ? number() : fail_unexpected("a number");
    if (failed()) return;
    const double* depth = query_.at(id).value.get<double>();
    if (!depth || *depth < 1 || *depth > kMaxPathDepth || std::floor(*depth) != *depth)
      fail(span, fmt::format("a path's depth is 1 to {}", kMaxPathDepth));
    else q.depth = static_cast<int>(*depth);
  }
  if (eat_word("within")) q.within = length();
}

std::optional<Bucket> Parser::bucket() {
  if (peek().kind != TokenKind::name || peek(1).is(TokenKind::symbol, "(")) return std::nullopt;
  auto unit = json::enum_from<Bucket>(peek().text);
  if (!unit) return std::nullopt;
  take();
  return *unit;
}

std::vector<Dimension> Parser::dimensions() {
  std::vector<Dimension> out;
  do {
    if (auto unit = bucket()) out.push_back({unit, kNoNode});
    else out.push_back({std::nullopt, sum()});
  } while (eat_symbol(","));
  if (out.size() > kMaxDimensions) fail_here(fmt::format("more than {} ways to break down", kMaxDimensions));
  return out;
}

void Parser::tail(Question& q) {
  std::string_view name = info(q.word).name;
  for (;;) {
    Span span = peek().span;
    if (q.condition == kNoNode && eat_word("for")) {
      if (q.word == Word::select) fail(span, "select has its condition in the brackets; join both with 'and'");
      q.condition = expression();
    } else if (q.as_of == kNoNode && eat_word("as")) {
      q.as_known = eat_word("known");
      expect_word(q.as_known ? "at" : "of", "write 'as of 2026-01-01', or 'as known at 2026-01-01'");
      q.as_of = sum();
    } else if (q.period == kNoNode) {
      q.period = window_or_none();
      if (q.period == kNoNode) return;
      if (q.word == Word::select || q.word == Word::values)
        fail(span, fmt::format("{} looks at customers at one moment; put the window into an aggregate", name));
    } else {
      return;
    }
  }
}

const Token& Parser::take() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::eat_symbol(std::string_view s) {
  if (!is_symbol(s)) return false;
  take();
  return true;
}

bool Parser::eat_word(std::string_view w) {
  if (!is_word(w)) return false;
  take();
  return true;
}

void Parser::expect_symbol(std::string_view s, std::string_view where) {
  if (eat_symbol(s) || failed()) return;
  fail_unexpected(fmt::format("'{}'", s));
  if (!where.empty()) problem_->message += fmt::format(" ({})", where);
}

void Parser::expect_word(std::string_view w, std::string_view where) {
  if (eat_word(w) || failed()) return;
  fail_unexpected(fmt::format("'{}'", w));
  problem_->message += fmt::format(" ({})", where);
}

void Parser::expect_end() {
  if (peek().kind != TokenKind::end) fail_unexpected("an operator or the end");
}

NodeId Parser::fail(Span span, std::string message, std::string suggestion) {
  if (problem_) return kNoNode;
  problem_ = Problem{span, std::move(message), std::move(suggestion)};
  at_ = tokens_.size() - 1;
  return kNoNode;
}

NodeId Parser::fail_here(std::string message, std::string suggestion) {
  return fail(peek().span, std::move(message), std::move(suggestion));
}

NodeId Parser::fail_unexpected(std::string_view expected) {
  if (problem_) return kNoNode;
  Token found = peek();
  if (found.kind == TokenKind::end) return fail_here(fmt::format("expected {}, but the text ends", expected));
  std::string what = found.kind == TokenKind::text ? quoted(found.text) : "'" + found.text + "'";
  std::string meant(found.kind == TokenKind::name ? nearest_continuation(found.text) : "");
  if (!meant.empty())
    return fail_here(fmt::format("expected {}, found {}. Did you mean '{}'?", expected, what, meant), meant);
  return fail_here(fmt::format("expected {}, found {}", expected, what));
}

std::string_view Parser::nearest_continuation(std::string_view text) const {
  static const std::vector<std::string_view> words = {
      "and",  "or",    "not",     "in",     "is",    "contains", "where", "last",    "since", "between", "before",
      "then", "today", "this",    "within", "on",    "by",       "for",   "as",      "every", "depth",   "days",
      "day",  "hours", "minutes", "weeks",  "known", "unknown",  "of",    "seconds", "from",  "to"};
  std::string lower = to_lower(text);
  for (std::string_view word : words)
    if (lower == word) return word == text ? "" : word;
  return nearest(lower, words);
}

NodeId Parser::checked(NodeId id) {
  if (failed() || id == kNoNode) return kNoNode;
  if (query_.size() > kMaxNodes) return fail_here(fmt::format("a query has at most {} parts", kMaxNodes));
  if (query_.at(id).depth > kMaxDepth)
    return fail_here(fmt::format("nested deeper than {}; use fewer brackets and steps", kMaxDepth));
  return id;
}

NodeId Parser::add(Node node) { return failed() ? kNoNode : checked(query_.add(std::move(node))); }

NodeId Parser::apply(Word word, std::vector<NodeId> children, uint32_t from) {
  return failed() ? kNoNode : checked(query_.apply(word, std::move(children), span_from(from)));
}

bool Parser::enter() {
  if (++depth_ <= kMaxDepth) return true;
  fail_here(fmt::format("nested deeper than {}; use fewer brackets and steps", kMaxDepth));
  return false;
}

Span Parser::span_from(uint32_t from) const {
  if (at_ == 0) return {from, 0};
  const Span& last = tokens_[at_ - 1].span;
  uint32_t end = last.offset + last.length;
  return {from, end > from ? end - from : 0};
}

}  // namespace cairn::query

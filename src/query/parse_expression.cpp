#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "query/parse_state.h"
#include "query/parser.h"

namespace cairn::query {
namespace {

struct Unit {
  std::string_view one, many;
  int64_t micros;
};
constexpr std::array kUnits = {
    Unit{"microsecond", "microseconds", 1},      Unit{"millisecond", "milliseconds", 1'000},
    Unit{"second", "seconds", 1'000'000},        Unit{"minute", "minutes", 60'000'000},
    Unit{"hour", "hours", 3'600'000'000},        Unit{"day", "days", 86'400'000'000},
    Unit{"week", "weeks", 7 * 86'400'000'000LL},
};
const Unit* unit_of(std::string_view name) {
  for (const Unit& unit : kUnits)
    if (name == unit.one || name == unit.many) return &unit;
  return nullptr;
}

struct Comparison {
  std::string_view sign;
  Word word;
};
constexpr std::array kComparisons = {Comparison{"=", Word::equal},    Comparison{"!=", Word::not_equal},
                                     Comparison{"<=", Word::at_most}, Comparison{">=", Word::at_least},
                                     Comparison{"<", Word::less},     Comparison{">", Word::more}};
Word comparison_of(const Token& token) {
  if (token.kind == TokenKind::symbol)
    for (const Comparison& c : kComparisons)
      if (token.text == c.sign) return c.word;
  return Word::none;
}

/// Three capitals: meant as a currency.
bool is_currency_like(std::string_view name) {
  return name.size() == 3 && std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// `1.5` of a unit in whole microseconds, or nothing when it is none, or does not fit.
std::optional<int64_t> micros_of(std::string_view number, int64_t unit) {
  if (number.find_first_of("eE") != number.npos) return std::nullopt;
  __int128 scaled = 0;
  __int128 scale = 1;
  bool after_point = false;
  for (char c : number) {
    if (c == '.') {
      after_point = true;
      continue;
    }
    scaled = scaled * 10 + (c - '0');
    if (after_point) scale *= 10;
    if (scaled > INT64_MAX || scale > 1'000'000'000'000) return std::nullopt;
  }
  __int128 micros = scaled * unit;
  if (micros % scale != 0 || micros / scale > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(micros / scale);
}

}  // namespace

NodeId Parser::expression() {
  if (!enter()) return kNoNode;
  NodeId out = any_of();
  leave();
  return out;
}

NodeId Parser::any_of() {
  uint32_t from = peek().span.offset;
  std::vector<NodeId> parts = {all_of()};
  while (eat_word("or")) parts.push_back(all_of());
  return parts.size() == 1 ? parts[0] : apply(Word::or_, std::move(parts), from);
}

NodeId Parser::all_of() {
  uint32_t from = peek().span.offset;
  std::vector<NodeId> parts = {negation()};
  while (eat_word("and")) parts.push_back(negation());
  return parts.size() == 1 ? parts[0] : apply(Word::and_, std::move(parts), from);
}

NodeId Parser::negation() {
  uint32_t from = peek().span.offset;
  if (!eat_word("not")) return comparison();
  if (!enter()) return kNoNode;
  NodeId inner = negation();
  leave();
  return apply(Word::not_, {inner}, from);
}

NodeId Parser::comparison() {
  uint32_t from = peek().span.offset;
  NodeId left = sum();
  NodeId out;
  if (Word word = comparison_of(peek()); word != Word::none) {
    take();
    NodeId right = sum();
    out = apply(word, {left, right}, from);
  } else if (eat_word("contains")) {
    NodeId right = sum();
    out = apply(Word::contains, {left, right}, from);
  } else if (eat_word("in")) {
    out = membership(left, from);
  } else if (eat_word("is")) {
    out = known(left, from);
  } else if (is_word("not") && is_word("in", 1)) {
    return fail_here("write 'not' before the value: not a in (…)");
  } else {
    return left;
  }
  if (comparison_of(peek()) != Word::none) return fail_here("comparisons do not chain; join two of them with 'and'");
  return out;
}

NodeId Parser::membership(NodeId left, uint32_t from) {
  std::vector<NodeId> parts = {left};
  expect_symbol("(", "after 'in' comes a list: in (\"a\", \"b\")");
  do parts.push_back(expression());
  while (eat_symbol(","));
  expect_symbol(")", "the list ends with ')'");
  return apply(Word::in, std::move(parts), from);
}

NodeId Parser::known(NodeId left, uint32_t from) {
  if (eat_word("known")) return apply(Word::is_known, {left}, from);
  if (eat_word("unknown")) return apply(Word::is_unknown, {left}, from);
  if (is_word("not") && is_word("known", 1)) return fail_here("write 'is unknown'", "unknown");
  return fail_here("after 'is' comes 'known' or 'unknown'");
}

NodeId Parser::sum() {
  uint32_t from = peek().span.offset;
  NodeId left = product();
  for (;;) {
    Word word = is_symbol("+") ? Word::add : is_symbol("-") ? Word::subtract : Word::none;
    if (word == Word::none) return left;
    take();
    NodeId right = product();
    left = apply(word, {left, right}, from);
  }
}

NodeId Parser::product() {
  uint32_t from = peek().span.offset;
  NodeId left = signed_operand();
  for (;;) {
    Word word = is_symbol("*") ? Word::multiply : is_symbol("/") ? Word::divide : Word::none;
    if (word == Word::none) return left;
    take();
    NodeId right = signed_operand();
    left = apply(word, {left, right}, from);
  }
}

NodeId Parser::signed_operand() {
  uint32_t from = peek().span.offset;
  if (!eat_symbol("-")) return operand();
  if (!enter()) return kNoNode;
  NodeId inner = signed_operand();
  leave();
  return apply(Word::negate, {inner}, from);
}

NodeId Parser::operand() {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::number: return number();
    case TokenKind::time: return time();
    case TokenKind::text: {
      Token text = take();
      return checked(query_.literal(text.text, text.span));
    }
    case TokenKind::name:
    case TokenKind::quoted_name: return name_or_call();
    case TokenKind::symbol: {
      if (!eat_symbol("(")) break;
      NodeId inner = expression();
      if (is_symbol(",")) return fail_here("a list stands only after 'in'");
      expect_symbol(")", "a bracket is open; close it with ')'");
      return inner;
    }
    case TokenKind::end: break;
  }
  return fail_unexpected("a value");
}

NodeId Parser::number() {
  Token token = take();
  const Token& next = peek();
  if (next.kind == TokenKind::name) {
    if (unit_of(next.text)) return quantity(token, take());
    if (is_currency_like(next.text)) return money(token, take());
    std::string_view word = next.text;
    if (word.starts_with("month") || word.starts_with("year") || word.starts_with("quarter"))
      return fail_here(fmt::format("a {} has no fixed length; write days, or a window like 'this month'", next.text));
  }
  double value = 0;
  auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
  if (error != std::errc()) return fail(token.span, "this number is too large or too small");
  return checked(query_.literal(value, token.span));
}

NodeId Parser::quantity(const Token& number, const Token& unit) {
  Span span = span_from(number.span.offset);
  auto micros = micros_of(number.text, unit_of(unit.text)->micros);
  if (!micros) return fail(span, "a duration is a plain number of whole microseconds, at most 106,751,991 days");
  return checked(query_.literal(Duration{*micros}, span));
}

NodeId Parser::money(const Token& number, const Token& code) {
  auto currency = Currency::parse(code.text);
  if (!currency) return fail(code.span, currency.error().message);
  Span span = span_from(number.span.offset);
  size_t point = number.text.find('.');
  size_t decimals = point == std::string::npos ? 0 : number.text.size() - point - 1;
  if (number.text.find_first_of("eE") != std::string::npos) return fail(span, "write the amount without an exponent");
  if (decimals > static_cast<size_t>(currency->digits()))
    return fail(span, fmt::format("{} has {} decimals", code.text, currency->digits()));
  auto minor = parse_minor(number.text, *currency);
  if (!minor) return fail(span, minor.error().message);
  return checked(query_.literal(Money{*minor, *currency}, span));
}

NodeId Parser::time() {
  Token token = take();
  auto parsed = parse_time(token.text);
  if (!parsed) return fail(token.span, parsed.error().message);
  // An offset may carry the first or the last day out of the years that are printed.
  if (!parse_time(to_rfc3339({parsed->micros}))) return fail(token.span, "years go from 1 to 9999");
  if (parsed->zoned) return checked(query_.literal(Time{parsed->micros}, token.span));
  return checked(query_.local_time({parsed->micros}, token.span));
}

NodeId Parser::name_or_call() {
  const Token& token = peek();
  if (token.kind == TokenKind::name) {
    bool is_true = token.text == "true";
    if (is_true || token.text == "false") return checked(query_.literal(is_true, take().span));
    if (peek(1).is(TokenKind::symbol, "(")) return call(token);
    if (token.text == "unknown") return fail_here("'unknown' is no value; ask 'is unknown'");
  }
  Node node;
  node.kind = NodeKind::name;
  uint32_t from = token.span.offset;
  path(node);
  node.span = span_from(from);
  return add(std::move(node));
}

NodeId Parser::call(const Token& name) {
  uint32_t from = name.span.offset;
  std::string text = name.text;
  if (text == "sequence") return sequence(from);
  if (text == "segment") return segment(from);
  if (const WordInfo* word = find_word(Group::function, text)) return function(*word, from);
  if (const WordInfo* word = find_word(Group::aggregate, text)) return aggregate(*word, from);
  if (find_word(Group::series, text)) return fail_here(fmt::format("{}(…) stands only directly in series(…)", text));
  if (find_word(Group::question, text))
    return fail_here(fmt::format("{}(…) is a question of its own, and cannot stand in an expression", text));
  std::vector<std::string_view> names = names_of(Group::function);
  for (std::string_view n : names_of(Group::aggregate)) names.push_back(n);
  names.push_back("sequence");
  std::string meant(nearest(text, names));
  return fail_here(
      fmt::format("there is no function '{}'{}", text, meant.empty() ? "" : ". Did you mean '" + meant + "'?"), meant);
}

NodeId Parser::function(const WordInfo& word, uint32_t from) {
  take();
  expect_symbol("(", "");
  std::vector<NodeId> arguments;
  if (!is_symbol(")")) do
      arguments.push_back(expression());
    while (eat_symbol(","));
  expect_symbol(")", fmt::format("{}( is open; close it with ')'", word.name));
  return apply(word.word, std::move(arguments), from);
}

NodeId Parser::aggregate(const WordInfo& word, uint32_t from) {
  take();
  expect_symbol("(", "");
  Node node;
  node.kind = NodeKind::aggregate;
  node.word = word.word;
  path(node);
  if (word.group == Group::series && overloads(word.word).front().parameters.size() > 1) {
    expect_symbol(",", fmt::format("{} takes one thing more: {}", word.name, word.form));
    node.children.push_back(expression());
  }
  node.where = where();
  node.window = window_or_none();
  if (node.where == kNoNode && is_word("where")) return fail_here("'where' comes before the window");
  expect_symbol(")", fmt::format("{}( is open; close it with ')'", word.name));
  node.span = span_from(from);
  return add(std::move(node));
}

NodeId Parser::segment(uint32_t from) {
  take();
  expect_symbol("(", "");
  if (peek().kind != TokenKind::text) return fail_unexpected("the segment's name in double quotes");
  Node node;
  node.kind = NodeKind::segment;
  node.value = take().text;
  expect_symbol(")", "segment( is open; close it with ')'");
  node.span = span_from(from);
  return add(std::move(node));
}

NodeId Parser::sequence(uint32_t from) {
  take();
  expect_symbol("(", "");
  Node node;
  node.kind = NodeKind::sequence;
  node.word = Word::sequence;
  node.children = steps(2);
  for (;;) {
    if (node.within.micros == 0 && eat_word("within")) node.within = length();
    else if (node.on.empty() && eat_word("on")) {
      if (!is_name()) return fail_unexpected("a property");
      node.on = take().text;
    } else break;
  }
  node.window = window_or_none();
  expect_symbol(")", "sequence( is open; close it with ')'");
  if (eat_symbol(".")) {
    const WordInfo* result = find_word(Group::sequence, peek().text);
    if (!result || result->word == Word::sequence)
      return fail_here("a sequence has .duration, .first_time and .last_time; without one of these it is its count");
    node.word = result->word;
    take();
  }
  node.span = span_from(from);
  return add(std::move(node));
}

std::vector<NodeId> Parser::steps(size_t least) {
  std::vector<NodeId> out;
  do out.push_back(step());
  while (eat_word("then"));
  if (out.size() < least && !failed()) fail_unexpected("'then' and the next event");
  if (out.size() > kMaxSteps) fail_here(fmt::format("more than {} steps", kMaxSteps));
  return out;
}

NodeId Parser::step() {
  uint32_t from = peek().span.offset;
  Node node;
  node.kind = NodeKind::step;
  path(node);
  node.where = where();
  node.span = span_from(from);
  return add(std::move(node));
}

NodeId Parser::where() { return eat_word("where") ? expression() : kNoNode; }

NodeId Parser::window_or_none() {
  if (peek().kind != TokenKind::name) return kNoNode;
  std::string name = peek().text;
  if (name == "this" && peek(1).kind == TokenKind::name) name += " " + peek(1).text;
  const WordInfo* word = find_word(Group::window, name);
  return word ? window(*word, peek().span.offset) : kNoNode;
}

NodeId Parser::window(const WordInfo& word, uint32_t from) {
  take();
  Node node;
  node.kind = NodeKind::window;
  node.word = word.word;
  switch (word.word) {
    case Word::last_for: node.within = length(); break;
    case Word::since:
    case Word::before: node.children = {sum()}; break;
    case Word::between: {
      node.children = {sum()};
      expect_word("and", "between has two ends: between 2026-01-01 and 2026-02-01");
      node.children.push_back(sum());
      break;
    }
    case Word::this_week:
    case Word::this_month:
    case Word::this_year: take(); break;
    default: break;
  }
  node.span = span_from(from);
  return add(std::move(node));
}

void Parser::path(Node& node) {
  if (peek().kind == TokenKind::name && is_reserved(peek().text) && !json::enum_from<Bucket>(peek().text)) {
    fail_unexpected("a name");
    return;
  }
  do {
    if (!is_name()) {
      fail_unexpected("a name");
      return;
    }
    node.path_spans.push_back(peek().span);
    node.path.push_back(take().text);
  } while (eat_symbol("."));
}

Duration Parser::length() {
  if (peek().kind != TokenKind::number) {
    fail_unexpected("a duration like 90 days");
    return {};
  }
  Span span = peek().span;
  NodeId id = number();
  if (failed()) return {};
  const Duration* out = query_.at(id).value.get<Duration>();
  if (!out || out->micros <= 0) {
    fail(span, "a duration above 0 is needed here, like 90 days");
    return {};
  }
  return *out;
}

}  // namespace cairn::query

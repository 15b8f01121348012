#include <charconv>
#include <cmath>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>

#include "json/reader.h"

namespace cairn::json {
namespace {

using boost::json::error_code;
using boost::json::string_view;

/// What boost::json::parser does, except that doubles are read from their text: this version's own conversion is off by
/// a last digit now and then, so that what we wrote would not read back the same.
struct Handler {
  static constexpr std::size_t max_object_size = Object::max_size();
  static constexpr std::size_t max_array_size = Array::max_size();
  static constexpr std::size_t max_key_size = String::max_size();
  static constexpr std::size_t max_string_size = String::max_size();

  boost::json::value_stack stack;
  std::string number;  // parts of a number before its last

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t n, error_code&) { return stack.push_object(n), true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code&) { return stack.push_array(n), true; }
  bool on_key_part(string_view s, std::size_t, error_code&) { return stack.push_chars(s), true; }
  bool on_key(string_view s, std::size_t, error_code&) { return stack.push_key(s), true; }
  bool on_string_part(string_view s, std::size_t, error_code&) { return stack.push_chars(s), true; }
  bool on_string(string_view s, std::size_t, error_code&) { return stack.push_string(s), true; }
  bool on_number_part(string_view s, error_code&) { return number.append(s.data(), s.size()), true; }
  bool on_int64(std::int64_t n, string_view, error_code&) { return number.clear(), stack.push_int64(n), true; }
  bool on_uint64(std::uint64_t n, string_view, error_code&) { return number.clear(), stack.push_uint64(n), true; }
  bool on_double(double rough, string_view last, error_code& error) {
    number.append(last.data(), last.size());
    double exact = 0;
    auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), exact);
    number.clear();
    if (code == std::errc::result_out_of_range && std::abs(rough) > 1) {
      error = boost::json::error::exponent_overflow;
      return false;
    }
    stack.push_double(code == std::errc() ? exact : 0.0);
    return true;
  }
  bool on_bool(bool b, error_code&) { return stack.push_bool(b), true; }
  bool on_null(error_code&) { return stack.push_null(), true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

std::string reason(const error_code& code) {
  using boost::json::error;
  if (code == error::incomplete) return "the text ends too early";
  if (code == error::extra_data) return "there is more text after the value";
  if (code == error::exponent_overflow) return "the number is too large";
  if (code == error::too_deep) return "it is nested too deep";
  if (code == error::illegal_leading_surrogate || code == error::illegal_trailing_surrogate ||
      code == error::expected_utf16_escape)
    return "an escaped surrogate stands without its other half";
  if (code == error::expected_hex_digit) return "\\u needs four hexadecimal digits";
  return "this is not JSON (a sign is missing or wrong, or the text is not UTF-8)";
}

tl::unexpected<Error> fail_where(std::string_view text, size_t at, const std::string& what) {
  std::string_view before = text.substr(0, at);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  size_t last_break = before.rfind('\n');
  size_t column = last_break == before.npos ? at + 1 : at - last_break;
  return fail(Code::invalid, "line {}, column {}: {}", line, column, what);
}

/// A parser that is used again and again keeps its stacks.
using Parser = boost::json::basic_parser<Handler>;

Result<Value> parse_with(Parser& parser, boost::json::storage_ptr storage, std::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max)
    return fail(Code::too_large, "the text has {} bytes; at most {} are allowed", text.size(), bytes_max);
  parser.reset();
  parser.handler().number.clear();
  parser.handler().stack.reset(std::move(storage));
  error_code error;
  size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (error) return fail_where(text, used, reason(error));
  size_t rest = text.find_first_not_of(" \t\r\n", used);
  if (rest != text.npos) return fail_where(text, rest, reason(boost::json::error::extra_data));
  return parser.handler().stack.release();
}

boost::json::parse_options options_of(const ParseLimits& limits) {
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  return options;
}

tl::unexpected<Error> fail_thrown(const std::exception& e) {
  return tl::unexpected(Error{Code::internal, "the JSON text could not be read", {}, e.what()});
}

}  // namespace

Result<Value> parse(std::string_view text, ParseLimits limits) try {
  Parser parser(options_of(limits));
  return parse_with(parser, {}, text, limits.bytes);
} catch (const std::exception& e) {
  return fail_thrown(e);
}

struct Reader::Memory {
  Memory(size_t bytes, ParseLimits l)
      : limits(l), size(bytes), buffer(new unsigned char[bytes]), parser(options_of(l)) {
    empty();
  }
  /// A new resource each time: one that is released instead goes on doubling the blocks that it asks for, so that large
  /// texts, one after the other, end in an allocation that fails.
  void empty() { resource.emplace(buffer.get(), size); }

  ParseLimits limits;
  size_t size;
  std::unique_ptr<unsigned char[]> buffer;
  std::optional<boost::json::monotonic_resource> resource;
  Parser parser;
  std::optional<Value> value;
};

Reader::Reader(size_t bytes, ParseLimits limits) : memory_(std::make_unique<Memory>(bytes, limits)) {}
Reader::~Reader() = default;

void Reader::clear() {
  memory_->value.reset();
  memory_->parser.handler().stack.reset();
  memory_->empty();
}

Result<const Value*> Reader::read(std::string_view text) try {
  clear();
  Value value = TRY(parse_with(memory_->parser, &*memory_->resource, text, memory_->limits.bytes));
  memory_->value.emplace(std::move(value));
  return &*memory_->value;
} catch (const std::exception& e) {
  clear();
  return fail_thrown(e);
}

Result<Object> parse_object(std::string_view text, ParseLimits limits) {
  Value value = TRY(parse(text, limits));
  if (!value.is_object()) return fail(Code::invalid, "expected an object, found {}", describe(value));
  return std::move(value.get_object());
}

}  // namespace cairn::json

#include "api/check.h"

#include <cmath>
#include <regex>

#include "api/json_path.h"
#include "base/text.h"
#include "json/value.h"

namespace cairn::test {
namespace {

std::string shortened(std::string_view text) {
  constexpr size_t kMax = 600;
  return text.size() <= kMax ? std::string(text) : std::string(text.substr(0, kMax)) + " …";
}

std::string_view text_of(const json::Value& value) { return {value.as_string().data(), value.as_string().size()}; }

std::optional<double> number_of(const json::Value& value) {
  if (value.is_double()) return value.as_double();
  if (value.is_int64()) return static_cast<double>(value.as_int64());
  if (value.is_uint64()) return static_cast<double>(value.as_uint64());
  return std::nullopt;
}

bool equal(const json::Value& a, const json::Value& b) {
  std::optional<double> x = number_of(a), y = number_of(b);
  if (x && y) return *x == *y && json::serialize(a) == json::serialize(b);
  return a == b;
}

Result<bool> compare(const json::Value& got, std::string_view op, const json::Value& wanted) {
  std::optional<double> x = number_of(got), y = number_of(wanted);
  double order = 0;
  if (x && y) order = *x - *y;
  else if (got.is_string() && wanted.is_string()) order = text_of(got).compare(text_of(wanted));
  else return fail(Code::invalid, "{} compares numbers with numbers and text with text", op);
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  return order >= 0;
}

Result<bool> contains(const json::Value& got, const json::Value& wanted) {
  if (got.is_string() && wanted.is_string()) return text_of(got).find(text_of(wanted)) != std::string_view::npos;
  if (!got.is_array()) return fail(Code::invalid, "contains looks into text or a list");
  for (const json::Value& element : got.as_array())
    if (equal(element, wanted)) return true;
  return false;
}

Result<bool> matches(const json::Value& got, const json::Value& wanted) {
  if (!got.is_string() || !wanted.is_string()) return fail(Code::invalid, "matches compares text with a pattern");
  try {
    return std::regex_search(std::string(text_of(got)), std::regex(std::string(text_of(wanted))));
  } catch (const std::regex_error& error) {
    return fail(Code::invalid, "{} is no pattern: {}", text_of(wanted), error.what());
  }
}

Result<bool> has_length(const json::Value& got, const json::Value& wanted) {
  size_t n = 0;
  if (got.is_array()) n = got.as_array().size();
  else if (got.is_object()) n = got.as_object().size();
  else if (got.is_string()) n = length(text_of(got));
  else return fail(Code::invalid, "length is of a list, an object or text");
  return number_of(wanted) == static_cast<double>(n);
}

/// `near 0.5517 0.0001`.
Result<bool> is_near(const json::Value& got, std::string_view wanted) {
  std::vector<std::string> words = TRY(split_words(wanted));
  if (words.size() != 2) return fail(Code::invalid, "near NUMBER DISTANCE");
  json::Value middle = TRY(json::parse(words[0]));
  json::Value distance = TRY(json::parse(words[1]));
  std::optional<double> x = number_of(got), m = number_of(middle), d = number_of(distance);
  return x && m && d && std::abs(*x - *m) <= *d;
}

Result<bool> holds(const json::Value& got, std::string_view op, std::string_view wanted_text) {
  if (op == "near") return is_near(got, wanted_text);
  Result<json::Value> parsed = json::parse(wanted_text);
  if (!parsed) return fail(Code::invalid, "the value {} is not JSON; text needs quotes", wanted_text);
  const json::Value& wanted = *parsed;
  if (op == "==") return equal(got, wanted);
  if (op == "!=") return !equal(got, wanted);
  if (op == "contains") return contains(got, wanted);
  if (op == "lacks") return !TRY(contains(got, wanted));
  if (op == "matches") return matches(got, wanted);
  if (op == "length") return has_length(got, wanted);
  return compare(got, op, wanted);
}

json::Value text_value(std::string_view text) { return json::Value(json::String(text.data(), text.size())); }

/// What a check looks at; nullopt when it is not there.
Result<std::optional<json::Value>> subject_of(const Check& check, const Outcome& outcome) {
  if (check.subject == "status" || check.subject == "exit") return std::optional(json::Value(outcome.status));
  if (check.subject == "text" || check.subject == "out") return std::optional(text_value(to_utf8(outcome.text)));
  if (check.subject == "err") return std::optional(text_value(to_utf8(outcome.error_text)));
  if (check.subject == "header") {
    std::optional<std::string_view> value = outcome.headers.find(check.name);
    return value ? std::optional(text_value(*value)) : std::nullopt;
  }
  Result<json::Value> document = json::parse(outcome.text);
  if (!document) return fail(Code::invalid, "the answer is not JSON: {}", shortened(outcome.text));
  const json::Value* found = TRY(find_path(*document, check.name));
  return found ? std::optional(*found) : std::nullopt;
}

}  // namespace

Result<void> check_outcome(const Check& check, const Outcome& outcome, const Variables& variables) {
  std::string what = check.name.empty() ? check.subject : check.subject + " " + check.name;
  std::optional<json::Value> got = TRY(subject_of(check, outcome));
  if (check.op == "exists" || check.op == "absent") {
    if (got.has_value() == (check.op == "exists")) return {};
    return fail(Code::invalid, "{}: expected {}; the answer was {} {}", what, check.op, outcome.status,
                shortened(outcome.text));
  }
  std::string wanted = TRY(fill_in(check.value, variables));
  if (!got)
    return fail(Code::invalid, "{} is not there; the answer was {} {}", what, outcome.status, shortened(outcome.text));
  if (TRY(holds(*got, check.op, wanted))) return {};
  bool is_code = check.subject == "status" || check.subject == "exit";
  std::string also = is_code ? outcome.text + outcome.error_text : outcome.error_text;
  return fail(Code::invalid, "{}: expected {} {}, found {}{}", what, check.op, wanted, shortened(json::serialize(*got)),
              also.empty() ? "" : "; it said " + shortened(also));
}

Result<std::string> take_capture(const Capture& capture, const Outcome& outcome) {
  if (!capture.header.empty()) {
    std::optional<std::string_view> value = outcome.headers.find(capture.header);
    if (!value) return fail(Code::invalid, "there is no header {}", capture.header);
    return std::string(*value);
  }
  Result<json::Value> document = json::parse(outcome.text);
  if (!document) return fail(Code::invalid, "the answer is not JSON: {}", shortened(outcome.text));
  const json::Value* found = TRY(find_path(*document, capture.path));
  if (!found) return fail(Code::invalid, "{} is not there: {}", capture.path, shortened(outcome.text));
  return found->is_string() ? std::string(text_of(*found)) : json::serialize(*found);
}

}  // namespace cairn::test

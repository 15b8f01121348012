// A scenario file taken apart. README.md describes the format. Pure.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::test {

/// `=> json $.title == "Sign in first"`.
struct Check {
  int line = 0;
  std::string subject;  ///< status, header, json, text, exit, out, err
  std::string name;     ///< A header's name or a JSON path.
  std::string op;       ///< == != < <= > >= contains lacks matches near length exists absent
  std::string value;    ///< JSON, before variables are filled in; empty for exists and absent.
};

/// `=> let id = $.order.id`.
struct Capture {
  int line = 0;
  std::string variable;
  std::string header;  ///< From this header, or
  std::string path;    ///< from this place in the JSON.
};

struct Step {
  enum class Kind { request, as, cli, file, let, key, restart, stop, kill, nowhere, somewhere };
  Kind kind = Kind::request;
  int line = 0;
  bool is_repeated = false;        ///< After `eventually`: tried until its checks hold.
  std::string method;              ///< Of a request.
  std::string target;              ///< Of a request; the whole command of `cli`; the name for file, let; a text.
  std::vector<std::string> words;  ///< What follows `as` and `key`.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;       ///< Of a request or file; the value of let.
  std::string body_file;  ///< Of a request whose body is a file.
  std::vector<Check> checks;
  std::vector<Capture> captures;
};

struct Scenario {
  std::string title;  ///< The first comment.
  std::string only;   ///< `embedded`, `postgres`, or empty for both.
  std::vector<Step> steps;
};

/// Error invalid: `line 12: …`.
Result<Scenario> parse_scenario(std::string_view text);

using Variables = std::map<std::string, std::string, std::less<>>;
/// Replaces every `{name}`, where name is lower case letters, digits and `_`. Error invalid: no such variable.
Result<std::string> fill_in(std::string_view text, const Variables& variables);

/// `import olist 'a b' "c"` → four words.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace cairn::test

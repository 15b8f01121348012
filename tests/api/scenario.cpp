#include "api/scenario.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace cairn::test {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
constexpr std::array<std::string_view, 11> kOps{"==",       "!=",    "<=",      ">=",   "<",     ">",
                                                "contains", "lacks", "matches", "near", "length"};

template <size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

/// Cuts the first word off `text`.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  size_t end = std::min(text.find(' '), text.size());
  std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

bool is_name(std::string_view text) {
  auto is_name_char = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_char) && !(text[0] >= '0' && text[0] <= '9');
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lines_(split(text, '\n')) {}

  Result<Scenario> parse() {
    for (; at_ < lines_.size(); ++at_) {
      std::string_view line = trim(lines_[at_]);
      if (line.empty()) continue;
      if (line.starts_with("#")) take_comment(line);
      else TRY(parse_line(line));
    }
    if (is_repeated_) return error("eventually must stand before a request or a command");
    if (scenario_.steps.empty()) return error("there is no step in this file");
    return std::move(scenario_);
  }

 private:
  template <class... Args>
  tl::unexpected<Error> error(fmt::format_string<Args...> text, Args&&... args) const {
    return fail(Code::invalid, "line {}: {}", std::min(at_ + 1, lines_.size()),
                fmt::format(text, std::forward<Args>(args)...));
  }

  int line_number() const { return static_cast<int>(at_) + 1; }

  Result<std::vector<std::string>> words_of(std::string_view rest) const {
    Result<std::vector<std::string>> words = split_words(rest);
    if (!words) return error("{}", words.error().message);
    return words;
  }

  void take_comment(std::string_view line) {
    if (scenario_.title.empty() && scenario_.steps.empty()) scenario_.title = trim(line.substr(1));
  }

  Step& add(Step::Kind kind) {
    Step& step = scenario_.steps.emplace_back();
    step.kind = kind;
    step.line = line_number();
    step.is_repeated = std::exchange(is_repeated_, false);
    return step;
  }

  Result<void> parse_line(std::string_view line) {
    if (line.starts_with("=>")) return parse_expectation(trim(line.substr(2)));
    std::string_view rest = line;
    std::string_view word = take_word(rest);
    if (is_one_of(word, kMethods)) return parse_request(word, rest);
    if (word == "cli") return parse_cli(rest);
    if (is_repeated_) return error("eventually must stand before a request or a command");
    if (word == "as" || word == "key") return parse_who(word, rest);
    if (word == "let") return parse_let(rest);
    if (word == "file") return parse_file(rest);
    if (word == "nowhere" || word == "somewhere") {
      if (rest.empty()) return error("{} TEXT", word);
      add(word == "nowhere" ? Step::Kind::nowhere : Step::Kind::somewhere).target = rest;
      return {};
    }
    return parse_bare(word, rest);
  }

  Result<void> parse_bare(std::string_view word, std::string_view rest) {
    if (word == "only") {
      if (!scenario_.steps.empty()) return error("only must stand before the first step");
      if (rest != "embedded" && rest != "postgres") return error("only embedded, or only postgres");
      scenario_.only = rest;
      return {};
    }
    if (!rest.empty()) return error("\"{}\" is no step; see README.md", word);
    if (word == "eventually") is_repeated_ = true;
    else if (word == "restart") add(Step::Kind::restart);
    else if (word == "stop") add(Step::Kind::stop);
    else if (word == "kill") add(Step::Kind::kill);
    else return error("\"{}\" is no step; see README.md", word);
    return {};
  }

  Result<void> parse_who(std::string_view word, std::string_view rest) {
    std::vector<std::string> words = TRY(words_of(rest));
    bool is_good = word == "key" ? words.size() >= 2 && is_name(words[0])
                                 : (words.size() == 1 && (words[0] == "guest" || words[0] == "owner")) ||
                                       (words.size() == 2 && words[0] == "key" && is_name(words[1]));
    if (!is_good) return error("as guest, as owner, as key NAME; or key NAME SCOPE…");
    add(word == "key" ? Step::Kind::key : Step::Kind::as).words = std::move(words);
    return {};
  }

  Result<void> parse_let(std::string_view rest) {
    std::string_view name = take_word(rest);
    if (!is_name(name) || take_word(rest) != "=") return error("let name = value");
    Step& step = add(Step::Kind::let);
    step.target = name;
    step.body = rest;
    return {};
  }

  Result<void> parse_file(std::string_view rest) {
    if (rest.empty() || rest.find('/') != std::string_view::npos) return error("file NAME, without a directory");
    Step& step = add(Step::Kind::file);
    step.target = rest;
    take_piped(step.body);
    // A text file ends with a line end.
    if (!step.body.empty()) step.body += '\n';
    return {};
  }

  Result<void> parse_cli(std::string_view rest) {
    TRY(words_of(rest));
    if (rest.empty()) return error("cli COMMAND…");
    add(Step::Kind::cli).target = rest;
    return {};
  }

  Result<void> parse_request(std::string_view method, std::string_view target) {
    if (!target.starts_with("/") && !target.starts_with("{")) return error("{} /path", method);
    if (target.find(' ') != std::string_view::npos) return error("a space in a path is written %20");
    Step& step = add(Step::Kind::request);
    step.method = method;
    step.target = target;
    take_headers(step);
    take_body(step);
    return {};
  }

  std::string_view next_line() const { return at_ + 1 < lines_.size() ? trim(lines_[at_ + 1]) : std::string_view(); }

  void take_headers(Step& step) {
    for (;;) {
      std::string_view line = next_line();
      size_t colon = line.find(": ");
      if (colon == std::string_view::npos || line.find_first_of(" |{[@=#") < colon) return;
      step.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 2)));
      ++at_;
    }
  }

  /// Lines after `|`, joined by line ends, without one at the end.
  void take_piped(std::string& out) {
    for (bool is_first = true; next_line().starts_with("|"); is_first = false, ++at_) {
      std::string_view line = next_line().substr(1);
      if (!is_first) out += '\n';
      out += line.starts_with(" ") ? line.substr(1) : line;
    }
  }

  void take_body(Step& step) {
    std::string_view line = next_line();
    if (line.starts_with("@")) {
      step.body_file = trim(line.substr(1));
      ++at_;
    } else if (line.starts_with("|")) {
      take_piped(step.body);
    } else if (line.starts_with("{") || line.starts_with("[")) {
      for (; !next_line().empty() && !next_line().starts_with("=>"); ++at_) {
        if (!step.body.empty()) step.body += '\n';
        step.body += next_line();
      }
    }
  }

  Result<void> parse_expectation(std::string_view text) {
    if (scenario_.steps.empty() || is_repeated_) return error("an expectation stands after its request");
    Step& step = scenario_.steps.back();
    if (step.kind != Step::Kind::request && step.kind != Step::Kind::cli)
      return error("an expectation stands after a request or a command");
    std::string_view rest = text;
    std::string_view subject = take_word(rest);
    if (subject == "let") return parse_capture(step, rest);
    Check check;
    check.line = line_number();
    check.subject = subject;
    if (is_number(subject)) {
      check.subject = "status";
      check.op = "==";
      check.value = subject;
      if (!rest.empty()) return error("after a status there is nothing more");
    } else if (subject == "exit" && is_number(rest)) {
      check.op = "==";
      check.value = rest;
    } else {
      TRY(parse_comparison(check, rest));
    }
    step.checks.push_back(std::move(check));
    return {};
  }

  Result<void> parse_comparison(Check& check, std::string_view rest) {
    static constexpr std::array<std::string_view, 7> kSubjects{"status", "header", "json", "text",
                                                               "exit",   "out",    "err"};
    if (!is_one_of(check.subject, kSubjects)) return error("\"{}\" is nothing to expect; see README.md", check.subject);
    if (check.subject == "header" || check.subject == "json") check.name = take_word(rest);
    if (check.subject == "json" && !check.name.starts_with("$")) return error("a JSON path starts with $");
    check.op = take_word(rest);
    if (check.op == "exists" || check.op == "absent") {
      if (check.name.empty() || !rest.empty())
        return error("{} takes a header or a JSON path and nothing more", check.op);
      return {};
    }
    if (!is_one_of(std::string_view(check.op), kOps)) return error("\"{}\" is no comparison; see README.md", check.op);
    if (rest.empty()) return error("{} what?", check.op);
    check.value = rest;
    return {};
  }

  Result<void> parse_capture(Step& step, std::string_view rest) {
    Capture capture;
    capture.line = line_number();
    capture.variable = take_word(rest);
    bool has_equals = take_word(rest) == "=";
    std::string_view from = take_word(rest);
    if (from == "header") capture.header = take_word(rest);
    else if (from.starts_with("$")) capture.path = from;
    if (!is_name(capture.variable) || !has_equals || !rest.empty() || (capture.header.empty() && capture.path.empty()))
      return error("let name = $.path, or let name = header Name");
    step.captures.push_back(std::move(capture));
    return {};
  }

  std::vector<std::string_view> lines_;
  size_t at_ = 0;
  bool is_repeated_ = false;
  Scenario scenario_;
};

}  // namespace

Result<Scenario> parse_scenario(std::string_view text) { return Parser(text).parse(); }

Result<std::string> fill_in(std::string_view text, const Variables& variables) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
    std::string_view name = end == std::string_view::npos ? "" : text.substr(at + 1, end - at - 1);
    if (!is_name(name)) {
      out += text[at++];
      continue;
    }
    auto variable = variables.find(name);
    if (variable == variables.end()) return fail(Code::invalid, "there is no variable {{{}}}", name);
    out += variable->second;
    at = end + 1;
  }
  return out;
}

Result<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool is_in_word = false;
  char quote = 0;
  for (char c : text) {
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      is_in_word = true;
    } else if (quote == 0 && c == ' ') {
      if (is_in_word) words.push_back(std::exchange(word, {}));
      is_in_word = false;
    } else {
      word += c;
      is_in_word = true;
    }
  }
  if (quote != 0) return fail(Code::invalid, "a quote is not closed");
  if (is_in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace cairn::test

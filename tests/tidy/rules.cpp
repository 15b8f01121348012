#include "tidy/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace cairn::tidy {
namespace {

std::string finding(const Source& file, int line, std::string_view text) {
  return fmt::format("{}:{}: {}", file.path, line, text);
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Offsets of `token` where it is no part of a longer word.
std::vector<size_t> find_token(std::string_view text, std::string_view token) {
  std::vector<size_t> out;
  for (size_t at = text.find(token); at != text.npos; at = text.find(token, at + 1)) {
    size_t end = at + token.size();
    bool joined_before = is_word(token.front()) && at > 0 && is_word(text[at - 1]);
    bool joined_after = is_word(token.back()) && end < text.size() && is_word(text[end]);
    if (!joined_before && !joined_after) out.push_back(at);
  }
  return out;
}

struct Owner {
  std::string_view header;                ///< a whole name, or a prefix that ends in `/`
  std::vector<std::string_view> folders;  ///< `*` is every folder
};

const std::vector<Owner>& owners() {
  static const std::vector<Owner> table = {
      {"fmt/", {"*"}},
      {"tl/", {"*"}},
      {"date/", {"base"}},
      {"boost/json/", {"json"}},
      {"boost/json.hpp", {"json"}},
      {"boost/describe/", {"json"}},
      {"boost/describe.hpp", {"json"}},
      {"boost/mp11/", {"json"}},
      {"boost/mp11.hpp", {"json"}},
      {"boost/asio/", {"http"}},
      {"boost/asio.hpp", {"http"}},
      {"boost/beast/", {"http"}},
      {"boost/beast.hpp", {"http"}},
      {"boost/url/", {"http"}},
      {"boost/url.hpp", {"http"}},
      {"boost/system/", {"http", "json"}},
      {"zlib.h", {"http"}},
      {"sodium.h", {"crypto"}},
      {"re2/", {"people"}},
      {"sqlite3.h", {"db"}},
      {"libpq-fe.h", {"db"}},
      {"CLI/", {"app"}},
      // The machine: base holds it all but sockets, and what a terminal needs.
      {"sys/ioctl.h", {"base", "app"}},
      {"sched.h", {"base"}},
      {"sys/resource.h", {"base", "app"}},
      {"sys/socket.h", {"base", "http"}},
      {"sys/stat.h", {"base", "http"}},
      {"sys/un.h", {"base", "http"}},
      {"sys/", {"base"}},
      {"netinet/", {"base", "http"}},
      {"arpa/", {"base", "http"}},
      {"poll.h", {"base", "http"}},
      {"fcntl.h", {"base", "http"}},
      {"unistd.h", {"base", "http", "db", "app"}},
      {"strings.h", {"base", "http"}},
      {"csignal", {"base", "app"}},
      {"signal.h", {"base", "app"}},
      {"termios.h", {"base", "app"}},
      {"dirent.h", {"base"}},
      {"pthread.h", {"base"}},
  };
  return table;
}

struct Ban {
  std::string_view token;  ///< `<thread>` for an include, else a word or words of code
  std::string_view instead;
  std::vector<std::string_view> allowed;  ///< folders; `tests` is every test
};

const std::vector<Ban>& bans() {
  static const std::vector<Ban> table = {
      {"<thread>", "base/executor.h", {"base"}},
      {"<future>", "base/executor.h", {"base"}},
      {"<condition_variable>", "a Signal or a Queue of base/executor.h", {"base"}},
      {"<semaphore>", "base/executor.h", {"base"}},
      {"<latch>", "base/executor.h", {"base"}},
      {"<barrier>", "base/executor.h", {"base"}},
      {"<coroutine>", "callbacks: the compiler miscompiles coroutines", {}},
      {"<fstream>", "base/file.h", {"base"}},
      {"<filesystem>", "base/file.h", {"base"}},
      {"<random>", "base/random.h", {"base"}},
      {"<iostream>", "fmt, and base/log.h", {"app"}},
      {"<regex>", "a hand-written parser: std::regex overflows the stack on long input", {"tests"}},
      {"<ctime>", "base/time.h and base/clock.h", {"base"}},
      {"std::thread", "Executor::start", {"base"}},
      {"std::jthread", "Executor::start", {"base"}},
      {"std::async", "Executor", {"base"}},
      {"thread_local", "a value handed down", {"base", "db"}},
      {"system_clock::", "World::clock", {"base"}},
      {"steady_clock::now", "Clock::elapsed", {"base"}},
      {"high_resolution_clock", "Clock::elapsed", {}},
      {"gettimeofday", "World::clock", {"base"}},
      {"clock_gettime", "World::clock", {"base"}},
      {"time(nullptr)", "World::clock", {"base"}},
      {"time(NULL)", "World::clock", {"base"}},
      {"sleep_for", "Queue::post_after", {"base"}},
      {"usleep", "Queue::post_after", {"base"}},
      {"getenv", "an option that app reads", {"app", "tests"}},
      {"rand()", "Random", {}},
      {"srand", "Random", {}},
      {"random_device", "World::entropy", {"base"}},
      {"mt19937", "Random", {}},
      {"fopen", "World::files", {"base"}},
      {"throw", "a Result, or CHECK", {"tests"}},
      {"co_await", "callbacks", {}},
      {"co_return", "callbacks", {}},
      {"assert(", "CHECK, which is on in release", {}},
      {"using namespace std;", "the names written out", {}},
      {"std::endl", "'\\n'", {}},
  };
  return table;
}

/// Whether what stands between a comma and a call can only be the beginning of an element: `.field =` and a name.
bool is_element(std::string_view text) {
  text = trim(text);
  size_t equals = text.find('=');
  if (text.starts_with('.') && equals != text.npos) text = trim(text.substr(equals + 1));
  return std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == ':' || c == '.'; });
}

/// Whether the brace at `at` opens statements: a value's follows its type at once, or one of a few signs.
bool is_block(std::string_view code, size_t at) {
  if (at == 0 || (code[at - 1] != ' ' && code[at - 1] != '\n')) return at > 0 && code[at - 1] == ')';
  std::string_view before = trim(code.substr(0, at));
  return !before.ends_with("return") && (before.empty() || std::string_view("=,({").find(before.back()) == before.npos);
}

/// Whether the code at `at` belongs to an element of a braced list that has others before it.
bool follows_an_element(std::string_view code, size_t at) {
  int depth = 0;
  size_t comma = code.npos;  // the nearest before `at`, inside the same bracket
  for (size_t i = at; i-- > 0;) {
    char c = code[i];
    if (c == ')' || c == '}' || c == ']') ++depth;
    if (depth == 0 && c == ';') return false;
    if (depth == 0 && c == ',' && comma == code.npos) comma = i;
    if (c != '(' && c != '{' && c != '[') continue;
    if (--depth >= 0) continue;
    if (c == '{' && is_block(code, i)) return false;
    if (c == '{' && comma != code.npos && is_element(code.substr(comma + 1, at - comma - 1))) return true;
    depth = 0, comma = code.npos, at = i;  // outwards
  }
  return false;
}

bool owns(const std::vector<std::string_view>& folders, std::string_view folder) {
  return std::any_of(folders.begin(), folders.end(), [&](std::string_view f) { return f == "*" || f == folder; });
}

/// Standard C++ headers have no slash and no dot.
bool is_standard(std::string_view header) { return header.find_first_of("/.") == header.npos; }

const Owner* owner_of(std::string_view header) {
  for (const Owner& owner : owners())
    if (owner.header.ends_with('/') ? header.starts_with(owner.header) : header == owner.header) return &owner;
  return nullptr;
}

}  // namespace

Modules parse_modules(std::string_view text) {
  Modules out;
  int number = 0;
  for (std::string_view line : lines_of(text)) {
    ++number;
    auto wrong = [&](std::string_view what) {
      out.findings.push_back(fmt::format("src/modules.txt:{}: {}", number, what));
    };
    if (trim(line).empty() || line.starts_with('#')) continue;
    size_t colon = line.find(':');
    if (colon == line.npos || colon == 0) {
      wrong("not a line `folder: folders`");
      continue;
    }
    std::string name(trim(line.substr(0, colon)));
    std::set<std::string> may;
    for (std::string_view word : split(line.substr(colon + 1), ' ')) {
      if (trim(word).empty()) continue;
      if (!out.edges.contains(std::string(trim(word)))) wrong(fmt::format("'{}' is not above '{}'", trim(word), name));
      may.emplace(trim(word));
    }
    if (!out.edges.emplace(name, may).second) wrong(fmt::format("'{}' is named twice", name));
  }
  return out;
}

Findings check_edges(const Source& file, const Modules& modules) {
  Findings out;
  std::string module = module_of(file);
  if (module.empty()) return out;
  auto known = modules.edges.find(module);
  if (known == modules.edges.end()) return {finding(file, 1, "src/" + module + " has no line in src/modules.txt")};
  for (const Include& include : includes_of(file.text)) {
    if (!include.quoted) continue;
    std::string target = include.name.substr(0, include.name.find('/'));
    if (target == include.name)
      out.push_back(finding(file, include.line, "write the include from src/: \"" + module + "/" + target + '"'));
    else if (is_test(file) && target == "support") continue;
    else if (target != module && !known->second.contains(target))
      out.push_back(finding(file, include.line, module + " may not include " + target + "; see src/modules.txt"));
  }
  return out;
}

Findings check_third_party(const Source& file) {
  Findings out;
  std::string module = module_of(file);
  if (module.empty()) return out;
  for (const Include& include : includes_of(file.text)) {
    if (include.quoted) continue;
    bool testing = include.name.starts_with("gtest/") || include.name.starts_with("gmock/");
    if (testing && is_test(file)) continue;
    const Owner* owner = owner_of(include.name);
    if (!owner && is_standard(include.name)) continue;
    if (!owner || testing)
      out.push_back(
          finding(file, include.line, "<" + include.name + "> has no owner here; name one in tests/tidy/rules.cpp"));
    else if (!owns(owner->folders, module))
      out.push_back(finding(file, include.line,
                            fmt::format("<{}> belongs to {} alone", include.name, fmt::join(owner->folders, ", "))));
  }
  return out;
}

Findings check_banned(const Source& file) {
  Findings out;
  std::string module = module_of(file);
  if (module.empty()) return out;
  std::string code = code_of(file.text);
  std::vector<Include> includes = includes_of(file.text);
  for (const Ban& ban : bans()) {
    if (owns(ban.allowed, module) || (is_test(file) && owns(ban.allowed, "tests"))) continue;
    auto found = [&](int line) {
      out.push_back(finding(file, line, fmt::format("no {}; use {}", ban.token, ban.instead)));
    };
    if (ban.token.starts_with('<')) {
      for (const Include& include : includes)
        if ("<" + include.name + ">" == ban.token) found(include.line);
    } else {
      for (size_t at : find_token(code, ban.token)) found(line_at(code, at));
    }
  }
  return out;
}

Findings check_try(const Source& file) {
  Findings out;
  std::string code = code_of(file.text);
  for (size_t at : find_token(code, "TRY("))
    if (follows_an_element(code, at))
      out.push_back(
          finding(file, line_at(code, at), "TRY inside a braced list leaks the elements before it; give it a line"));
  return out;
}

Findings check_include_cycles(const std::vector<Source>& files) {
  Findings out;
  std::map<std::string, const Source*> by_name;
  for (const Source& file : files)
    if (file.path.starts_with("src/")) by_name[file.path.substr(4)] = &file;
  std::map<std::string, int> state;  // 1: being visited, 2: done
  std::function<void(const std::string&)> visit = [&](const std::string& name) {
    auto file = by_name.find(name);
    if (file == by_name.end() || state[name] == 2) return;
    state[name] = 1;
    for (const Include& include : includes_of(file->second->text)) {
      if (!include.quoted) continue;
      if (state[include.name] == 1)
        out.push_back(finding(*file->second, include.line, "a cycle: " + include.name + " includes this file"));
      else visit(include.name);
    }
    state[name] = 2;
  };
  for (const auto& [name, file] : by_name) visit(name);
  return out;
}

Findings check_file_length(const Source& file) {
  size_t lines = lines_of(file.text).size();
  if (lines <= kMaxFileLines) return {};
  return {finding(file, kMaxFileLines, fmt::format("{} lines, at most {}; split the file", lines, kMaxFileLines))};
}

std::map<std::string, int> parse_ratchet(std::string_view text) {
  std::map<std::string, int> out;
  for (std::string_view line : lines_of(text)) {
    line = trim(line);
    size_t last = line.rfind(' ');
    if (line.empty() || line.starts_with('#') || last == line.npos) continue;
    out[std::string(line.substr(0, last))] = std::atoi(std::string(line.substr(last + 1)).c_str());
  }
  return out;
}

Findings check_function_length(const Source& file, const std::map<std::string, int>& allowed) {
  Findings out;
  for (const Function& function : functions_of(file.text)) {
    auto exception = allowed.find(file.path + " " + function.name);
    int most = exception == allowed.end() ? kMaxFunctionLines : exception->second;
    if (function.lines > most)
      out.push_back(finding(file, function.line,
                            fmt::format("{} has {} lines, at most {}; split it", function.name, function.lines, most)));
  }
  return out;
}

Findings check_ratchet(const std::vector<Source>& files, const std::map<std::string, int>& allowed) {
  std::map<std::string, int> longest;
  for (const Source& file : files)
    for (const Function& function : functions_of(file.text)) {
      int& lines = longest[file.path + " " + function.name];
      lines = std::max(lines, function.lines);
    }
  Findings out;
  for (const auto& [name, most] : allowed) {
    int lines = longest[name];
    if (lines <= kMaxFunctionLines)
      out.push_back(fmt::format("tests/tidy/ratchet.txt: remove '{}': it has {} lines", name, lines));
    else if (lines < most) out.push_back(fmt::format("tests/tidy/ratchet.txt: lower '{}' to {}", name, lines));
  }
  return out;
}

Findings check_lines(const Source& file) {
  Findings out;
  int number = 0;
  for (std::string_view line : lines_of(file.text)) {
    ++number;
    if (line.find('\t') != line.npos) out.push_back(finding(file, number, "a tab; use spaces"));
    if (line.ends_with(' ') || line.ends_with('\r')) out.push_back(finding(file, number, "white space at the end"));
    if (length(line) > kMaxColumns)
      out.push_back(finding(file, number, fmt::format("{} columns, at most {}", length(line), kMaxColumns)));
  }
  if (!file.text.empty() && !file.text.ends_with('\n')) out.push_back(finding(file, number, "no newline at the end"));
  return out;
}

Findings check_header(const Source& file) {
  Findings out;
  if (!is_header(file)) return out;
  if (!file.text.starts_with("// "))
    out.push_back(finding(file, 1, "a header begins with a comment that says what it is for"));
  std::string code = code_of(file.text);
  if (!trim(code).starts_with("#pragma once"))
    out.push_back(finding(file, 1, "`#pragma once` comes first, after the comment"));
  if (code.find("namespace {") != code.npos) out.push_back(finding(file, 1, "no unnamed namespace in a header"));
  for (size_t at : find_token(code, "using namespace"))
    out.push_back(finding(file, line_at(code, at), "no using namespace in a header"));
  return out;
}

Findings check_unfinished(const Source& file) {
  Findings out;
  // Written apart, or this file would find itself.
  for (std::string_view mark : {"TO"
                                "DO",
                                "FIX"
                                "ME",
                                "HA"
                                "CK",
                                "not "
                                "implemented",
                                "un"
                                "implemented",
                                "to be "
                                "done"})
    for (size_t at : find_token(file.text, mark))
      out.push_back(finding(file, line_at(file.text, at), fmt::format("'{}': finish it, or leave it out", mark)));
  return out;
}

Findings check_places(const Source& file) {
  Findings out;
  for (std::string_view place : {"registry.npm"
                                 "js",
                                 "regi"
                                 "stry.yarnpkg",
                                 "deb.debi"
                                 "an.org",
                                 "/wo"
                                 "rk/",
                                 "/ro"
                                 "ot/",
                                 "/ho"
                                 "me/"})
    for (size_t at = file.text.find(place); at != std::string::npos; at = file.text.find(place, at + 1)) {
      bool inside = at > 0 && place.front() == '/' && (is_word(file.text[at - 1]) || file.text[at - 1] == '.');
      if (!inside)
        out.push_back(finding(file, line_at(file.text, at),
                              fmt::format("'{}': name no registry and no path of a machine", place)));
    }
  return out;
}

}  // namespace cairn::tidy

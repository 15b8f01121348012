#include "tidy/source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"

namespace cairn::tidy {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Where the literal or comment that begins at `at` ends (the offset after it), or `at` when none begins there.
size_t end_of_blank(std::string_view text, size_t at) {
  std::string_view rest = text.substr(at);
  auto after = [&](std::string_view end, size_t from) {
    size_t found = text.find(end, from);
    return found == text.npos ? text.size() : found + end.size();
  };
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return after("*/", at + 2);
  bool word_before = at > 0 && is_word(text[at - 1]);
  if (rest.starts_with("R\"") && !word_before) {
    std::string_view mark = rest.substr(2, rest.find('(') - 2);
    return after(")" + std::string(mark) + "\"", at);
  }
  char quote = rest[0];
  if (quote != '"' && (quote != '\'' || word_before)) return at;  // 1'000 is a number
  for (size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') ++i;
    else if (text[i] == quote) return i + 1;
  }
  return at + 1;
}

void blank(std::string& text, size_t from, size_t to) {
  for (size_t i = from; i < to; ++i)
    if (text[i] != '\n') text[i] = ' ';
}

/// The code without preprocessor lines, which may hold half a brace pair.
std::string without_directives(std::string code) {
  for (size_t at = 0; at < code.size();) {
    size_t end = std::min(code.find('\n', at), code.size());
    size_t first = code.find_first_not_of(" \t", at);
    if (first < end && code[first] == '#') {
      while (end < code.size() && code[end - 1] == '\\') end = std::min(code.find('\n', end + 1), code.size());
      blank(code, at, end);
    }
    at = end + 1;
  }
  return code;
}

/// `head` without a leading `template <…>`.
std::string_view without_template(std::string_view head) {
  while (head.starts_with("template")) {
    int depth = 0;
    size_t i = head.find('<');
    if (i == head.npos) return head;
    for (; i < head.size(); ++i) {
      if (head[i] == '<') ++depth;
      if (head[i] == '>' && --depth == 0) break;
    }
    head = trim(head.substr(std::min(i + 1, head.size())));
  }
  return head;
}

enum class Brace { scope, function, value };

/// What the brace after `head` opens, at namespace or class scope.
Brace kind_of(std::string_view head) {
  head = without_template(trim(head));
  for (std::string_view word : {"namespace", "class", "struct", "union", "enum", "extern", "inline namespace"})
    if (head.starts_with(word) && (head.size() == word.size() || !is_word(head[word.size()]))) return Brace::scope;
  bool assigned = head.ends_with('=') || head.ends_with(',') || head.ends_with('(');
  return assigned || head.find('(') == head.npos ? Brace::value : Brace::function;
}

/// The identifier before the first parenthesis: `Store::open` of `Result<X> Store::open(int a) const`.
std::string name_in(std::string_view head) {
  head = without_template(trim(head));
  size_t end = head.find('(');
  size_t begin = end;
  while (begin > 0 && (is_word(head[begin - 1]) || head[begin - 1] == ':' || head[begin - 1] == '~')) --begin;
  size_t sign = head.rfind("operator", end);
  if (sign != head.npos) begin = sign;
  if (head.starts_with("TEST")) end = std::min(head.find(')'), head.size() - 1) + 1;  // each test has a name of its own
  return std::string(head.substr(begin, end - begin));
}

/// Walks the code once. `head_` is what stands since the last statement's end at the present scope.
class FunctionScanner {
 public:
  explicit FunctionScanner(std::string code) : code_(std::move(code)) {}

  std::vector<Function> run() {
    for (size_t i = 0; i < code_.size(); ++i) {
      char c = code_[i];
      if (c == '{') open(i);
      else if (c == '}') close(i);
      else if (c == ';' && parens_ == 0 && inside_ == 0) head_ = i + 1;
      else if (c == '(') ++parens_;
      else if (c == ')' && --parens_ == 0 && inside_ == 0) skip_macro(i);
    }
    return std::move(functions_);
  }

 private:
  void open(size_t at) {
    if (inside_ > 0 || parens_ > 0) {
      ++inside_;
      return;
    }
    std::string_view head = std::string_view(code_).substr(head_, at - head_);
    kind_ = kind_of(head);
    if (kind_ == Brace::scope) head_ = at + 1;
    else inside_ = 1;
  }

  /// A macro called on a line of its own, without a semicolon: the statement ends with it.
  void skip_macro(size_t at) {
    std::string_view head = trim(std::string_view(code_).substr(head_, at - head_));
    std::string_view name = head.substr(0, head.find('('));
    bool shouted = name.find('_') != name.npos &&
                   std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) && (c < 'a' || c > 'z'); });
    size_t next = code_.find_first_not_of(" \n", at + 1);
    if (shouted && next != code_.npos && code_[next] != '{') head_ = at + 1;
  }

  void close(size_t at) {
    if (inside_ == 0) {  // the end of a class or namespace
      head_ = at + 1;
      return;
    }
    if (--inside_ > 0 || parens_ > 0) return;
    size_t next = code_.find_first_not_of(" \n", at + 1);
    char follows = next == code_.npos ? ';' : code_[next];
    if (kind_ == Brace::value || follows == ',' || follows == '{') return;  // a value, or a constructor's initialisers
    size_t begin = code_.find_first_not_of(" \n", head_);
    int line = line_at(code_, begin);
    functions_.push_back(
        {name_in(std::string_view(code_).substr(head_, at - head_)), line, line_at(code_, at) - line + 1});
    head_ = at + 1;
  }

  std::string code_;
  std::vector<Function> functions_;
  size_t head_ = 0;
  int parens_ = 0;
  int inside_ = 0;  ///< open braces that are no scope
  Brace kind_ = Brace::scope;
};

}  // namespace

std::string code_of(std::string_view text) {
  std::string out(text);
  for (size_t i = 0; i < text.size();) {
    size_t end = end_of_blank(text, i);
    if (end == i) {
      ++i;
      continue;
    }
    bool literal = text[i] != '/' && end > i + 1;
    blank(out, literal ? i + 1 : i, literal ? end - 1 : end);
    if (text[i] == 'R') out[i] = ' ', out[i + 1] = '"';
    i = end;
  }
  return out;
}

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> out;
  std::string code = code_of(text);
  std::vector<std::string_view> code_lines = lines_of(code);
  std::vector<std::string_view> lines = lines_of(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!trim(code_lines[i]).starts_with("#include")) continue;
    size_t begin = lines[i].find_first_of("<\"");
    if (begin == std::string_view::npos) continue;
    size_t end = lines[i].find_first_of(">\"", begin + 1);
    out.push_back(
        {static_cast<int>(i) + 1, std::string(lines[i].substr(begin + 1, end - begin - 1)), lines[i][begin] == '"'});
  }
  return out;
}

std::vector<Function> functions_of(std::string_view text) {
  return FunctionScanner(without_directives(code_of(text))).run();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return split(text, '\n');
}

int line_at(std::string_view text, size_t offset) {
  std::string_view before = text.substr(0, offset);
  return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
}

bool is_header(const Source& file) { return file.path.ends_with(".h"); }

bool is_test(const Source& file) { return file.path.starts_with("tests/") || file.path.ends_with("_test.cpp"); }

std::string module_of(const Source& file) {
  if (!file.path.starts_with("src/")) return "";
  size_t end = file.path.find('/', 4);
  return end == std::string::npos ? "" : file.path.substr(4, end - 4);
}

std::vector<Source> read_tree(const std::string& root, const std::vector<std::string>& folders,
                              const std::vector<std::string>& endings) {
  namespace fs = std::filesystem;
  std::vector<Source> out;
  auto take = [&](const fs::path& path) {
    std::string name = path.string();
    auto ends = [&](const std::string& ending) { return name.ends_with(ending); };
    if (std::none_of(endings.begin(), endings.end(), ends)) return;
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    out.push_back({fs::relative(path, root).string(), text.str()});
  };
  for (const std::string& folder : folders) {
    fs::path top = fs::path(root) / folder;
    if (fs::is_regular_file(top)) take(top);
    if (!fs::is_directory(top)) continue;
    for (auto entry = fs::recursive_directory_iterator(top); entry != fs::recursive_directory_iterator(); ++entry) {
      std::string name = entry->path().filename().string();
      if (name == "node_modules" || name == "dist" || name == "build") entry.disable_recursion_pending();
      else if (entry->is_regular_file()) take(entry->path());
    }
  }
  std::sort(out.begin(), out.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
  return out;
}

}  // namespace cairn::tidy

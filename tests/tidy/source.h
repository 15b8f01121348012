// Reads C++ just well enough for house rules: code without comments and strings, includes, functions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace cairn::tidy {

struct Source {
  std::string path;  ///< below the root: `src/db/session.cpp`
  std::string text;
};

struct Include {
  int line = 0;
  std::string name;  ///< `db/session.h`, `vector`
  bool quoted = false;
};

struct Function {
  std::string name;
  int line = 0;   ///< where its declaration begins
  int lines = 0;  ///< up to its closing brace
};

/// The same text with comments, and what stands inside string and character literals, as spaces; newlines stay.
std::string code_of(std::string_view text);
std::vector<Include> includes_of(std::string_view text);
/// Every function with a body, not lambdas: they count for the function around them.
std::vector<Function> functions_of(std::string_view text);
std::vector<std::string_view> lines_of(std::string_view text);
/// The line of a byte, from 1.
int line_at(std::string_view text, size_t offset);

bool is_header(const Source& file);
bool is_test(const Source& file);
/// `db` for a file below src/db, else empty.
std::string module_of(const Source& file);

/// Files below the given folders or files of `root` whose names end in one of `endings`, sorted by path. Skips what is
/// built or fetched: build, dist, node_modules.
std::vector<Source> read_tree(const std::string& root, const std::vector<std::string>& folders,
                              const std::vector<std::string>& endings);

}  // namespace cairn::tidy

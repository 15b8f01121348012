// The house rules. Each returns what is wrong, one line a finding: `path:line: what; what to do`.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tidy/source.h"

namespace cairn::tidy {

using Findings = std::vector<std::string>;

/// src/modules.txt: each folder and those that it may include.
struct Modules {
  std::map<std::string, std::set<std::string>> edges;
  Findings findings;  ///< a line that is none, a folder named twice, or one that is not above
};
Modules parse_modules(std::string_view text);

/// Every `#include "x/…"` is an edge of modules.txt (tests may include tests/ too).
Findings check_edges(const Source& file, const Modules& modules);
/// Headers of other people only in the folder that owns them; an unknown one has no owner yet.
Findings check_third_party(const Source& file);
/// Threads, files, clock, chance, environment only through base; no exceptions, no coroutines.
Findings check_banned(const Source& file);
/// No TRY behind another element of a braced list: g++ 12 never destroys the elements before it when TRY returns.
Findings check_try(const Source& file);
/// No file includes itself by way of others.
Findings check_include_cycles(const std::vector<Source>& files);

inline constexpr int kMaxFileLines = 800;
inline constexpr int kMaxFunctionLines = 70;
inline constexpr int kMaxColumns = 120;
Findings check_file_length(const Source& file);
/// `allowed` is tests/tidy/ratchet.txt: `path name` and how many lines that function may have.
Findings check_function_length(const Source& file, const std::map<std::string, int>& allowed);
/// What ratchet.txt still allows although it is no longer needed.
Findings check_ratchet(const std::vector<Source>& files, const std::map<std::string, int>& allowed);
std::map<std::string, int> parse_ratchet(std::string_view text);

/// No tabs, no white space at the end of a line, no more than kMaxColumns, a newline at the end.
Findings check_lines(const Source& file);
/// A header begins with a comment that says what it is for, then `#pragma once`.
Findings check_header(const Source& file);
/// No marks of unfinished work.
Findings check_unfinished(const Source& file);
/// No package registry's host, no path of somebody's machine.
Findings check_places(const Source& file);

}  // namespace cairn::tidy

// The page of the query language shows commands with what they print: each is run on the shop that it names.
#include <gtest/gtest.h>

#include <cstdlib>

#include "api/process.h"
#include "api/scenario.h"
#include "base/file.h"
#include "base/text.h"
#include "support/temp_dir.h"

namespace cairn::test {
namespace {

constexpr Duration kLimit = seconds(60);

/// One `$ cairn …` of the page and what stands below it, up to the next or the end of the block.
struct Shown {
  std::string command;
  std::string out;
};

struct Page {
  std::vector<std::string> lines;
  /// Of each shown command, [first, last) of the lines of what it prints.
  std::vector<std::pair<size_t, size_t>> ranges;
  std::vector<Shown> shown;
};

std::string joined(const std::vector<std::string>& lines, size_t first, size_t last) {
  std::string out;
  for (size_t i = first; i < last; ++i) out += lines[i] + "\n";
  return out;
}

Page read_page(std::string_view text) {
  Page page;
  for (std::string_view line : split(text, '\n')) page.lines.emplace_back(line);
  bool inside = false;
  for (size_t i = 0; i < page.lines.size(); ++i) {
    std::string_view line = page.lines[i];
    if (line.starts_with("```")) inside = line == "```console";
    if (!inside || !line.starts_with("$ cairn ")) continue;
    std::string command(line.substr(8));
    while (command.ends_with("\\")) {
      command.pop_back();
      command += trim(page.lines[++i]);
    }
    size_t last = i + 1;
    while (!page.lines[last].starts_with("```") && !page.lines[last].starts_with("$ ")) ++last;
    page.ranges.emplace_back(i + 1, last);
    page.shown.push_back({command, joined(page.lines, i + 1, last)});
  }
  return page;
}

/// Customers' ids are by chance, so another shop has others. A line break at the end says nothing.
std::string masked(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end - i >= 12) out += "#";
    else out += text.substr(i, std::max<size_t>(end - i, 1));
    i = std::max(end, i + 1);
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string run(const std::string& command, const Environment& environment) {
  auto words = split_words(command);
  EXPECT_TRUE(words) << command;
  auto finished = run_program(*words, environment, kLimit);
  EXPECT_TRUE(finished) << command;
  EXPECT_EQ(finished->exit_code, 0) << command << "\n" << finished->err;
  return finished->out;
}

TEST(QueryPage, PrintsWhatTheCommandsPrint) {
  if (program_path().empty()) GTEST_SKIP() << "there is no cairn program; build it or set CAIRN_BIN";
  std::string path = join_path(CAIRN_SOURCE_DIR, "docs/reference/query.md");
  Page page = read_page(system_files().read(path).value());
  ASSERT_GE(page.shown.size(), 11u) << "a shop and ten questions";
  TempDir directory;
  Environment environment{{{"CAIRN_DATA", directory / "shop"}, {"CAIRN_STORE", ""}}};
  ASSERT_TRUE(page.shown[0].command.starts_with("demo ")) << page.shown[0].command;
  run(page.shown[0].command, environment);
  std::vector<std::string> made;
  for (size_t i = 1; i < page.shown.size(); ++i) made.push_back(run(page.shown[i].command, environment));
  if (std::getenv("CAIRN_WRITE_REFERENCE")) {
    for (size_t i = made.size(); i-- > 0;) {
      auto [first, last] = page.ranges[i + 1];
      std::string text(trim(made[i]));
      auto at = [&](size_t line) { return page.lines.begin() + static_cast<std::ptrdiff_t>(line); };
      page.lines.erase(at(first), at(last));
      std::vector<std::string> lines;
      for (std::string_view line : split(text, '\n')) lines.emplace_back(line);
      page.lines.insert(at(first), lines.begin(), lines.end());
    }
    std::string text = joined(page.lines, 0, page.lines.size());
    text.pop_back();
    ASSERT_TRUE(system_files().write(path, text));
    return;
  }
  for (size_t i = 0; i < made.size(); ++i)
    EXPECT_EQ(masked(made[i]), masked(page.shown[i + 1].out))
        << page.shown[i + 1].command << "\nwrite the page anew with CAIRN_WRITE_REFERENCE=1 api_test "
        << "--gtest_filter=QueryPage.*";
}

}  // namespace
}  // namespace cairn::test

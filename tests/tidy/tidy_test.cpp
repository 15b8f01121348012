// Runs the rules over the tree. scanner_test.cpp shows that each can fail.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "tidy/rules.h"

namespace cairn::tidy {
namespace {

const std::string kRoot = CAIRN_SOURCE_DIR;

/// The sources of the program and of its tests, read once.
const std::vector<Source>& sources() {
  static const std::vector<Source> files = read_tree(kRoot, {"src", "tests"}, {".cpp", ".h"});
  return files;
}

/// Everything that people read or run.
const std::vector<Source>& all_texts() {
  static const std::vector<Source> files = read_tree(
      kRoot, {"src", "tests", "cmake", "docs", "web", ".ci", "dev", "README.md", "CMakeLists.txt", "CMakePresets.json"},
      {".cpp", ".h", ".sql", ".sh", ".cmake", ".md", ".txt", ".ts", ".tsx", ".css", ".html", ".json", ".test", "dev",
       "run", ".npmrc"});
  return files;
}

void expect_none(const Findings& findings) {
  EXPECT_TRUE(findings.empty()) << fmt::format("{}", fmt::join(findings, "\n"));
}

void expect_none(const std::vector<Source>& files, const std::function<Findings(const Source&)>& rule) {
  ASSERT_GT(files.size(), 40u) << "the tree is not where it should be: " << kRoot;
  Findings all;
  for (const Source& file : files)
    for (std::string& one : rule(file)) all.push_back(std::move(one));
  expect_none(all);
}

std::string read(const std::string& name) { return system_files().read(kRoot + "/" + name).value(); }

TEST(Tidy, ModulesNameOnlyFoldersAbove) { expect_none(parse_modules(read("src/modules.txt")).findings); }

TEST(Tidy, IncludesFollowTheModules) {
  Modules modules = parse_modules(read("src/modules.txt"));
  expect_none(sources(), [&](const Source& file) { return check_edges(file, modules); });
}

TEST(Tidy, NoFileIncludesItself) { expect_none(check_include_cycles(sources())); }

TEST(Tidy, ThirdPartyHeadersStayWithTheirOwner) { expect_none(sources(), check_third_party); }

TEST(Tidy, ThreadsFilesClockAndChanceComeFromBase) { expect_none(sources(), check_banned); }

TEST(Tidy, NoTryInsideABracedList) { expect_none(sources(), check_try); }

TEST(Tidy, FilesAreShort) { expect_none(sources(), check_file_length); }

TEST(Tidy, FunctionsAreShort) {
  std::map<std::string, int> allowed = parse_ratchet(read("tests/tidy/ratchet.txt"));
  expect_none(sources(), [&](const Source& file) { return check_function_length(file, allowed); });
}

TEST(Tidy, TheRatchetOnlyShrinks) {
  constexpr size_t kEntries = 0;  // lower it when a line goes
  std::map<std::string, int> allowed = parse_ratchet(read("tests/tidy/ratchet.txt"));
  EXPECT_LE(allowed.size(), kEntries);
  expect_none(check_ratchet(sources(), allowed));
}

TEST(Tidy, LinesAreClean) { expect_none(sources(), check_lines); }

TEST(Tidy, HeadersSayWhatTheyAreFor) { expect_none(sources(), check_header); }

TEST(Tidy, NothingIsUnfinished) { expect_none(all_texts(), check_unfinished); }

TEST(Tidy, NoRegistriesAndNoMachinePaths) { expect_none(all_texts(), check_places); }

TEST(Tidy, EveryModuleHasAReadme) {
  std::set<std::string> seen;
  Findings missing;
  for (const Source& file : sources()) {
    std::string module = module_of(file);
    if (module.empty() || !seen.insert(module).second) continue;
    if (!system_files().exists(kRoot + "/src/" + module + "/README.md"))
      missing.push_back("src/" + module + " has no README.md (purpose, words, invariants, where to start)");
  }
  expect_none(missing);
  for (const Source& readme : read_tree(kRoot, {"src"}, {"README.md"}))
    EXPECT_LE(lines_of(readme.text).size(), 60u) << readme.path;
}

}  // namespace
}  // namespace cairn::tidy

// What cmake/dev/packages.sh installs on a machine that lacks it. The machine that runs the tests lacks nothing, so
// dpkg-query and apt-get are played here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "base/check.h"

namespace cairn::tidy {
namespace {

/// What `commands` print in bash under ./dev's own settings, after packages.sh is read; "failed" when they fail.
std::string printed(const std::string& commands) {
  const std::string before = "set -euo pipefail; . " CAIRN_SOURCE_DIR "/cmake/dev/packages.sh; ";
  std::FILE* out = ::popen(("bash -c '" + before + commands + "' 2>/dev/null").c_str(), "r");
  CHECK(out != nullptr);
  std::string text;
  std::array<char, 4096> block{};
  for (std::size_t n = 0; (n = std::fread(block.data(), 1, block.size(), out)) > 0;) text.append(block.data(), n);
  if (::pclose(out) != 0) text += "failed";
  return text;
}

/// With a dpkg-query that prints `known` and fails as it does when it has never heard of one of those asked for.
std::string installed_of(const std::string& known) {
  return printed("dpkg-query() { printf \"" + known +
                 "\"; return 1; }; as_root() { case $* in *apt-get\\ install*) echo ${*: -2} ;; esac; }; "
                 "need_packages g++ libre2-dev mold");
}

TEST(Packages, OneThatDpkgNeverHeardOfIsInstalled) { EXPECT_EQ(installed_of("ii  g++\\n"), "libre2-dev mold\n"); }

TEST(Packages, OneThatDpkgOnlyKnowsTheNameOfIsInstalled) {
  EXPECT_EQ(installed_of("ii  g++\\nun  libre2-dev\\n"), "libre2-dev mold\n");
  EXPECT_EQ(installed_of("ii  g++\\nrc  mold\\nun  libre2-dev\\n"), "libre2-dev mold\n");
}

TEST(Packages, NothingIsInstalledTwice) { EXPECT_EQ(installed_of("ii  g++\\nii  libre2-dev\\nii  mold\\n"), ""); }

}  // namespace
}  // namespace cairn::tidy

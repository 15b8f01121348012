#include "measures/definitions.h"

#include <gtest/gtest.h>

#include <map>

#include "base/file.h"
#include "i18n/words.h"

namespace cairn::measures {
namespace {

TEST(Definitions, WordsExistInBothLanguages) {
  for (auto language : {i18n::Language::en, i18n::Language::fr}) {
    const i18n::Words& words = i18n::Words::in(language);
    for (const Definition& d : definitions())
      for (const char* what : {"name", "definition"})
        EXPECT_TRUE(words.has(fmt::format("measures.{}.{}", d.name, what))) << d.name;
    for (int level = 1; level <= kLevels; ++level)
      for (const char* what : {"name", "promise", "connect"})
        EXPECT_TRUE(words.has(fmt::format("measures.level.{}.{}", level, what))) << level;
  }
}

TEST(Definitions, FloorsAndTargetsAgreeWithTheDirection) {
  for (const Definition& d : definitions()) {
    EXPECT_GT(d.min_n, 0) << d.name;
    if (!d.has_level()) continue;
    EXPECT_GT(d.weight, 0) << d.name;
    if (d.direction == Direction::up) EXPECT_GT(d.target, d.floor) << d.name;
    else EXPECT_LT(d.target, d.floor) << d.name;
  }
}

TEST(Definitions, WholeWeightOfEachLevel) {
  std::map<int, double> weight;
  for (const Definition& d : definitions())
    if (d.has_level()) weight[d.level] += d.weight;
  EXPECT_EQ(weight, (std::map<int, double>{{1, 10}, {2, 14}, {3, 9}, {4, 11}, {6, 8}}));
}

TEST(Definitions, EveryKeyIsInTheReference) {
  auto text = system_files().read(std::string(CAIRN_SOURCE_DIR) + "/docs/reference/measures.md");
  ASSERT_TRUE(text) << text.error().message;
  for (const Definition& d : definitions())
    EXPECT_NE(text->find(fmt::format("`{}`", d.name)), std::string::npos) << d.name;
}

}  // namespace
}  // namespace cairn::measures

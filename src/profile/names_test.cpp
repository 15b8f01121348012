#include "profile/names.h"

#include <gtest/gtest.h>

namespace cairn::profile {
namespace {

TEST(Names, AreFolded) {
  EXPECT_EQ(fold_name("  Élodie  O'Neill-Åström "), "elodie o neill astrom");
  EXPECT_EQ(fold_name("Łukasz Ćwiąkała"), "lukasz cwiakala");
  EXPECT_EQ(fold_name("Straße ŒUVRE Ñandú"), "strasse oeuvre nandu");
  EXPECT_EQ(fold_name("e\xCC\x81lan"), "elan") << "an accent of its own";
  EXPECT_EQ(fold_name("ИВАН Ёлкин ΝΙΚΟΣ"), "иван ёлкин νικοσ");
  EXPECT_EQ(fold_name("李小龍"), "李小龍");
  EXPECT_EQ(fold_name("\xFF\xC3"), fold_name("\xFF\xC3")) << "what is no UTF-8 does no harm";
  EXPECT_EQ(fold_name(" -_. "), "");
}

TEST(Names, KeepTheirAccentsInLowerCase) {
  EXPECT_EQ(lower_case("ÉTÉ Ÿ-Łódź ÇA Ж"), "été Ÿ-łódź ça ж");
  EXPECT_EQ(lower_case("VIP 2×"), "vip 2×");
}

TEST(Names, TurnRoundTheirWords) {
  EXPECT_EQ(turns_of("Marie Anne Dupont"),
            (std::vector<std::string>{"anne dupont marie", "dupont marie anne", "marie anne dupont"}));
  EXPECT_EQ(turns_of("Zoé"), std::vector<std::string>{"zoe"});
  EXPECT_EQ(turns_of("a a"), std::vector<std::string>{"a a"}) << "each turn once";
  EXPECT_TRUE(turns_of(" ").empty());
  EXPECT_EQ(turns_of("a b c d e f g h").size(), kWords);
}

TEST(Names, AreBegunByWhatIsTyped) {
  EXPECT_TRUE(begins_words("mar dup", "dupont marie"));
  EXPECT_TRUE(begins_words("m", "dupont marie"));
  EXPECT_FALSE(begins_words("mar mar", "dupont marie")) << "each word once";
  EXPECT_TRUE(begins_words("a anne", "anne alice")) << "the short one leaves the long one its word";
  EXPECT_FALSE(begins_words("arie", "dupont marie"));
  EXPECT_FALSE(begins_words("", "dupont marie"));
}

TEST(Names, ALetterAway) {
  std::vector<std::string> near = letter_away("dupont");
  auto has = [&](std::string_view w) { return std::find(near.begin(), near.end(), w) != near.end(); };
  EXPECT_TRUE(has("dupond"));
  EXPECT_TRUE(has("dupnt"));
  EXPECT_TRUE(has("duppont"));
  EXPECT_TRUE(has("dupotn"));
  EXPECT_FALSE(has("dupont"));
  EXPECT_FALSE(has("dupuis"));
  EXPECT_TRUE(letter_away("abc").empty()) << "nearly every word of three letters is a letter away from another";
  EXPECT_TRUE(letter_away("été").empty());
}

}  // namespace
}  // namespace cairn::profile

#include "i18n/language.h"

#include <gtest/gtest.h>

namespace cairn::i18n {
namespace {

TEST(Language, Parse) {
  EXPECT_EQ(parse_language("fr").value(), Language::fr);
  EXPECT_EQ(parse_language("EN_gb").value(), Language::en);
  EXPECT_EQ(parse_language(" fr-CA ").value(), Language::fr);
  EXPECT_EQ(parse_language("de").error().message, "'de' is not a language of Cairn; use en or fr");
  EXPECT_FALSE(parse_language("french"));
  EXPECT_FALSE(parse_language(""));
}

TEST(Language, AcceptLanguage) {
  auto chosen = [](std::string_view header) { return from_accept_language(header, Language::en); };
  EXPECT_EQ(chosen("fr"), Language::fr);
  EXPECT_EQ(chosen("de, fr-CA;q=0.8, en;q=0.7"), Language::fr);
  EXPECT_EQ(chosen("fr;q=0.5, en;q=0.9"), Language::en);
  EXPECT_EQ(chosen("fr ; q=0.5 , en;q=0.4"), Language::fr);
  EXPECT_EQ(from_accept_language("en, fr", Language::fr), Language::en);
  EXPECT_EQ(from_accept_language("en;q=0, de", Language::fr), Language::fr);
  for (std::string_view odd : {"", ",,;;", "*", "fr;q=x", "fr;q=9", "de;q=1.0"})
    EXPECT_EQ(chosen(odd), Language::en) << odd;
}

}  // namespace
}  // namespace cairn::i18n

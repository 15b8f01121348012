#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using testing::ElementsAre;

TEST(Utf8, ValidAndNot) {
  for (std::string_view text : {"", "abc", "é", "€", "😀", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (std::string_view text :
       {"\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82", "\xE2\x28\xA1"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Text, an_excerpt_is_whole_characters_that_every_store_holds) {
  EXPECT_EQ(excerpt("short", 5), "short");
  EXPECT_EQ(excerpt("longer", 4), "long…");
  EXPECT_EQ(excerpt("a日本", 5), "a日…");
  EXPECT_EQ(excerpt("a日本", 6), "a日…");
  EXPECT_EQ(excerpt("a日本", 7), "a日本");
  EXPECT_EQ(excerpt(std::string_view("x\0y", 3), 10), "xy");
  EXPECT_EQ(excerpt("caf\xE9", 10), "caf\uFFFD");
  EXPECT_EQ(excerpt("\x80\x80\x80", 1), "…");
}

TEST(Utf8, InvalidBytesAreReplacedAndTheRestKept) {
  EXPECT_EQ(to_utf8("caf\xC3\xA9"), "café");
  EXPECT_EQ(to_utf8("caf\xE9!"), "caf\uFFFD!");
  EXPECT_EQ(to_utf8("\xE2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(length("café 😀"), 6u);
}

TEST(Trim, AsciiAndNoBreakSpace) {
  EXPECT_EQ(trim("  a b\t\r\n"), "a b");
  EXPECT_EQ(trim("\xC2\xA0 a \xC2\xA0"), "a");
  EXPECT_EQ(trim(" \xC2\xA0 "), "");
  EXPECT_EQ(trim("é"), "é");
}

TEST(ToSnake, NamesOfEvents) {
  EXPECT_EQ(to_snake("Order Completed"), "order_completed");
  EXPECT_EQ(to_snake("orderCompleted"), "order_completed");
  EXPECT_EQ(to_snake("order_completed"), "order_completed");
  EXPECT_EQ(to_snake("  Order -- Completed! "), "order_completed");
  EXPECT_EQ(to_snake("orderID"), "order_id");
  EXPECT_EQ(to_snake("Été"), "Été");  // ASCII letters only
  EXPECT_EQ(to_snake("!!"), "");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split("abc", ','), ElementsAre("abc"));
}

TEST(Nearest, OnlyWhatWasLikelyMeant) {
  std::vector<std::string_view> names = {"order_completed", "order_cancelled", "product_viewed"};
  EXPECT_EQ(nearest("order_complted", names), "order_completed");
  EXPECT_EQ(nearest("Order_Completed", names), "order_completed");
  EXPECT_EQ(nearest("oder_canceled", names), "order_cancelled");
  EXPECT_EQ(nearest("tpo", {"top"}), "top") << "two neighbours swapped are one edit";
  EXPECT_EQ(nearest("something_else", names), "");
  EXPECT_EQ(nearest("ab", {"xy"}), "");
  EXPECT_EQ(nearest("", {"a"}), "");
}

TEST(ToLower, AsciiOnly) { EXPECT_EQ(to_lower("ABC-É"), "abc-É"); }

}  // namespace
}  // namespace cairn

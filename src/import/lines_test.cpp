#include "import/lines.h"

#include <gtest/gtest.h>

namespace cairn::import {
namespace {

std::vector<std::string> read_all(const std::string& text, size_t block = Input::kBlock) {
  LineReader reader(Input::of(text, block));
  std::vector<std::string> out;
  Line line;
  while (reader.next(line).value()) {
    EXPECT_EQ(line.text, std::string_view(text).substr(line.offset, line.text.size()));
    out.push_back(line.too_long ? fmt::format("{}!", line.number) : fmt::format("{}: {}", line.number, line.text));
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(Lines, KeepsNumbersOverBlankLinesAndTakesOffTheLinesEnd) {
  for (size_t block : {1, 2, 3, 100})
    EXPECT_EQ(read_all("\xEF\xBB\xBF\na\r\n \n\nb\n\nc", block), (Lines{"2: a", "5: b", "7: c"})) << block;
  EXPECT_TRUE(read_all("").empty());
  EXPECT_TRUE(read_all("\n\r\n ").empty());
}

TEST(Lines, TellsOfLinesOverTheLimitAndGoesOnBelow) {
  std::string big(3 * kRowLimit, 'x');
  EXPECT_EQ(read_all("a\n" + big + "\nb\n"), (Lines{"1: a", "2!", "3: b"}));
  EXPECT_EQ(read_all(big), (Lines{"1!"}));
}

TEST(Input, SaysWhatAFileIsThatIsNotText) {
  using namespace std::string_literals;
  EXPECT_TRUE(check_is_text("f", "a,b\n"));
  EXPECT_EQ(check_is_text("f", "").error().message, "f: this file is empty");
  EXPECT_EQ(check_is_text("f", "\xEF\xBB\xBF \n").error().message, "f: this file is empty");
  EXPECT_TRUE(check_is_text("f",
                            "\x7F"
                            "ELF\x01\0\0"s)
                  .error()
                  .message.starts_with("f: this is a binary file"));
  EXPECT_TRUE(check_is_text("f",
                            "\xFF\xFE"
                            "a\0"s)
                  .error()
                  .message.starts_with("f: this file is UTF-16"));
  EXPECT_TRUE(check_is_text("f", "\x1F\x8B\x08").error().message.starts_with("f: this file is compressed"));
}

}  // namespace
}  // namespace cairn::import

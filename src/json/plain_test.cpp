#include "json/plain.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace cairn::json {
namespace {

/// As the whole reader has it: of a repeated key the last counts.
std::string told(const std::vector<PlainMember>& members) {
  Object out;
  for (const PlainMember& member : members) out[member.key] = value_of(member);
  return serialize(Value(std::move(out)));
}

TEST(Plain, ReadsWhatEventsAre) {
  std::vector<PlainMember> members;
  ASSERT_TRUE(read_plain(R"({"sku":"S-1", "total": 12.50,"n":-3,"gift":true,"note":null,"empty":""})", members));
  EXPECT_EQ(told(members), R"({"sku":"S-1","total":12.5,"n":-3,"gift":true,"note":null,"empty":""})");
  ASSERT_TRUE(read_plain("{}", members));
  EXPECT_TRUE(members.empty());
}

TEST(Plain, LeavesTheRestToTheReader) {
  std::vector<PlainMember> members;
  for (const char* text : {"",
                           "[]",
                           "{",
                           "{\"a\":1",
                           "{\"a\":1}x",
                           "{\"a\":01}",
                           "{\"a\":-0}",
                           "{\"a\":1.}",
                           "{\"a\":1e3}",
                           "{\"a\":nul}",
                           "{\"a\":[1]}",
                           "{\"a\":{}}",
                           "{\"a\":\"\\n\"}",
                           "{\"a\":\"\xc3\xa9\"}",
                           "{\"a\":\"\x01\"}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\":12345678901234567890}",
                           "{\"a\":-}",
                           "{\"a\":}",
                           "{\"a\":"})
    EXPECT_FALSE(read_plain(text, members)) << text;
}

TEST(Plain, SaysWhatTheReaderSays) {
  static constexpr std::string_view kPieces[] = {"{",    "}",    "\"a\"", "\"b\"",  ":",    ",",   "1",  "-2",  "0.5",
                                                 "true", "null", " ",     "\"xy\"", "-0.5", "00",  "1.", "[",   "]",
                                                 "e",    "\\",   "7",     "false",  "\"",   "3.0", "-",  "{\"", "\":"};
  Random random(7);
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = "{";
    for (uint64_t n = random.below(4); n > 0; --n) {
      text += text.size() > 1 ? "," : "";
      text += random.chance(0.5) ? "\"a\":" : "\"b\" : ";
      for (uint64_t k = 1 + random.below(random.chance(0.2) ? 3 : 1); k > 0; --k)
        text += kPieces[random.below(std::size(kPieces))];
    }
    text += "}";
    std::vector<PlainMember> members;
    if (!read_plain(text, members)) continue;
    ++read;
    auto whole = parse(text);
    ASSERT_TRUE(whole) << text;
    ASSERT_EQ(told(members), serialize(*whole)) << text;
  }
  EXPECT_GT(read, 10'000);
}

}  // namespace
}  // namespace cairn::json

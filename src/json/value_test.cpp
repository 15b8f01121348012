#include "json/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "json/reader.h"

namespace cairn::json {
namespace {

std::string error_of(std::string_view text, ParseLimits limits = {}) {
  auto value = parse(text, limits);
  return value ? "accepted: " + serialize(*value) : value.error().message;
}
std::string again(std::string_view text) {
  auto value = parse(text);
  return value ? serialize(*value) : value.error().message;
}
std::string written(double number) {
  std::string out;
  append_number(out, number);
  return out;
}

TEST(Parse, SaysLineAndColumn) {
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n  \"b\": x}").substr(0, 17), "line 3, column 8:");
  EXPECT_EQ(error_of(""), "line 1, column 1: the text ends too early");
  EXPECT_EQ(error_of("{\"a\": [1, 2"), "line 1, column 12: the text ends too early");
  EXPECT_EQ(error_of("{} \n x"), "line 2, column 2: there is more text after the value");
  EXPECT_EQ(error_of("[1,]").substr(0, 17), "line 1, column 4:");
  EXPECT_EQ(error_of("[01]").substr(0, 17), "line 1, column 3:");
  EXPECT_EQ(error_of("// c\n1").substr(0, 17), "line 1, column 1:");
  EXPECT_EQ(error_of("[NaN]").substr(0, 17), "line 1, column 2:");
}

TEST(Parse, KeepsToItsLimits) {
  std::string deep = std::string(64, '[') + std::string(64, ']');
  EXPECT_EQ(again(deep), deep);
  EXPECT_NE(error_of("[" + deep + "]").find("nested too deep"), std::string::npos);
  auto large = parse("[1,2,3]", {.depth = 64, .bytes = 6});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Code::too_large);
  // A hostile depth must fail early, not fill the stack.
  EXPECT_NE(error_of(std::string(4'000'000, '[')).find("nested too deep"), std::string::npos);
}

TEST(Parse, TakesOnlyUtf8AndPairedSurrogates) {
  EXPECT_EQ(again(R"(["\ud83d\ude00é"])"), "[\"\xF0\x9F\x98\x80\xC3\xA9\"]");
  EXPECT_EQ(error_of(R"(["\ud83d"])").substr(0, 17), "line 1, column 9:");
  EXPECT_NE(error_of(R"(["\ud83d\u0041"])").find("surrogate"), std::string::npos);
  EXPECT_NE(error_of(R"(["\ude00"])").find("surrogate"), std::string::npos);
  EXPECT_NE(error_of("[\"\xFF\"]").find("UTF-8"), std::string::npos);
  EXPECT_NE(error_of("[\"\xED\xA0\x80\"]").find("UTF-8"), std::string::npos);
  EXPECT_NE(error_of(R"(["\u12g4"])").find("hexadecimal"), std::string::npos);
}

TEST(Parse, NumbersKeepTheirWorth) {
  EXPECT_EQ(again("[9007199254740993,-9223372036854775808,18446744073709551615]"),
            "[9007199254740993,-9223372036854775808,18446744073709551615]");
  EXPECT_EQ(again("18446744073709551616"), "1.8446744073709552e+19");
  EXPECT_EQ(again("[1E0,5.0,0.55,1e-400,5e-324,1.7976931348623157e308]"),
            "[1,5,0.55,0,5e-324,1.7976931348623157e+308]");
  EXPECT_NE(error_of("[1e400]").find("too large"), std::string::npos);
  EXPECT_NE(error_of("[-1e999999999999]").find("too large"), std::string::npos);
}

TEST(Parse, OfARepeatedKeyTheLastCounts) { EXPECT_EQ(again(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})"); }

TEST(Parse, ObjectOnly) {
  EXPECT_EQ(parse_object("[1]").error().message, "expected an object, found a list");
  EXPECT_EQ(parse_object(R"({"a":1})")->size(), 1u);
}

TEST(Serialize, DoublesReadBackTheSame) {
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(again("[0.0,-0.0]"), "[0,-0.0]");
  EXPECT_EQ(written(100000), "100000");
  EXPECT_EQ(written(1428602.81), "1428602.81");
  EXPECT_EQ(written(0.00001), "0.00001");
  EXPECT_EQ(written(1e-6), "1e-06");
  EXPECT_EQ(written(123456789012345680.0), "1.2345678901234568e+17");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(written(std::nan("")), "null");
  Random random(7);
  for (int i = 0; i < 200'000; ++i) {
    uint64_t bits = random.next();
    double number;
    std::memcpy(&number, &bits, sizeof number);
    if (i % 2) number = static_cast<double>(random.between(-1'000'000'000, 1'000'000'000)) / 1e4;
    if (!std::isfinite(number)) continue;
    auto value = parse(written(number));
    ASSERT_TRUE(value) << written(number);
    double back = value->is_double() ? value->get_double() : static_cast<double>(value->to_number<int64_t>());
    ASSERT_EQ(back, number) << written(number);
  }
}

TEST(Serialize, EscapesWhatMustBeAndMendsWhatIsNotUtf8) {
  Object object;
  object["k\"\n"] = "a\\b\t\x01\x1f/é";
  EXPECT_EQ(serialize(object), "{\"k\\\"\\n\":\"a\\\\b\\t\\u0001\\u001f/é\"}");
  EXPECT_EQ(serialize(Value("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(serialize(Value(boost::json::string_view("a\0b", 3))), "\"a\\u0000b\"");
}

TEST(Serialize, Pretty) {
  EXPECT_EQ(pretty(*parse(R"({"a":[1,{}],"b":[]})")), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(Reader, LargeTextsForEver) {
  Reader reader(256);
  std::string text = "[\"" + std::string(1000, 'x') + "\"]";
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(reader.read(text)) << i;
}

TEST(Reader, OneTextAfterAnotherAsParse) {
  Reader reader(256);  // so small that most texts need more
  Random random(5);
  for (int i = 0; i < 500; ++i) {
    std::string text = "[";
    for (uint64_t n = random.below(60); n-- > 0;)
      text +=
          fmt::format(R"({{"k{}":[{},1.5e{},"{}"]}},)", n, random.next() >> 3, n, std::string(random.below(40), 'x'));
    text += random.below(5) == 0 ? "!" : "null]";
    auto value = reader.read(text);
    auto expected = parse(text);
    ASSERT_EQ(value.has_value(), expected.has_value()) << text;
    if (value) ASSERT_EQ(serialize(**value), serialize(*expected));
    else ASSERT_EQ(value.error().message, expected.error().message);
  }
}

TEST(Find, ByTypeOrNothing) {
  Object o = *parse_object(R"({"t":"x","n":1.5,"i":5,"w":7.0,"u":18446744073709551615,"big":1e300,"z":null})");
  EXPECT_EQ(text_at(o, "t"), "x");
  EXPECT_FALSE(text_at(o, "n"));
  EXPECT_FALSE(text_at(o, "missing"));
  EXPECT_EQ(number_at(o, "n"), 1.5);
  EXPECT_EQ(number_at(o, "i"), 5.0);
  EXPECT_EQ(int_at(o, "i"), 5);
  EXPECT_EQ(int_at(o, "w"), 7);
  EXPECT_FALSE(int_at(o, "n"));
  EXPECT_FALSE(int_at(o, "u"));
  EXPECT_FALSE(int_at(o, "big"));
  EXPECT_TRUE(find(o, "z")->is_null());
  EXPECT_EQ(find(o, "y"), nullptr);
}

TEST(Describe, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(describe(Value(5)), "number 5");
  EXPECT_EQ(describe(Value("a\"")), "text \"a\\\"\"");
  std::string text(39, 'a');
  std::string cut = describe(Value((text + "éé").c_str()));
  EXPECT_EQ(cut, "text \"" + text + "…\"");
}

}  // namespace
}  // namespace cairn::json

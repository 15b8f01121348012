#include "json/codec.h"

#include <gtest/gtest.h>

namespace cairn::json {
namespace {

enum class Side { left, right };
BOOST_DESCRIBE_ENUM(Side, left, right)

struct Line {
  std::string product;
  int64_t total = 0;
  bool operator==(const Line&) const = default;
};
BOOST_DESCRIBE_STRUCT(Line, (), (product, total))

struct Order {
  CustomerId customer;
  Time at;
  Day promised;
  Currency currency;
  Money paid;
  Side side = Side::left;
  std::optional<double> score;
  std::vector<Line> lines;
  std::map<std::string, int32_t> counts;
  bool gift = false;
  Object more;
};
BOOST_DESCRIBE_STRUCT(Order, (), (customer, at, promised, currency, paid, side, score, lines, counts, gift, more))

struct Settings {
  int32_t port = 8080;
  std::string host = "localhost";
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (port, host))

struct Base {
  int32_t a = 0;
};
BOOST_DESCRIBE_STRUCT(Base, (), (a))
struct Derived : Base {
  int32_t b = 0;
};
BOOST_DESCRIBE_STRUCT(Derived, (Base), (b))

struct Tree {
  std::vector<Tree> trees;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (trees))

template <class T>
std::pair<std::string, std::string> failure(std::string_view text) {
  auto value = decode_text<T>(text);
  if (value) return {"accepted", encode_text(*value)};
  EXPECT_EQ(value.error().code, Code::invalid);
  return {value.error().field, value.error().message};
}
using Pair = std::pair<std::string, std::string>;

constexpr std::string_view kOrder =
    R"({"customer":"9007199254740993","at":"2018-08-15T04:10:37.500000Z","promised":"2018-09-01","currency":"BRL",)"
    R"("paid":{"minor":-99,"currency":"EUR"},"side":"right","score":0.55,"lines":[{"product":"almonds","total":5}],)"
    R"("counts":{"a":1,"b":-2},"gift":true,"more":{"x":[null]}})";

TEST(Codec, RoundTrip) {
  auto order = decode_text<Order>(kOrder);
  ASSERT_TRUE(order) << order.error().field << ": " << order.error().message;
  EXPECT_EQ(order->customer.value, 9007199254740993);
  EXPECT_EQ(order->promised, day_of({2018, 9, 1}));
  EXPECT_EQ(order->paid, (Money{-99, *Currency::parse("EUR")}));
  EXPECT_EQ(order->side, Side::right);
  EXPECT_EQ(order->lines.at(0), (Line{"almonds", 5}));
  EXPECT_EQ(encode_text(*order), kOrder);
}

TEST(Codec, AnOptionalMayBeNullOrMissing) {
  for (auto text : {R"({"score":null})", "{}"}) {
    Value value = *parse(kOrder);
    value.as_object().erase("score");
    if (parse(text)->as_object().contains("score")) value.as_object()["score"] = nullptr;
    auto order = decode<Order>(value);
    ASSERT_TRUE(order) << text;
    EXPECT_FALSE(order->score);
    EXPECT_TRUE(encode(*order).as_object().at("score").is_null());
  }
}

TEST(Codec, ErrorsNameThePathAndWhatWasFound) {
  Value value = *parse(kOrder);
  value.as_object()["lines"].as_array().push_back({{"product", "x"}, {"total", "many"}});
  auto order = decode<Order>(value);
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().field, "lines[1].total");
  EXPECT_EQ(order.error().message, "expected a whole number, found text \"many\"");
  using Deep = std::map<std::string, std::vector<std::vector<bool>>>;
  EXPECT_EQ(failure<Deep>(R"({"a":[[true],[true,0]]})"), Pair("a[1][1]", "expected true or false, found number 0"));
  EXPECT_EQ(failure<Line>("[]"), Pair("", "expected an object, found a list"));
  EXPECT_EQ(failure<Line>(R"({"product":"x"})"), Pair("total", "'total' is missing"));
}

TEST(Codec, AnUnknownKeyIsRefusedWithTheLikelyName) {
  EXPECT_EQ(failure<Line>(R"({"product":"x","totl":5})"),
            Pair("totl", "'totl' is not known here; did you mean 'total'?"));
  EXPECT_EQ(failure<Line>(R"({"product":"x","total":5,"zzzzz":1})"),
            Pair("zzzzz", "'zzzzz' is not known here; it may be product, total"));
  EXPECT_TRUE(decode_text<Line>(R"({"product":"x","total":5,"z":1})", Unknown::ignore));
}

TEST(Codec, DefaultsOnlyWhereTheStructSaysSo) {
  auto settings = decode_text<Settings>(R"({"host":"::1"})");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->port, 8080);
  EXPECT_EQ(settings->host, "::1");
  EXPECT_EQ(failure<Settings>(R"({"portt":1})"), Pair("portt", "'portt' is not known here; did you mean 'port'?"));
}

TEST(Codec, BasesCount) {
  auto derived = decode_text<Derived>(R"({"a":1,"b":2})");
  ASSERT_TRUE(derived);
  EXPECT_EQ(derived->a + 10 * derived->b, 21);
  EXPECT_EQ(encode_text(*derived), R"({"a":1,"b":2})");
}

TEST(Codec, IntegersAreChecked) {
  EXPECT_EQ(decode_text<int8_t>("-128").value(), -128);
  EXPECT_EQ(failure<int8_t>("128").second, "expected a whole number from -128 to 127, found number 128");
  EXPECT_EQ(decode_text<uint64_t>("18446744073709551615").value(), UINT64_MAX);
  EXPECT_EQ(failure<uint64_t>("-1").second, "expected a whole number not below 0, found number -1");
  EXPECT_EQ(decode_text<int64_t>("9223372036854775807").value(), INT64_MAX);
  EXPECT_EQ(failure<int64_t>("9223372036854775808").second,
            "expected a whole number, found number 9223372036854775808");
  EXPECT_EQ(decode_text<int64_t>("5.0").value(), 5);
  EXPECT_EQ(failure<int64_t>("5.5").first, "");
  EXPECT_EQ(failure<int64_t>("9007199254740994.0").second,
            "expected a whole number, found number 9.007199254740994e+15");
  EXPECT_EQ(failure<uint32_t>("4294967296").second,
            "expected a whole number from 0 to 4294967295, found number 4294967296");
}

TEST(Codec, ScalarsAreStrict) {
  EXPECT_EQ(failure<CustomerId>("5").second, "expected an id as text like \"1234\", found number 5");
  EXPECT_EQ(failure<CustomerId>("\"5x\"").second, "expected an id as text like \"1234\", found text \"5x\"");
  EXPECT_EQ(failure<CustomerId>("\"9223372036854775808\"").first, "");
  EXPECT_EQ(failure<Time>("\"2018-08-15 04:10:37\"").second,
            "expected a time with its offset like 2018-08-15T04:10:37Z, found text \"2018-08-15 04:10:37\"");
  EXPECT_EQ(decode_text<Time>("\"1969-12-31T23:00:00-01:00\"")->micros, 0);
  EXPECT_EQ(decode_text<Day>("\"1969-12-31\"")->days, -1);
  EXPECT_EQ(failure<Day>("\"2018-02-30\"").second, "expected a day like 2018-08-15, found text \"2018-02-30\"");
  EXPECT_EQ(failure<Side>("\"up\"").second, "expected one of left, right, found 'up'");
  EXPECT_EQ(failure<std::string>(R"("a\u0000")").second, "expected text without the character U+0000");
  EXPECT_NE(failure<Currency>("\"EURO\"").second.find("ISO 4217"), std::string::npos);
  EXPECT_EQ(failure<bool>("1").second, "expected true or false, found number 1");
}

TEST(Codec, DeepTreesStopAtTheParser) {
  std::string text = R"({"trees":[]})";
  for (int i = 0; i < 31; ++i) text = R"({"trees":[)" + text + "]}";
  EXPECT_EQ(encode_text(*decode_text<Tree>(text)), text);
  text = R"({"trees":[)" + text + "]}";
  EXPECT_NE(failure<Tree>(text).second.find("nested too deep"), std::string::npos);
}

TEST(Enum, NamesThereAndBack) {
  EXPECT_EQ(enum_name(Side::right), "right");
  EXPECT_EQ(enum_from<Side>("left").value(), Side::left);
  EXPECT_EQ(enum_from<Side>("LEFT").error().message, "expected one of left, right, found 'LEFT'");
  EXPECT_EQ(enum_values<Side>().size(), enum_names<Side>().size());
  EXPECT_DEATH(enum_name(static_cast<Side>(7)), "no name");
}

}  // namespace
}  // namespace cairn::json

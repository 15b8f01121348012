#include "base/money.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

Currency currency(std::string_view code) { return Currency::parse(code).value(); }
const Currency kEuro = currency("EUR");

TEST(Currency, CodesInUseOnly) {
  EXPECT_EQ(currency("eur"), kEuro);
  EXPECT_EQ(kEuro.code(), "EUR");
  EXPECT_FALSE(Currency().is_set());
  EXPECT_EQ(Currency().code(), "");
  for (std::string_view code : {"", "EU", "EURO", "XXX", "ABC", "€", "E R", " EU"})
    EXPECT_FALSE(Currency::parse(code)) << code;
}

TEST(Currency, Digits) {
  EXPECT_EQ(kEuro.digits(), 2);
  EXPECT_EQ(currency("BRL").digits(), 2);
  EXPECT_EQ(currency("JPY").digits(), 0);
  EXPECT_EQ(currency("TND").digits(), 3);
}

TEST(ParseMinor, Amounts) {
  const std::pair<std::string_view, int64_t> cases[] = {
      {"541.0", 54100},
      {"541", 54100},
      {"-0.99", -99},
      {"+3", 300},
      {" 12.5 ", 1250},
      {".5", 50},
      {"5.", 500},
      {"0", 0},
      {"-0", 0},
      {"1,234.50", 123450},
      {"1.234,50", 123450},
      {"1 234,50", 123450},
      {"1'234.50", 123450},
      {"1,234,567.89", 123456789},
      {"1.234.567", 123456700},
      {"1,234,567", 123456700},
      {"12,5", 1250},
      {"1,234", 123},  // one sign alone is the decimal point
      {"0.005", 1},
      {"0.0049", 0},
      {"-0.005", -1},
      {"19.999", 2000},
      {"244091.94", 24409194},
      {"920000000000000.00", 92'000'000'000'000'000},
  };
  for (auto [text, minor] : cases) {
    Result<int64_t> parsed = parse_minor(text, kEuro);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, minor) << text;
  }
}

TEST(ParseMinor, DigitsOfTheCurrency) {
  EXPECT_EQ(parse_minor("1234", currency("JPY")).value(), 1234);
  EXPECT_EQ(parse_minor("1234.5", currency("JPY")).value(), 1235);
  EXPECT_EQ(parse_minor("1.2345", currency("TND")).value(), 1235);
  EXPECT_EQ(parse_minor("7", currency("TND")).value(), 7000);
}

TEST(ParseMinor, RefusesWhatIsNoAmount) {
  for (std::string_view text : {"",
                                " ",
                                "-",
                                "+",
                                ".",
                                ",",
                                "--1",
                                "1-",
                                "1e3",
                                "NaN",
                                "inf",
                                "12 €",
                                "€12",
                                "0x10",
                                "1.2,3.4",
                                "1.23.4",
                                "1,2,3",
                                "1.2345.678",
                                "920000000000000.01",
                                "920000000000000.005",
                                "99999999999999999999",
                                "1 2 x"}) {
    Result<int64_t> parsed = parse_minor(text, kEuro);
    ASSERT_FALSE(parsed) << text << " became " << *parsed;
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_NE(parsed.error().message.find(text), std::string::npos);
  }
}

TEST(ToDecimal, IsReadBack) {
  EXPECT_EQ(to_decimal(142860281, currency("BRL")), "1428602.81");
  EXPECT_EQ(to_decimal(-5, kEuro), "-0.05");
  EXPECT_EQ(to_decimal(0, kEuro), "0.00");
  EXPECT_EQ(to_decimal(1234, currency("JPY")), "1234");
  EXPECT_EQ(to_decimal(7, currency("TND")), "0.007");
  EXPECT_EQ(to_decimal(INT64_MIN, currency("JPY")), "-9223372036854775808");
  for (int64_t minor = -1'000'000; minor < 1'000'000; minor += 997)
    for (std::string_view code : {"EUR", "JPY", "TND"})
      ASSERT_EQ(parse_minor(to_decimal(minor, currency(code)), currency(code)).value(), minor);
}

}  // namespace
}  // namespace cairn

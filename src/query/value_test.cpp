#include "query/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cairn::query {
namespace {

TEST(Value, NumbersAreNeitherInfiniteNorNanNorMinusZero) {
  EXPECT_FALSE(Value(std::nan("")).is_known());
  EXPECT_FALSE(Value(std::numeric_limits<double>::infinity()).is_known());
  EXPECT_FALSE(std::signbit(Value(-0.0).as<double>()));
  EXPECT_EQ(Value(-0.0), Value(0.0));
}

TEST(Value, IsEqualToTheBitAndUnknownToUnknown) {
  EXPECT_EQ(Value(), Value());
  EXPECT_NE(Value(), Value(0.0));
  EXPECT_NE(Value(0.1 + 0.2), Value(0.3));
  EXPECT_EQ(Value("a"), Value(std::string("a")));
  EXPECT_NE(Value(true), Value(1.0));
  EXPECT_EQ(Value(Value::List{Value(1.0), Value("a")}), Value(Value::List{Value(1.0), Value("a")}));
  EXPECT_NE(Value(Value::List{Value(1.0)}), Value(Value::List{Value("1")}));
}

TEST(Value, PrintsAsAQueryWritesIt) {
  Currency eur = Currency::parse("EUR").value();
  EXPECT_EQ(to_text(Value(3.0)), "3");
  EXPECT_EQ(to_text(Value(0.1)), "0.1");
  EXPECT_EQ(to_text(Value(1e15)), "1e+15");
  EXPECT_EQ(to_text(Value(Money{54150, eur})), "541.50 EUR");
  EXPECT_EQ(to_text(Value(Money{50000, eur})), "500 EUR");
  EXPECT_EQ(to_text(Value("a\"b")), "\"a\\\"b\"");
  EXPECT_EQ(to_text(Value(Time{0})), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(Value(days(2))), "2 days");
  EXPECT_EQ(to_text(Value(days(1))), "1 day");
  EXPECT_EQ(to_text(Value(Duration{0})), "0 days");
  EXPECT_EQ(to_text(Value(microseconds(-1'500'000))), "-1.5 seconds");
  EXPECT_EQ(to_text(Value(microseconds(-500'000))), "-0.5 seconds");
  EXPECT_EQ(to_text(Value(Value::List{Value("a"), Value(1.0)})), "(\"a\", 1)");
  EXPECT_EQ(to_text(Value()), "unknown");
  EXPECT_EQ(to_text(Type{BaseType::list, BaseType::text}), "list of text");
}

}  // namespace
}  // namespace cairn::query

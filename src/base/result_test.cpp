#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/check.h"
#include "base/version.h"

namespace cairn {
namespace {

Result<int> half(int n) {
  if (n % 2) return fail_at("n", "{} is odd", n);
  return n / 2;
}

Result<void> check_even(int n) {
  TRY(half(n));
  return {};
}

Result<std::unique_ptr<int>> boxed(int n) {
  auto box = std::make_unique<int>(TRY(half(n)));
  return box;
}

Result<int> quarter(int n) {
  TRY(check_even(n));
  auto box = TRY(boxed(n));
  return TRY(half(*box));
}

TEST(Try, GivesTheValueOrReturnsTheErrorWhole) {
  EXPECT_EQ(quarter(8).value(), 2);
  for (int n : {3, 6}) {
    Result<int> failed = quarter(n);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::invalid);
    EXPECT_EQ(failed.error().field, "n");
    EXPECT_EQ(failed.error().message, "3 is odd");
  }
}

TEST(Fail, HasNoFieldOfItsOwn) {
  Result<void> result = fail(Code::not_found, "no '{}'", "x");
  EXPECT_EQ(result.error().code, Code::not_found);
  EXPECT_EQ(result.error().message, "no 'x'");
  EXPECT_EQ(result.error().field, "");
}

TEST(CheckDeathTest, SaysWhereAndWhy) {
  CHECK(1 + 1 == 2, "never shown");
  EXPECT_DEATH(CHECK(1 + 1 == 3, "because {}", 42), "result_test.cpp.*1 \\+ 1 == 3.*because 42");
}

TEST(Version, BeginsWithItsNumber) { EXPECT_EQ(version().substr(0, 2), "0."); }

}  // namespace
}  // namespace cairn

#include "events/pace.h"

#include <gtest/gtest.h>

namespace cairn::events {
namespace {

TEST(Pace, a_flood_is_told_from_a_batch_and_ends) {
  Pace pace(milliseconds(100));
  pace.begin(Seq{1'000'000}, seconds(5));
  EXPECT_FALSE(pace.is_flood()) << "what was there before is no growth";
  EXPECT_FALSE(pace.look(Seq{1'000'500}, seconds(5) + milliseconds(10))) << "a batch a moment ago tells nothing";
  EXPECT_FALSE(pace.look(Seq{1'002'000}, seconds(5) + milliseconds(100))) << "20,000/s are no flood";
  EXPECT_TRUE(pace.look(Seq{1'004'001}, seconds(5) + milliseconds(200)));
  EXPECT_TRUE(pace.look(Seq{1'004'001}, seconds(5) + milliseconds(250))) << "not looked at again before its time";
  EXPECT_TRUE(pace.look(Seq{1'004'001}, seconds(5) + milliseconds(300))) << "a pause is no end";
  EXPECT_FALSE(pace.is_fast()) << "but it is a pause";
  EXPECT_TRUE(pace.look(Seq{1'009'000}, seconds(5) + milliseconds(400)));
  EXPECT_TRUE(pace.look(Seq{1'009'000}, seconds(6) + milliseconds(399)));
  EXPECT_FALSE(pace.look(Seq{1'009'000}, seconds(6) + milliseconds(500)));
  EXPECT_TRUE(pace.look(Seq{1'019'000}, seconds(6) + milliseconds(600)));
}

TEST(Pace, who_looks_seldom_says_how_long_a_pause_is_an_end) {
  Pace pace(seconds(1), seconds(5));
  pace.begin(Seq{0}, seconds(0));
  EXPECT_TRUE(pace.look(Seq{50'000}, seconds(1)));
  EXPECT_TRUE(pace.look(Seq{50'000}, seconds(4)));
  EXPECT_TRUE(pace.look(Seq{50'000}, seconds(5)));
  EXPECT_FALSE(pace.look(Seq{50'000}, seconds(6)));
}

}  // namespace
}  // namespace cairn::events

#include "measures/standing.h"

#include <gtest/gtest.h>

#include "measures/log_by_hand.h"

namespace cairn::measures {
namespace {

// Each test puts one customer into a log that tells deliveries (customer 99's order in the past) and asks where they
// stand at the end of 2026.
class StandingTest : public testing::Test {
 protected:
  StandingTest() {
    log_.add(99, "Order Completed", on_day(-600), "{'order_id':'old'}")
        .add(99, "Order Delivered", on_day(-598), "{'order_id':'old'}");
  }
  void add(std::string kind, Time at, std::string properties = "{}") {
    log_.add(1, std::move(kind), at, std::move(properties));
  }
  void order(std::string id, int placed, int delivered) {
    add("Order Completed", on_day(placed),
        fmt::format("{{'order_id':'{}','total':10,'promised_at':'2026-12-01'}}", id));
    if (delivered) add("Order Delivered", on_day(delivered), fmt::format("{{'order_id':'{}'}}", id));
  }
  void answer(std::string survey, int score, Time at, std::string more = "") {
    add("Survey Answered", at, fmt::format("{{'survey':'{}','score':{}{}}}", survey, score, more));
  }
  std::string where() {
    Picture p = log_.picture();
    if (p.fragile.customers) return "fragile";
    if (p.unplaced.customers) return "unplaced";
    for (const Level& l : p.pyramid.levels)
      if (l.customers) return std::to_string(l.level);
    return p.away.customers == 2 ? "away" : "nowhere";
  }
  LogByHand log_;
};

TEST_F(StandingTest, NoEventForAYear) {
  add("Page Viewed", on_day(-1));
  EXPECT_EQ(where(), "away");
}
TEST_F(StandingTest, OnlyLooked) {
  add("Page Viewed", on_day(10));
  EXPECT_EQ(where(), "unplaced");
}
TEST_F(StandingTest, BoughtWithoutNeedingAnyone) {
  order("a", 10, 12);
  EXPECT_EQ(where(), "1");
}
TEST_F(StandingTest, FoundTheAnswerAlone) {
  add("Article Opened", on_day(10));
  EXPECT_EQ(where(), "1");
  add("Ticket Opened", on_day(12), "{'ticket_id':'t'}");
  EXPECT_NE(where(), "1");
}
TEST_F(StandingTest, ProblemSolved) {
  add("Ticket Opened", on_day(4, 10), "{'ticket_id':'t'}");
  add("Ticket Solved", on_day(4, 12), "{'ticket_id':'t'}");
  EXPECT_EQ(where(), "2");
  answer("ticket_csat", 3, on_day(5), ",'ticket_id':'t'");
  EXPECT_EQ(where(), "2");
}
TEST_F(StandingTest, OnTimeAndContent) {
  order("a", 10, 12);
  answer("order_csat", 4, on_day(14), ",'order_id':'a'");
  EXPECT_EQ(where(), "3");
}
TEST_F(StandingTest, ActedOnAnAnticipation) {
  add("Recommendation Clicked", on_day(10));
  EXPECT_EQ(where(), "4");
}
TEST_F(StandingTest, BoughtAfterAnAutomationUnlessHeldOut) {
  add("Automation Entered", on_day(10), "{'automation_id':'x','holdout':true}");
  order("a", 12, 14);
  EXPECT_EQ(where(), "1");
  add("Automation Entered", on_day(10), "{'automation_id':'y','holdout':false}");
  EXPECT_EQ(where(), "4");
}
TEST_F(StandingTest, GaveSomethingBack) {
  add("Product Reviewed", on_day(10), "{'rating':2}");
  EXPECT_EQ(where(), "6");
}
TEST_F(StandingTest, LowRatingMakesFragileWhateverElse) {
  add("Product Reviewed", on_day(10), "{'rating':5}");
  order("a", 10, 12);
  answer("order_csat", 2, on_day(14), ",'order_id':'a'");
  EXPECT_EQ(where(), "fragile");
}
TEST_F(StandingTest, ALaterAnswerTwoPointsBetterRecovers) {
  answer("order_csat", 1, on_day(14));
  add("Page Viewed", on_day(15));
  EXPECT_EQ(where(), "fragile");
  answer("order_csat", 3, on_day(20));
  EXPECT_EQ(where(), "unplaced");
}
TEST_F(StandingTest, APurchaseAfterTheSolutionRecovers) {
  answer("nps", 5, on_day(4));
  order("a", 5, 6);
  EXPECT_EQ(where(), "fragile") << "a purchase alone does not";
  add("Ticket Opened", on_day(7, 10), "{'ticket_id':'t'}");
  add("Ticket Solved", on_day(7, 12), "{'ticket_id':'t'}");
  EXPECT_EQ(where(), "fragile");
  order("b", 20, 22);
  EXPECT_EQ(where(), "2");
}
TEST_F(StandingTest, AnOrderThatNeverCame) {
  add("Order Completed", on_day(10), "{'order_id':'a','promised_at':'2026-01-20'}");
  EXPECT_EQ(where(), "fragile");
  answer("order_csat", 5, on_day(200));
  EXPECT_EQ(where(), "1") << "rated well since";
}
TEST_F(StandingTest, ATicketPastItsSla) {
  add("Ticket Opened", on_day(10), "{'ticket_id':'t'}");
  EXPECT_EQ(where(), "fragile");
}

}  // namespace
}  // namespace cairn::measures

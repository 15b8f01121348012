#include "measures/computer.h"

#include <gtest/gtest.h>

#include "measures/collect.h"
#include "measures/log_by_hand.h"
#include "stats/estimate.h"

namespace cairn::measures {
namespace {

/// What a customer's hand-made log adds to one measure.
struct Collected {
  double hits = 0, trials = 0;
  bool operator==(const Collected&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Collected& c) { return out << c.hits << "/" << c.trials; }

class Measures : public testing::Test {
 protected:
  /// From the trend, which shows sums only for ten and more: so the events are told for `times` customers.
  Collected of(Key key) {
    Figure f = log_.figure(key);
    if (!f.value) return {-1, static_cast<double>(f.n)};
    return {*f.value, static_cast<double>(f.n)};
  }
  /// The same story for customers 1 … n, ids made distinct by a %.
  void tell(int n, std::string kind, Time at, std::string properties = "{}") { tell(1, n, kind, at, properties); }
  void tell(int first, int last, const std::string& kind, Time at, const std::string& properties = "{}") {
    for (int c = first; c <= last; ++c) {
      std::string p = properties;
      for (size_t i; (i = p.find('%')) != p.npos;) p.replace(i, 1, std::to_string(c));
      log_.add(c, kind, at, p);
    }
  }
  LogByHand log_;
};

TEST_F(Measures, NoEvents) {
  Picture p = log_.picture();
  EXPECT_EQ(p.counts["events"], 0);
  EXPECT_EQ(p.pyramid.measured, 0);
  EXPECT_EQ(p.figures.size(), kMeasures);
  for (const Figure& f : p.figures) {
    EXPECT_FALSE(f.is_enough);
    EXPECT_EQ(f.n, 0);
    EXPECT_TRUE(f.trend.empty());
  }
}

TEST_F(Measures, OneCustomerIsNeverEnough) {
  log_.add(1, "Order Completed", on_day(3), "{'order_id':'a','total':10}");
  log_.add(1, "Survey Answered", on_day(3), "{'survey':'order_csat','score':5}");
  Picture p = log_.picture();
  EXPECT_EQ(p.counts["customers"], 1);
  EXPECT_EQ(p.money.revenue_minor, 1000);
  EXPECT_EQ(p.figures[static_cast<size_t>(Key::order_csat)].n, 1);
  EXPECT_FALSE(p.figures[static_cast<size_t>(Key::order_csat)].value);
  EXPECT_EQ(p.pyramid.measured, 0);
}

TEST_F(Measures, ThePeriodIsHalfOpen) {
  log_.question().since = on_day(10);
  log_.question().until = on_day(20);
  for (int d : {9, 10, 19, 20}) log_.add(d, "Order Completed", on_day(d), "{'total':1}");
  Picture p = log_.picture();
  EXPECT_EQ(p.counts["orders"], 2);
  EXPECT_EQ(p.counts["events"], 2);
  EXPECT_EQ(p.counts["customers"], 2);
  EXPECT_EQ(p.money.paid_minor, 200);
}

TEST_F(Measures, WhatWasNotYetKnownIsHidden) {
  log_.timelines().add({1, "Order Completed", on_day(1), "{}", 1, 100, on_day(5)});
  log_.timelines().add({1, "Order Completed", on_day(2), "{}", 1, 100, on_day(6)});
  EXPECT_EQ(log_.picture().counts["orders"], 2);
  log_.question().as_known_at = on_day(6);
  EXPECT_EQ(log_.picture().counts["orders"], 1);
}

TEST_F(Measures, EmptyPeriodIsRefused) {
  log_.question().since = log_.question().until;
  auto result = compute(log_.timelines(), log_.question(), system_executor());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "since");
}

TEST_F(Measures, OrderCsatCountsEveryAnswerOnce) {
  tell(30, "Survey Answered", on_day(3), "{'survey':'order_csat','response_id':'r%','score':5,'order_id':'o%'}");
  tell(30, "Survey Answered", on_day(4), "{'survey':'order_csat','response_id':'r%','score':5,'order_id':'o%'}");
  tell(30, "Survey Answered", on_day(4), "{'survey':'order_csat','response_id':'r%','score':2,'order_id':'p%'}");
  tell(30, "Survey Answered", on_day(4), "{'survey':'order_csat','response_id':'x%','score':6}");
  tell(30, "Survey Answered", on_day(4), "{'survey':'order_csat','response_id':'y%','score':9,'score_max':10}");
  Figure f = log_.figure(Key::order_csat);
  EXPECT_EQ(f.n, 60) << "one response about two orders is two answers, a copy is none, other scales are none";
  EXPECT_DOUBLE_EQ(*f.value, 0.5);
  EXPECT_EQ(f.parts, (std::map<std::string, double>{{"2", 30}, {"5", 30}}));
  EXPECT_EQ(f.stake_customers, 30);
}

TEST_F(Measures, OnTimeIsByTheDayOfDelivery) {
  tell(250, "Order Completed", on_day(0), "{'order_id':'%','promised_at':'2026-01-06'}");
  tell(1, 200, "Order Delivered", on_day(5, 23), "{'order_id':'%'}");
  tell(201, 250, "Order Delivered", on_day(6, 0), "{'order_id':'%'}");
  EXPECT_EQ(of(Key::on_time), (Collected{0.8, 250}));
  Picture p = log_.picture();
  EXPECT_EQ(p.counts["deliveries"], 250);
  EXPECT_EQ(p.counts["late"], 50);
  log_.question().until = on_day(6, 0);
  EXPECT_EQ(log_.picture().counts["late"], 0) << "not yet delivered then";
}

TEST_F(Measures, AllLate) {
  tell(200, "Order Completed", on_day(0), "{'order_id':'%','promised_at':'2026-01-02'}");
  tell(200, "Order Delivered", on_day(30), "{'order_id':'%'}");
  Figure f = log_.figure(Key::on_time);
  EXPECT_EQ(*f.value, 0);
  EXPECT_EQ(*f.low, 0);
  EXPECT_GT(*f.high, 0);
  EXPECT_EQ(*f.score, 0);
}

TEST_F(Measures, OrdersWithoutGoodsAreOfThoseThatEnded) {
  tell(400, "Order Completed", on_day(0), "{'order_id':'%'}");
  tell(1, 160, "Order Delivered", on_day(9), "{'order_id':'%'}");
  tell(161, 180, "Order Cancelled", on_day(9), "{'order_id':'%','by':'customer'}");
  tell(181, 200, "Order Cancelled", on_day(9), "{'order_id':'%','by':'shop'}");
  log_.question().until = on_day(40);
  EXPECT_EQ(of(Key::orders_without_goods), (Collected{0.1, 200})) << "200 are still open";
  log_.question().until = on_day(100);
  EXPECT_EQ(of(Key::orders_without_goods), (Collected{0.55, 400})) << "and then overdue";
}

TEST_F(Measures, AShopThatNeverTellsDeliveriesHasNoOverdueOrders) {
  tell(400, "Order Completed", on_day(0), "{'order_id':'%'}");
  Picture p = log_.picture();
  EXPECT_EQ(p.figures[static_cast<size_t>(Key::orders_without_goods)].n, 0);
  EXPECT_EQ(p.lateness.groups[2].orders, 0);
  EXPECT_EQ(p.fragile.customers, 0);
}

TEST_F(Measures, NothingToldIsNotNothingWrong) {
  tell(1200, "Order Completed", on_day(0), "{'order_id':'%'}");
  EXPECT_EQ(log_.figure(Key::complaints_per_1000_orders).n, 0) << "no ticket was ever told of";
  log_.add(1, "Ticket Opened", on_day(3), "{'ticket_id':'t','complaint':true}");
  Figure f = log_.figure(Key::complaints_per_1000_orders);
  EXPECT_EQ(f.n, 1200);
  EXPECT_NEAR(*f.value, 1000.0 / 1200, 1e-9);
}

TEST_F(Measures, RepeatPurchaseLooksBackTwelveMonths) {
  tell(400, "Order Completed", on_day(-30), "{'order_id':'0-%'}");
  tell(400, "Order Completed", on_day(30), "{'order_id':'1-%'}");
  tell(1, 100, "Order Completed", on_day(60), "{'order_id':'2-%'}");
  tell(101, 200, "Order Completed", on_day(60), "{'order_id':'3-%'}");
  tell(101, 200, "Order Cancelled", on_day(61), "{'order_id':'3-%'}");
  Figure f = log_.figure(Key::repeat_purchase_rate);
  EXPECT_EQ(f.n, 400);
  EXPECT_DOUBLE_EQ(*f.value, 0.25) << "neither the order of last year nor the cancelled one counts";
  // At the end of January everybody had two within twelve months.
  ASSERT_GE(f.trend.size(), 3u);
  EXPECT_EQ(f.trend[1].month, "2026-01");
  EXPECT_DOUBLE_EQ(*f.trend[1].value, 1);
}

TEST_F(Measures, RetentionOverThePurchaseCycle) {
  // Gaps of 25 days: the cycle is 50 days. Customers 1–150 of 300 who bought in the cycle before buy in the last.
  tell(150, "Order Completed", on_day(310), "{'order_id':'a%'}");
  tell(150, "Order Completed", on_day(335), "{'order_id':'b%'}");
  tell(151, 300, "Order Completed", on_day(300), "{'order_id':'a%'}");
  tell(301, 400, "Order Completed", on_day(350), "{'order_id':'a%'}");
  Figure f = log_.figure(Key::retention);
  EXPECT_EQ(f.n, 300);
  EXPECT_DOUBLE_EQ(*f.value, 0.5);
  EXPECT_EQ(f.parts["cycle_days"], 50);
  Figure churn = log_.figure(Key::churn);
  EXPECT_DOUBLE_EQ(*churn.value, 0.5);
  EXPECT_EQ(f.stake_customers, 150);
}

TEST_F(Measures, MoneyAddsUp) {
  tell(40, "Order Completed", on_day(0), "{'order_id':'%','total':100}");
  tell(1, 10, "Order Cancelled", on_day(1), "{'order_id':'%','by':'customer'}");
  tell(11, 20, "Order Refunded", on_day(1), "{'order_id':'%','total':30}");
  log_.add(50, "Order Completed", on_day(0), "{'order_id':'usd','total':7,'currency':'USD'}");
  Picture p = log_.picture();
  EXPECT_EQ(p.money.paid_minor, 400000);
  EXPECT_EQ(p.money.cancelled_minor, 100000);
  EXPECT_EQ(p.money.refunded_minor, 30000);
  EXPECT_EQ(p.money.revenue_minor, 270000);
  EXPECT_EQ(p.money.in_other_currency, 1);
  EXPECT_EQ(of(Key::aov), (Collected{90, 30})) << "the order of unknown amount is in neither part";
  EXPECT_EQ(*log_.figure(Key::revenue).value, 2700);
}

TEST_F(Measures, CartsAndCheckouts) {
  tell(100, "Product Added", on_day(0, 8), "{'cart_id':'%'}");
  tell(100, "Product Added", on_day(0, 9), "{'cart_id':'%'}");
  tell(100, "Checkout Started", on_day(0, 10), "{'cart_id':'%'}");
  tell(1, 40, "Order Completed", on_day(1, 8), "{'order_id':'%'}");
  tell(41, 60, "Order Completed", on_day(1, 9), "{'order_id':'%'}");
  EXPECT_EQ(of(Key::cart_abandonment), (Collected{0.6, 100}))
      << "within 24 hours of the cart's start, the end included";
  EXPECT_EQ(of(Key::checkout_abandonment), (Collected{0.4, 100}));
  log_.question().until = on_day(1, 7);
  EXPECT_EQ(log_.figure(Key::cart_abandonment).n, 0) << "the day is not over";
}

TEST_F(Measures, Returns) {
  tell(200, "Order Completed", on_day(0), "{'order_id':'%','total':50,'products':[{'price':25,'quantity':2}]}");
  tell(1, 20, "Return Requested", on_day(5), "{'order_id':'%','quantity':1,'value':25}");
  EXPECT_EQ(of(Key::return_rate_orders), (Collected{0.1, 200}));
  EXPECT_EQ(of(Key::return_rate_units), (Collected{0.05, 200}));
  EXPECT_EQ(of(Key::return_rate_value), (Collected{0.05, 200}));
}

TEST_F(Measures, Help) {
  tell(100, "Help Searched", on_day(0, 8), "{'query':'x','results':3,'search_id':'s%'}");
  tell(1, 70, "Article Opened", on_day(0, 9), "{'article_id':'a','search_id':'s%'}");
  tell(71, 90, "Article Opened", on_day(0, 9), "{'article_id':'a','search_id':'other'}");
  tell(1, 10, "Ticket Opened", on_day(3, 7), "{'ticket_id':'%'}");
  tell(11, 20, "Ticket Opened", on_day(3, 8), "{'ticket_id':'%'}");
  tell(50, "Article Voted", on_day(0, 9), "{'helpful':true}");
  tell(51, 60, "Article Voted", on_day(0, 9), "{'helpful':false}");
  EXPECT_EQ(of(Key::search_success), (Collected{0.7, 100}));
  EXPECT_EQ(of(Key::self_service), (Collected{0.9, 100})) << "72 hours, the end excluded";
  EXPECT_EQ(of(Key::zero_result_share), (Collected{0, 100}));
  EXPECT_NEAR(of(Key::article_helpful).hits, 50.0 / 60, 1e-12);
}

TEST_F(Measures, TicketsClocksAndSolutions) {
  // Opened Monday 5 January at 9:00; replied 11:00; solved at 17:00 of the next day: 2 h and 17 h of work.
  tell(40, "Ticket Opened", on_day(4, 9), "{'ticket_id':'%','complaint':true,'cause':'late'}");
  tell(40, "Ticket Replied", on_day(4, 10), "{'ticket_id':'%','by':'automatic'}");
  tell(40, "Ticket Replied", on_day(4, 11), "{'ticket_id':'%','by':'agent'}");
  tell(1, 10, "Ticket Replied", on_day(4, 12), "{'ticket_id':'%','by':'agent'}");
  tell(40, "Ticket Solved", on_day(5, 17), "{'ticket_id':'%'}");
  tell(11, 14, "Ticket Reopened", on_day(8), "{'ticket_id':'%'}");
  tell(15, 16, "Ticket Reopened", on_day(20), "{'ticket_id':'%'}");
  EXPECT_EQ(of(Key::first_reply_hours), (Collected{2, 40}));
  EXPECT_EQ(of(Key::resolution_hours), (Collected{17, 34})) << "reopened ones are not solved";
  EXPECT_EQ(of(Key::resolution_calendar_hours), (Collected{32, 34}));
  EXPECT_EQ(of(Key::first_contact_resolution), (Collected{26.0 / 40, 40}));
  EXPECT_EQ(of(Key::reopened), (Collected{6.0 / 40, 40}));
  EXPECT_EQ(of(Key::sla_met), (Collected{1, 40}));
}

TEST_F(Measures, ComplaintsComeBackForTheSameCauseOnly) {
  tell(40, "Ticket Opened", on_day(0), "{'ticket_id':'a%','complaint':true,'cause':'late'}");
  tell(1, 10, "Ticket Opened", on_day(90), "{'ticket_id':'b%','complaint':true,'cause':'Late'}");
  tell(11, 20, "Ticket Opened", on_day(91), "{'ticket_id':'b%','complaint':true,'cause':'late'}");
  tell(21, 30, "Ticket Opened", on_day(10), "{'ticket_id':'b%','complaint':true,'cause':'broken'}");
  tell(31, 40, "Ticket Opened", on_day(10), "{'ticket_id':'b%','cause':'late'}");
  EXPECT_EQ(of(Key::complaint_recurrence), (Collected{0.25, 40}));
}

TEST_F(Measures, NpsAndEffort) {
  tell(60, "Survey Answered", on_day(0), "{'survey':'nps','score':9,'score_max':10}");
  tell(61, 85, "Survey Answered", on_day(0), "{'survey':'nps','score':8}");
  tell(86, 100, "Survey Answered", on_day(0), "{'survey':'nps','score':0}");
  tell(15, "Survey Answered", on_day(0), "{'survey':'ces','score':7}");
  tell(16, 30, "Survey Answered", on_day(0), "{'survey':'ces','score':2}");
  EXPECT_NEAR(of(Key::nps).hits, 45, 1e-12);
  EXPECT_EQ(of(Key::nps).trials, 100);
  EXPECT_EQ(of(Key::ces), (Collected{4.5, 30}));
  EXPECT_EQ(of(Key::ces_easy_share), (Collected{0.5, 30}));
}

TEST_F(Measures, UpliftOverTheHoldout) {
  tell(400, "Automation Entered", on_day(0), "{'automation_id':'a','holdout':false}");
  tell(400, "Automation Entered", on_day(9), "{'automation_id':'a','holdout':false}");
  tell(401, 500, "Automation Entered", on_day(0), "{'automation_id':'a','holdout':true}");
  tell(1, 80, "Order Completed", on_day(7), "{'order_id':'%'}");
  tell(401, 410, "Order Completed", on_day(3), "{'order_id':'%'}");
  Figure f = log_.figure(Key::automation_uplift);
  EXPECT_EQ(f.n, 400);
  EXPECT_NEAR(*f.value, 0.10, 1e-12);
  auto newcombe = stats::share_difference({80, 400}, {10, 100});
  EXPECT_NEAR(*f.low, newcombe.low, 1e-12);
  EXPECT_NEAR(*f.high, newcombe.high, 1e-12);
}

TEST_F(Measures, ProgrammeMessagesAndContributions) {
  tell(400, "Order Completed", on_day(0), "{'order_id':'%'}");
  tell(1, 100, "Member Enrolled", on_day(1));
  tell(401, 500, "Member Enrolled", on_day(-700));
  tell(401, 500, "Points Earned", on_day(-600));
  tell(1, 100, "Points Earned", on_day(2));
  tell(1000, "Email Delivered", on_day(5), "{'email_id':'%'}");
  tell(1, 4, "Unsubscribed", on_day(6));
  tell(1, 20, "Product Reviewed", on_day(8), "{'review_id':'%'}");
  tell(1, 400, "Order Delivered", on_day(3), "{'order_id':'%'}");
  tell(5, 5, "Referral Completed", on_day(1), "{'role':'referred'}");
  tell(6, 6, "Referral Completed", on_day(1), "{'role':'referrer'}");
  EXPECT_EQ(of(Key::participation), (Collected{0.4, 500}));
  EXPECT_EQ(log_.figure(Key::active_members).n, 200);
  EXPECT_EQ(of(Key::optouts_per_1000_messages), (Collected{4, 1000}));
  EXPECT_EQ(of(Key::reviews_per_100_deliveries), (Collected{5, 400}));
  EXPECT_EQ(of(Key::contributors), (Collected{0.05, 400}));
  EXPECT_EQ(of(Key::referral_new_customers), (Collected{1.0 / 400, 400}));
}

TEST_F(Measures, IdeasThatCameToSomething) {
  tell(20, "Idea Submitted", on_day(0), "{'idea_id':'%'}");
  tell(1, 5, "Idea Answered", on_day(9), "{'idea_id':'%','status':'realised'}");
  tell(6, 15, "Idea Answered", on_day(9), "{'idea_id':'%','status':'declined'}");
  EXPECT_EQ(of(Key::ideas_realised), (Collected{0.25, 20}));
}

TEST_F(Measures, LatenessInThreeGroupsAndAnswersBeforeTheDelivery) {
  tell(30, "Order Completed", on_day(0), "{'order_id':'%','promised_at':'2026-01-10'}");
  tell(1, 10, "Order Delivered", on_day(5), "{'order_id':'%'}");
  tell(11, 20, "Order Delivered", on_day(20), "{'order_id':'%'}");
  tell(1, 10, "Survey Answered", on_day(6), "{'survey':'order_csat','score':5,'order_id':'%'}");
  tell(11, 15, "Survey Answered", on_day(21), "{'survey':'order_csat','score':2,'order_id':'%'}");
  tell(16, 20, "Survey Answered", on_day(12), "{'survey':'order_csat','score':1,'order_id':'%'}");
  tell(21, 24, "Survey Answered", on_day(30), "{'survey':'order_csat','score':1,'order_id':'%'}");
  Lateness l = log_.picture().lateness;
  EXPECT_EQ(l.groups[0].orders, 10);
  EXPECT_EQ(l.groups[0].csat, (stats::Share{10, 10}));
  EXPECT_EQ(l.groups[1].orders, 10);
  EXPECT_EQ(l.groups[1].csat, (stats::Share{0, 5}));
  EXPECT_DOUBLE_EQ(l.groups[1].scores.mean(), 2);
  EXPECT_EQ(l.groups[2].orders, 10);
  EXPECT_EQ(l.groups[2].csat, (stats::Share{0, 4}));
  EXPECT_EQ(l.before_delivery.orders, 5);
  EXPECT_EQ(l.before_delivery.csat, (stats::Share{0, 5}));
}

TEST(PeriodOf, NowUnlessTheLogIsStale) {
  Question q;
  q.now = on_day(100);
  Census census;
  EXPECT_EQ(period_of(q, census).until, on_day(100));
  census.count(KindRef::other, on_day(70));
  EXPECT_EQ(period_of(q, census).until_is, UntilIs::now);
  Census old;
  old.count(KindRef::other, on_day(69) + microseconds(5));
  EXPECT_EQ(period_of(q, old).until_is, UntilIs::newest_event);
  EXPECT_EQ(period_of(q, old).until, on_day(69) + seconds(1));
  q.until = on_day(3);
  EXPECT_EQ(period_of(q, old).until_is, UntilIs::asked);
}

TEST_F(Measures, TheSameQuestionGivesTheSameAnswer) {
  tell(300, "Order Completed", on_day(0), "{'order_id':'%','total':%}");
  tell(1, 60, "Order Completed", on_day(50), "{'order_id':'b%','total':%}");
  Figure a = log_.figure(Key::aov), b = log_.figure(Key::aov);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
}

}  // namespace
}  // namespace cairn::measures

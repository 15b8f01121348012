#include "measures/orders.h"

#include <gtest/gtest.h>

#include "measures/log_by_hand.h"

namespace cairn::measures {
namespace {

class Orders : public testing::Test {
 protected:
  void add(std::string_view kind, Time at, std::string properties, int source = 1, int precedence = 100,
           std::optional<Time> known_at = {}) {
    for (char& c : properties)
      if (c == '\'') c = '"';
    Event e;
    e.seq = Seq{++seq_};
    e.occurred_at = at;
    e.known_at = known_at.value_or(at);
    e.source = source;
    e.precedence = precedence;
    e.kind = kind_ref(kind);
    ASSERT_NE(e.kind, KindRef::other) << kind;
    e.properties = properties;
    fold_.add(e, Properties(e, reading_));
  }
  Order only() {
    auto orders = fold_.take();
    EXPECT_EQ(orders.size(), 1u);
    return orders.empty() ? Order() : orders.front();
  }
  AsOf as_of(Time until) { return {until, reading_.zone, true}; }

  Reading reading_{Zone(), Currency::parse("EUR").value()};
  OrderFold fold_;
  int64_t seq_ = 0;
};

TEST_F(Orders, FoldsTheStepsOfOneOrder) {
  add("Order Completed", on_day(0),
      "{'order_id':'a','total':'100.50','promised_at':'2026-01-06','channel':'web',"
      "'products':[{'price':40,'quantity':2},{'price':20.5}]}");
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'1','amount':60.25}");
  add("Order Paid", on_day(1), "{'order_id':'a','payment_id':'2','amount':'40.25'}");
  add("Order Shipped", on_day(2), "{'order_id':'a'}");
  add("Order Delivered", on_day(5), "{'order_id':'a'}");
  Order o = only();
  EXPECT_EQ(o.id, "a");
  EXPECT_EQ(o.placed_at, on_day(0));
  EXPECT_EQ(o.total_minor, 10050);
  EXPECT_EQ(o.paid_minor, 10050);
  EXPECT_EQ(o.units, 3);
  EXPECT_EQ(o.channel, "web");
  EXPECT_EQ(o.shipped_at, on_day(2));
  EXPECT_EQ(o.delivered_at, on_day(5));
  EXPECT_TRUE(o.is_delivered);
  EXPECT_EQ(o.revenue_minor(), 10050);
  EXPECT_EQ(o.fate(as_of(on_day(30))), Fate::on_time);
}

TEST_F(Orders, PromiseIsACalendarDayOfTheBrand) {
  reading_.zone = Zone::find("America/Sao_Paulo").value();
  add("Order Completed", on_day(0), "{'order_id':'a','promised_at':'2026-01-06T00:00:00-03:00'}");
  add("Order Delivered", Time{on_day(6, 0).micros + hours(2).micros}, "{'order_id':'a'}");  // 6 January, 23:00 there
  EXPECT_EQ(only().fate(as_of(on_day(30))), Fate::on_time);
  reading_.zone = Zone();
  EXPECT_EQ(only().fate(as_of(on_day(30))), Fate::late) << "the same moment is 7 January in UTC";
}

TEST_F(Orders, NumbersAsIdsAreTheSameAsText) {
  add("Order Completed", on_day(0), "{'order_id':4503599627370497123,'total':5}");
  add("Order Paid", on_day(0), "{'order_id':'4503599627370497123','amount':5}");
  EXPECT_EQ(only().paid_minor, 500);
}

TEST_F(Orders, WithoutIdEachCompletedIsItsOwn) {
  add("Order Completed", on_day(0), "{'total':5}");
  add("Order Completed", on_day(0), "{'total':5}");
  add("Order Paid", on_day(0), "{'amount':5}");
  auto orders = fold_.take();
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].paid_minor, 500);
}

TEST_F(Orders, SameFactFromTwoSourcesIsOne) {
  add("Order Completed", on_day(0), "{'order_id':'a','total':90,'status':'new'}", 1, 50);
  add("Order Completed", on_day(0, 13), "{'order_id':'a','total':100}", 2, 100);
  add("Order Completed", on_day(0, 14), "{'order_id':'a','total':95}", 1, 50);
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'p','amount':100}", 1, 50);
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'p','amount':100}", 2, 100);
  Order o = only();
  EXPECT_EQ(o.total_minor, 10000) << "the highest precedence";
  EXPECT_EQ(o.placed_at, on_day(0, 13));
  EXPECT_EQ(o.status, "new") << "known from one source only";
  EXPECT_EQ(o.paid_minor, 10000);
}

TEST_F(Orders, AmongEqualSourcesTheLatestKnownWins) {
  add("Order Updated", on_day(2), "{'order_id':'a','total':80}", 1, 100, on_day(2));
  add("Order Completed", on_day(0), "{'order_id':'a','total':100}", 2, 100, on_day(9));
  EXPECT_EQ(only().total_minor, 10000);
}

TEST_F(Orders, PaymentsWithoutIdComeFromOneSource) {
  for (int source : {1, 2})
    for (int i = 0; i < 2; ++i)
      add("Order Paid", on_day(i), "{'order_id':'a','amount':10}", source, source == 1 ? 50 : 100);
  EXPECT_EQ(only().paid_minor, 2000);
}

TEST_F(Orders, RefundsWholeAndInPart) {
  add("Order Completed", on_day(0), "{'order_id':'a','revenue':80,'shipping':15,'tax':5}");
  add("Order Refunded", on_day(1), "{'order_id':'a','refund_id':'1','total':30}");
  add("Order Refunded", on_day(2), "{'order_id':'a','refund_id':'2','products':[{'price':5,'quantity':2}]}");
  Order o = only();
  EXPECT_EQ(o.paid_minor, 10000);
  EXPECT_EQ(o.refunded_minor, 4000);
  add("Order Refunded", on_day(3), "{'order_id':'a','refund_id':'3'}");
  EXPECT_EQ(only().refunded_minor, 10000) << "no amount: all of it, and never more than was paid";
  EXPECT_EQ(only().revenue_minor(), 0);
}

TEST_F(Orders, CancelledEarnsNothing) {
  add("Order Completed", on_day(0), "{'order_id':'a','total':100}");
  add("Order Refunded", on_day(3), "{'order_id':'a'}");
  add("Order Cancelled", on_day(3), "{'order_id':'a','by':'customer'}");
  Order o = only();
  EXPECT_FALSE(o.stands());
  EXPECT_EQ(o.revenue_minor(), 0);
  EXPECT_EQ(o.fate(as_of(on_day(400))), Fate::given_up);
}

TEST_F(Orders, CancelledByNobodyKnowsWhomEndsWithoutGoods) {
  add("Order Completed", on_day(0), "{'order_id':'a','status':'canceled','total':1}");
  EXPECT_EQ(only().fate(as_of(on_day(1))), Fate::never_delivered);
  EXPECT_EQ(only().cancelled_by, "unknown");
}

TEST_F(Orders, UnavailableIsTheShops) {
  add("Order Cancelled", on_day(0), "{'order_id':'a','reason':'unavailable','by':'shop'}");
  EXPECT_TRUE(only().is_unavailable);
  EXPECT_EQ(only().fate(as_of(on_day(1))), Fate::never_delivered);
}

TEST_F(Orders, OverdueAfterThirtyOrSixtyDays) {
  add("Order Completed", on_day(0), "{'order_id':'a','promised_at':'2026-01-11T12:00:00Z'}");
  EXPECT_EQ(only().fate(as_of(on_day(40))), Fate::open);
  EXPECT_EQ(only().fate(as_of(on_day(41))), Fate::never_delivered);
  AsOf silent = as_of(on_day(41));
  silent.tells_deliveries = false;
  EXPECT_EQ(only().fate(silent), Fate::open);
}

TEST_F(Orders, OverdueWithoutPromise) {
  add("Order Completed", on_day(0), "{'order_id':'a'}");
  EXPECT_EQ(only().fate(as_of(on_day(60))), Fate::open);
  EXPECT_EQ(only().fate(as_of(on_day(61))), Fate::never_delivered);
}

TEST_F(Orders, BoughtOverTheCounterIsNeverOverdueUnlessItIsSentHome) {
  add("Order Completed", on_day(0), "{'order_id':'a','channel':'store'}");
  EXPECT_EQ(only().fate(as_of(on_day(400))), Fate::delivered);
  add("Order Updated", on_day(0), "{'order_id':'a','promised_at':'2026-01-05'}");
  EXPECT_EQ(only().fate(as_of(on_day(400))), Fate::never_delivered);
}

TEST_F(Orders, DeliveredWithoutADateIsDeliveredButNotOnTime) {
  add("Order Completed", on_day(0), "{'order_id':'a','promised_at':'2026-01-05'}");
  add("Order Updated", on_day(4), "{'order_id':'a','status':'delivered'}");
  EXPECT_EQ(only().fate(as_of(on_day(300))), Fate::delivered);
  EXPECT_FALSE(only().delivered_at);
}

TEST_F(Orders, AnotherCurrencyIsUnknownAndCountedOnce) {
  add("Order Completed", on_day(0), "{'order_id':'a','currency':'USD','revenue':10,'shipping':2,'tax':1}");
  add("Order Completed", on_day(0), "{'order_id':'b','currency':'eur','total':10}");
  auto orders = fold_.take();
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_FALSE(orders[0].paid_minor);
  EXPECT_EQ(orders[1].paid_minor, 1000);
  EXPECT_EQ(fold_.in_other_currency(), 1);
}

TEST_F(Orders, ReturnsByUnitsByValueAndWhole) {
  add("Order Completed", on_day(0), "{'order_id':'a','total':100,'products':[{'price':25,'quantity':4}]}");
  EXPECT_FALSE(only().is_returned);
  add("Return Requested", on_day(3), "{'order_id':'a','return_id':'r','quantity':1,'value':25}");
  add("Return Requested", on_day(3), "{'order_id':'a','return_id':'r','quantity':1,'value':25}", 2);
  EXPECT_TRUE(only().is_returned);
  EXPECT_EQ(only().returned_units, 1);
  EXPECT_EQ(only().returned_minor, 2500);
  add("Return Requested", on_day(4), "{'order_id':'a','return_id':'s'}");
  EXPECT_EQ(only().returned_units, 4) << "no quantity, no value: all of it, and never more than was bought";
  EXPECT_EQ(only().returned_minor, 10000);
}

TEST_F(Orders, MoneyIsExact) {
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'1','amount':0.1}");
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'2','amount':0.2}");
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'3','amount':1234567.89}");
  add("Order Paid", on_day(0), "{'order_id':'a','payment_id':'4','amount':'not a number'}");
  EXPECT_EQ(only().paid_minor, 123456819);
}

}  // namespace
}  // namespace cairn::measures

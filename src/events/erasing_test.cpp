#include "events/erasing.h"

#include <gtest/gtest.h>

#include "support/on_stores.h"

namespace cairn::events {
namespace {

const std::vector<Identifier> kAda = {
    {"email", "ada@example.org"}, {"phone", "+33612345678"}, {"user_id", "77"}, {"external:erp", "E-100 7"}};

TEST(Needles, are_words_of_their_own) {
  Needles needles(kAda, std::vector<CustomerId>{{123456789}});
  EXPECT_TRUE(needles.are_in("mail to ADA@Example.org, please"));
  EXPECT_TRUE(needles.are_in("customer 123456789"));
  EXPECT_TRUE(needles.are_in("e-100 7"));
  EXPECT_FALSE(needles.are_in("nada@example.org")) << "somebody else";
  EXPECT_FALSE(needles.are_in("1234567890"));
  EXPECT_FALSE(needles.are_in("77")) << "too short to be hers wherever it stands";
  EXPECT_TRUE(needles.are_in("06 12 34 56 78"));
  EXPECT_TRUE(needles.are_in("0033-6-12-34-56-78"));
  EXPECT_FALSE(needles.are_in("06 12 34 56 79"));
  EXPECT_FALSE(Needles().are_in("ada@example.org"));
  EXPECT_TRUE(Needles().is_empty());
}

TEST(Needles, in_calls_and_rows) {
  Needles needles(kAda, {});
  EXPECT_TRUE(needles.are_in_json(R"({"userId":"77","event":"X"})"));
  EXPECT_TRUE(needles.are_in_json(R"({"batch":[{"user_id":77}]})"));
  EXPECT_TRUE(needles.are_in_json(R"({"context":{"traits":{"e":"\u0061da@example.org"}}})"));
  EXPECT_TRUE(needles.are_in_json(R"({"traits":{"mobile":"06.12.34.56.78"}})"));
  EXPECT_FALSE(needles.are_in_json(R"({"userId":"78","properties":{"size":"77"}})"));
  EXPECT_TRUE(needles.are_in_json(R"({"userId":"77)")) << "no JSON: searched as text";
  EXPECT_TRUE(needles.are_in_row("f.csv,7,time,what,\"x,77,y\"\n"));
  EXPECT_TRUE(needles.are_in_row("f.csv,7,time,what,06 12 34 56 78\n"));
  EXPECT_FALSE(needles.are_in_row("f.csv,770,time,what,x\n"));
}

class ErasingTest : public test::OnStores {};
CAIRN_ON_STORES(ErasingTest);

TEST_P(ErasingTest, what_stays_of_properties) {
  auto log = Log::open(world_, store(), directory()).value();
  Needles needles(kAda, {});
  auto stays = [&](std::string_view kind, std::string_view properties) {
    return impersonal(*log, kind, properties, needles);
  };
  EXPECT_EQ(stays("Page Viewed", R"({"path":"/","url":"http://x","referrer":"y","channel":"web","odd":1})"),
            R"({"path":"/","channel":"web"})");
  EXPECT_EQ(stays("Page Viewed", R"({"path":"/of/ada@example.org/x","title":"Tea"})"), R"({"title":"Tea"})");
  EXPECT_EQ(stays("Order Completed",
                  R"( { "total" : 12.50 , "tax":1e2, "coupon":null,"note":{"a":[1,"}"]}, "channel":"web" } )"),
            R"({"total":12.50,"tax":1e2,"coupon":null,"channel":"web"})")
      << "numbers keep their spelling";
  EXPECT_EQ(stays("Order Completed", R"({"products":[{"sku":"a\"]","price":1,"gift":"for Ada"},"loose",3,[4],{}]})"),
            R"({"products":[{"sku":"a\"]","price":1},"loose",3,null,{}]})");
  EXPECT_EQ(stays("Survey Answered", R"({"comment":"  ","score":1})"), R"({"score":1})");
  EXPECT_EQ(stays("Survey Answered", R"({"comment":"no","score":1})"), R"({"comment":"[erased]","score":1})");
  EXPECT_EQ(stays("Never Declared", R"({"a":1})"), "{}");
  EXPECT_EQ(stays("Page Viewed", "no json"), "{}");
  EXPECT_EQ(stays("Page Viewed", "{}"), "{}");
  std::string first = stays("Order Completed", R"({"order_id":"ada@example.org/1"})");
  EXPECT_EQ(first.find("ada"), first.npos);
  EXPECT_EQ(stays("Order Paid", R"({"order_id":"ada@example.org/1"})"), first) << "what belongs together still does";
  EXPECT_NE(stays("Order Paid", R"({"order_id":"ada@example.org/2"})"), first);
  std::vector<Undescribed> gone;
  (void)impersonal(*log, "Page Viewed", R"({"odd":"x","url":"y"})", needles, &gone);
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].property, "odd");
  EXPECT_EQ(gone[0].example, "x");
}

TEST_P(ErasingTest, an_erased_key_is_the_same_again) {
  auto log = Log::open(world_, store(), directory()).value();
  std::string once = log->erased_key({7}, "message 1");
  EXPECT_EQ(once.size(), 17u);
  EXPECT_EQ(log->erased_key({7}, once), once);
  EXPECT_NE(log->erased_key({8}, "message 1"), once);
}

}  // namespace
}  // namespace cairn::events

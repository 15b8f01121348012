#include "events/kinds.h"

#include <gtest/gtest.h>

#include "events/model.h"

namespace cairn::events {
namespace {

TEST(Kinds, tell_stream_key_types_and_what_is_personal) {
  const query::Kind* order = declared_kinds().find("Order Completed");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->stream, "order_completed");
  EXPECT_EQ(order->business_key, "order_id");
  EXPECT_EQ(order->find("total")->type, query::PropertyType::money);
  EXPECT_FALSE(order->find("total")->personal);
  EXPECT_EQ(declared_kinds().find_stream("survey_answered")->find("comment")->personal, true);
  EXPECT_EQ(declared_kinds().find("No Such Kind"), nullptr);
}

TEST(Kinds, every_business_key_is_a_declared_property) {
  for (const query::Kind& kind : declared_kinds().kinds()) {
    if (kind.business_key.empty()) continue;
    ASSERT_NE(kind.find(kind.business_key), nullptr) << kind.name;
    EXPECT_FALSE(kind.find(kind.business_key)->personal) << kind.name << ": the fold must survive an erasure";
  }
}

TEST(Kinds, what_broke_is_counted_without_telling_who_met_it) {
  const query::Kind* error = declared_kinds().find("Script Error Met");
  ASSERT_NE(error, nullptr);
  EXPECT_TRUE(error->find("message")->personal) << "a shop may write anything into a message";
  EXPECT_FALSE(error->find("source")->personal);
  EXPECT_EQ(error->find("line")->type, query::PropertyType::integer);
  for (const char* name : {"Request Failed", "Rage Clicked", "Dead Clicked", "Page Slow", "Payment Refused"}) {
    const query::Kind* kind = declared_kinds().find(name);
    ASSERT_NE(kind, nullptr) << name;
    EXPECT_TRUE(kind->business_key.empty()) << name << ": it happens as often as it happens";
  }
  EXPECT_EQ(declared_kinds().find("Page Left")->find("visible_ms")->type, query::PropertyType::integer);
}

TEST(Kinds, old_names_and_exports_names_become_current_ones) {
  EXPECT_EQ(current_name("Completed Order"), "Order Completed");
  EXPECT_EQ(current_name("purchase"), "Order Completed");
  EXPECT_EQ(current_name("My Own Kind"), "My Own Kind");
  for (const char* old : {"Viewed Product", "cart", "view", "Started Order"})
    EXPECT_NE(declared_kinds().find(current_name(old)), nullptr) << old;
}

TEST(Identifiers, are_checked_and_travel_as_text) {
  EXPECT_TRUE(check_identifier({"user_id", "42"}));
  EXPECT_TRUE(check_identifier({"external:erp", "a=b:c"}));
  for (const Identifier& bad : {Identifier{"user_id", ""},
                                {"", "x"},
                                {"a=b", "x"},
                                {"user_id", "a\nb"},
                                {"user_id", "\xFF"},
                                {"user_id", std::string(201, 'x')}})
    EXPECT_FALSE(check_identifier(bad)) << bad.kind;
  std::vector<Identifier> ids = {{"external:erp", "a=b"}, {"email", "é@x.fr"}};
  EXPECT_EQ(split_identifiers(join_identifiers(ids)), ids);
  EXPECT_TRUE(split_identifiers("").empty());
}

}  // namespace
}  // namespace cairn::events

#include "events/undeclared.h"

#include "support/on_stores.h"

namespace cairn::events {
namespace {

class UndeclaredTest : public test::OnStores {};
CAIRN_ON_STORES(UndeclaredTest);

TEST_P(UndeclaredTest, EachNameOnceAsItWasFirstSeen) {
  auto names = Undeclared::open(world_, store()).value();
  names->note("Order Completed", "orderid", json::Value("A-1"), {SourceId{3}});
  names->note("Order Completed", "orderid", json::Value(2), {SourceId{4}});
  names->note("Order Complete", "dorderid", json::Value(3), {SourceId{3}});
  clock_.advance(seconds(1));
  names->note("Basket Kicked", "", json::Value(), {SourceId{3}});
  ASSERT_TRUE(names->flush());
  auto listed = names->list().value();
  ASSERT_EQ(listed.names.size(), 3u) << "kind and property are two names, not one";
  EXPECT_EQ(listed.names[0].kind, "Basket Kicked");
  EXPECT_EQ(listed.names[0].property, "");
  EXPECT_EQ(listed.names[1].property, "dorderid");
  EXPECT_EQ(listed.names[2].property, "orderid");
  EXPECT_EQ(listed.names[2].type, "text");
  EXPECT_EQ(listed.names[2].example, "A-1");
  EXPECT_EQ(listed.names[2].source, SourceId{3});
  EXPECT_FALSE(listed.is_full);

  auto again = Undeclared::open(world_, store()).value();
  again->note("Order Completed", "orderid", json::Value(true), {SourceId{5}});
  again->note("Order Completed", "order_no", json::Value(true), {SourceId{5}, RunId{7}});
  ASSERT_TRUE(again->flush());
  listed = again->list().value();
  ASSERT_EQ(listed.names.size(), 4u) << "what was stored before is known";
  auto found = std::find_if(listed.names.begin(), listed.names.end(), [](auto& n) { return n.property == "order_no"; });
  ASSERT_NE(found, listed.names.end());
  EXPECT_EQ(found->run, RunId{7});
}

TEST_P(UndeclaredTest, WhatIsLongIsCutAtACharacter) {
  auto names = Undeclared::open(world_, store()).value();
  std::string long_text(79, 'a');
  names->note("K", "p", json::Value(long_text + "éé"), {SourceId{1}});
  names->note("K", std::string("a\0b", 3), json::Value("x"), {SourceId{1}});
  ASSERT_TRUE(names->flush());
  auto listed = names->list().value();
  ASSERT_EQ(listed.names.size(), 2u);
  EXPECT_EQ(listed.names[0].property, "ab");
  EXPECT_EQ(listed.names[1].example, long_text + "…");
}

TEST_P(UndeclaredTest, ASenderThatMakesNamesUpIsBounded) {
  auto names = Undeclared::open(world_, store()).value();
  for (size_t i = 0; i < Undeclared::kNamesMax + 50; ++i)
    names->note("K", fmt::format("p{}", i), json::Value("x"), {SourceId{1}});
  ASSERT_TRUE(names->flush());
  auto listed = names->list().value();
  EXPECT_TRUE(listed.is_full);
  EXPECT_EQ(listed.names.size(), 1000u);
  int64_t stored = 0;
  ASSERT_TRUE(store().read([&](db::Session& session) {
    return session.each("events.undeclared_names", {}, [&](const db::Row&) { return ++stored > 0; });
  }));
  EXPECT_EQ(stored, int64_t{Undeclared::kNamesMax});
}

TEST(Undeclared, WordsOfTypes) {
  EXPECT_EQ(type_word(json::Value("x")), "text");
  EXPECT_EQ(type_word(json::Value(1)), "number");
  EXPECT_EQ(type_word(json::Value(1.5)), "number");
  EXPECT_EQ(type_word(json::Value(true)), "boolean");
  EXPECT_EQ(type_word(json::Value(json::Array())), "list");
  EXPECT_EQ(type_word(json::Value(json::Object())), "object");
  EXPECT_EQ(type_word(json::Value(nullptr)), "null");
}

}  // namespace
}  // namespace cairn::events

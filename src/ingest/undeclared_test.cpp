#include "ingest/undeclared.h"

#include "support/on_stores.h"

namespace cairn::ingest {
namespace {

class UndeclaredTest : public test::OnStores {};
CAIRN_ON_STORES(UndeclaredTest);

TEST_P(UndeclaredTest, EachNameOnceAsItWasFirstSeen) {
  auto names = Undeclared::open(world_, store()).value();
  EXPECT_TRUE(names->is_new("Order Completed", "orderid"));
  names->note("Order Completed", "orderid", "text", "A-1", SourceId{3});
  names->note("Order Completed", "orderid", "number", "2", SourceId{4});
  EXPECT_FALSE(names->is_new("Order Completed", "orderid"));
  EXPECT_TRUE(names->is_new("Order Complete", "dorderid")) << "kind and property are two names, not one";
  clock_.advance(seconds(1));
  names->note("Basket Kicked", "", "", "", SourceId{3});
  ASSERT_TRUE(names->flush());
  auto listed = names->list().value();
  ASSERT_EQ(listed.names.size(), 2u);
  EXPECT_EQ(listed.names[0].kind, "Basket Kicked");
  EXPECT_EQ(listed.names[0].property, "");
  EXPECT_EQ(listed.names[1].property, "orderid");
  EXPECT_EQ(listed.names[1].type, "text");
  EXPECT_EQ(listed.names[1].example, "A-1");
  EXPECT_EQ(listed.names[1].source, SourceId{3});
  EXPECT_FALSE(listed.is_full);

  auto again = Undeclared::open(world_, store()).value();
  EXPECT_FALSE(again->is_new("Order Completed", "orderid"));
  EXPECT_TRUE(again->is_new("Order Completed", "order_no"));
}

TEST_P(UndeclaredTest, WhatIsLongIsCutAtACharacter) {
  auto names = Undeclared::open(world_, store()).value();
  std::string long_text(79, 'a');
  names->note("K", "p", "text", long_text + "éé", SourceId{1});
  names->note("K", std::string("a\0b", 3), "text", "x", SourceId{1});
  ASSERT_TRUE(names->flush());
  auto listed = names->list().value();
  ASSERT_EQ(listed.names.size(), 2u);
  EXPECT_EQ(listed.names[0].property, "ab");
  EXPECT_EQ(listed.names[1].example, long_text + "…");
}

TEST_P(UndeclaredTest, ASenderThatMakesNamesUpIsBounded) {
  auto names = Undeclared::open(world_, store()).value();
  for (size_t i = 0; i < Undeclared::kNamesMax + 50; ++i)
    names->note("K", fmt::format("p{}", i), "text", "x", SourceId{1});
  EXPECT_FALSE(names->is_new("K", "another"));
  ASSERT_TRUE(names->flush());
  auto listed = names->list().value();
  EXPECT_TRUE(listed.is_full);
  EXPECT_EQ(listed.names.size(), 1000u);
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
}  // namespace cairn::ingest

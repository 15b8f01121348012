#include "events/undeclared.h"

#include "support/on_stores.h"

namespace cairn::events {
namespace {

class UndeclaredTest : public test::OnStores {
 protected:
  /// As the transaction does that appended one event with it, or found that it is there already.
  void note(const std::unique_ptr<Undeclared>& names, std::string_view kind, std::string_view property,
            const json::Value& value, Undeclared::From from, Fate fate = Fate::kept) {
    std::vector<NewName> met = {Undeclared::name_of(property, value)};
    EXPECT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) {
      return names->note(tx, met, one(kind), fates({fate}), from);
    }));
  }
  static std::vector<NewEvent> one(std::string_view kind) {
    std::vector<NewEvent> events(1);
    events[0].kind = kind;
    return events;
  }
  static std::vector<Outcome> fates(const std::vector<Fate>& list) {
    std::vector<Outcome> outcomes(list.size());
    for (size_t i = 0; i < list.size(); ++i) outcomes[i].fate = list[i];
    return outcomes;
  }
};
CAIRN_ON_STORES(UndeclaredTest);

TEST_P(UndeclaredTest, EachNameOnceAsItWasFirstSeen) {
  auto names = Undeclared::open(world_, store()).value();
  note(names, "Order Completed", "orderid", json::Value("A-1"), {SourceId{3}});
  note(names, "Order Completed", "orderid", json::Value(2), {SourceId{4}});
  note(names, "Order Complete", "dorderid", json::Value(3), {SourceId{3}});
  clock_.advance(seconds(1));
  note(names, "Basket Kicked", "", json::Value(), {SourceId{3}});
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
  note(again, "Order Completed", "orderid", json::Value(true), {SourceId{5}});
  note(again, "Order Completed", "order_no", json::Value(true), {SourceId{5}, RunId{7}});
  listed = again->list().value();
  ASSERT_EQ(listed.names.size(), 4u) << "what was stored before is known";
  auto found = std::find_if(listed.names.begin(), listed.names.end(), [](auto& n) { return n.property == "order_no"; });
  ASSERT_NE(found, listed.names.end());
  EXPECT_EQ(found->run, RunId{7});
}

TEST_P(UndeclaredTest, OnlyOfEventsThatAreKept) {
  auto names = Undeclared::open(world_, store()).value();
  note(names, "K", "p", json::Value("of a copy"), {SourceId{1}}, Fate::already_there);
  note(names, "K", "p", json::Value("of a refused one"), {SourceId{1}}, Fate::refused);
  EXPECT_FALSE(names->knows("K", "p"));
  EXPECT_TRUE(names->list().value().names.empty());

  std::vector<NewEvent> events(3);
  for (NewEvent& event : events) event.kind = "K";
  std::vector<NewName> met;
  for (const char* value : {"of a copy", "of the first", "of the second"}) {
    met.push_back(Undeclared::name_of("p", json::Value(value)));
    met.back().event = static_cast<uint32_t>(met.size() - 1);
  }
  ASSERT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) {
    return names->note(tx, met, events, fates({Fate::already_there, Fate::kept, Fate::kept}), {SourceId{1}});
  }));
  EXPECT_TRUE(names->knows("K", "p"));
  auto listed = names->list().value();
  ASSERT_EQ(listed.names.size(), 1u);
  EXPECT_EQ(listed.names[0].example, "of the first");
}

TEST_P(UndeclaredTest, WhatIsRolledBackIsNotKnown) {
  auto names = Undeclared::open(world_, store()).value();
  std::vector<NewName> met = {Undeclared::name_of("p", json::Value("x"))};
  EXPECT_FALSE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
    TRY(names->note(tx, met, one("K"), fates({Fate::kept}), {SourceId{1}}));
    EXPECT_FALSE(names->knows("K", "p")) << "before the commit nobody may rely on it";
    return fail(Code::unavailable, "the disk is full");
  }));
  EXPECT_FALSE(names->knows("K", "p"));
  EXPECT_TRUE(names->list().value().names.empty());
  note(names, "K", "p", json::Value("y"), {SourceId{1}});
  EXPECT_EQ(names->list().value().names.at(0).example, "y");
}

TEST_P(UndeclaredTest, WhatIsLongIsCutAtACharacter) {
  auto names = Undeclared::open(world_, store()).value();
  std::string long_text(79, 'a');
  note(names, "K", "p", json::Value(long_text + "éé"), {SourceId{1}});
  note(names, "K", std::string("a\0b", 3), json::Value("x"), {SourceId{1}});
  auto listed = names->list().value();
  ASSERT_EQ(listed.names.size(), 2u);
  EXPECT_EQ(listed.names[0].property, "ab");
  EXPECT_EQ(listed.names[1].example, long_text + "…");
}

TEST_P(UndeclaredTest, ASenderThatMakesNamesUpIsBounded) {
  auto names = Undeclared::open(world_, store()).value();
  std::vector<NewName> met;
  for (size_t i = 0; i < Undeclared::kNamesMax + 50; ++i)
    met.push_back(Undeclared::name_of(fmt::format("p{}", i), json::Value("x")));
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) {
      return names->note(tx, met, one("K"), fates({Fate::kept}), {SourceId{1}});
    }));
  EXPECT_TRUE(names->knows("K", "another")) << "nothing is asked of what has no room";
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

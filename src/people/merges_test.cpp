#include "people/merges.h"

#include <gtest/gtest.h>

#include <utility>

#include "support/on_stores.h"

namespace cairn::people {
namespace {

using events::Identifier;

class MergesTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped()) return;
    log_ = std::move(events::Log::open(world_, store(), directory()).value());
    shop_ = log_->ensure_source("shop").value();
  }
  CustomerId arrive(std::vector<Identifier> ids, uint32_t flags = 0) {
    events::NewEvent e;
    e.kind = "Product Viewed";
    e.occurred_at = clock_.now();
    e.identifiers = std::move(ids);
    e.flags = flags;
    auto out = std::make_shared<CustomerId>();
    write([&, out](db::Transaction& tx) -> Result<void> {
      *out = TRY(log_->append(tx, identities_, {&e, 1}, {.source = shop_})).at(0).customer;
      return {};
    });
    return *out;
  }
  CustomerId root(CustomerId id) { return std::as_const(identities_).aliases().root(id); }
  std::vector<std::string> kinds() {
    std::vector<std::string> out;
    EXPECT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
      out.push_back(log_->kind_name(row.kind));
      return true;
    }));
    return out;
  }

  Identities identities_{world_};
  std::unique_ptr<events::Log> log_;
  SourceId shop_;
};
CAIRN_ON_STORES(MergesTest);

TEST_P(MergesTest, a_merge_by_rule_is_an_event_behind_the_one_that_brought_it) {
  CustomerId ada = arrive({{"user_id", "ada"}}), phone = arrive({{"anonymous_id", "p"}});
  arrive({{"user_id", "ada"}, {"anonymous_id", "p"}});
  EXPECT_EQ(root(phone), ada);
  EXPECT_EQ(kinds().back(), "Customers Merged");
  std::vector<Merge> found;
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    found = TRY(merges_of(session, std::vector{phone}));
    return {};
  }));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].tie, (events::Tie{events::MergeId{4}, phone, ada, ada})) << "its number is the event's seq";
  EXPECT_EQ(found[0].cause, Seq{3});
  EXPECT_NE(found[0].evidence.find(R"({"kind":"anonymous_id","value":"p"})"), std::string::npos);
}

TEST_P(MergesTest, what_is_set_apart_merges_no_known_people) {
  CustomerId ada = arrive({{"email", "ada@mail.fr"}}), clerk = arrive({{"user_id", "clerk"}});
  EXPECT_EQ(arrive({{"user_id", "clerk"}, {"email", "ada@mail.fr"}}, events::kTest), clerk);
  EXPECT_NE(root(ada), root(clerk)) << "a trial with a customer's address";
  arrive({{"user_id", "clerk"}, {"email", "ada@mail.fr"}});
  EXPECT_EQ(root(ada), root(clerk));
}

TEST_P(MergesTest, by_hand_limits_do_not_hold_and_mistakes_are_told) {
  CustomerId ada = arrive({{"user_id", "ada"}}), old = arrive({{"user_id", "ada-old"}});
  Merging merging(world_, store(), *log_, identities_);
  auto preview = merging.preview(old, ada);
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->beyond_limits, std::vector<std::string>{"user_id"});
  EXPECT_FALSE(preview->was_taken_back);
  auto merge = merging.merge(old, ada, {"inès", "she said so"});
  ASSERT_TRUE(merge) << merge.error().message;
  EXPECT_EQ(root(old), ada);
  EXPECT_EQ(merging.merge(old, ada, {"inès", "again"}).error().code, Code::conflict);
  EXPECT_EQ(merging.merge(CustomerId{1}, ada, {"inès", "who?"}).error().code, Code::not_found);
  ASSERT_TRUE(merging.unmerge(merge->tie.merge, {"inès", "she did not"}));
  EXPECT_EQ(root(old), old);
  EXPECT_EQ(merging.unmerge(merge->tie.merge, {"inès", "again"}).error().code, Code::conflict);
  EXPECT_EQ(merging.unmerge(events::MergeId{999}, {"inès", ""}).error().code, Code::not_found);
  EXPECT_TRUE(merging.preview(old, ada)->was_taken_back);
  // Kept apart from rules, also after a start; a person may.
  Identities again(world_);
  ASSERT_TRUE(store().read([&](db::Session& session) { return again.load(session); }));
  EXPECT_TRUE(std::as_const(again).aliases().are_apart(old, ada));
  ASSERT_TRUE(merging.merge(ada, old, {"inès", "now she does"}));
  EXPECT_EQ(root(ada), old) << "whoever is named second remains";
}

TEST_P(MergesTest, what_fails_beside_it_takes_the_merge_back) {
  CustomerId ada = arrive({{"user_id", "ada"}}), old = arrive({{"user_id", "ada-old"}});
  Merging merging(world_, store(), *log_, identities_);
  auto failed = merging.merge(old, ada, {"inès", "", [](db::Transaction&, const Merge&) -> Result<void> {
                                           return fail(Code::conflict, "no");
                                         }});
  EXPECT_FALSE(failed);
  EXPECT_EQ(root(old), old);
  EXPECT_EQ(kinds().size(), 2u);
}

}  // namespace
}  // namespace cairn::people

#include "people/identities.h"

#include <gtest/gtest.h>

#include <map>

#include "people/merges.h"
#include "support/on_stores.h"

namespace cairn::people {
namespace {

using events::Identifier;

class IdentitiesTest : public test::OnStores {
 protected:
  CustomerId identify(std::vector<Identifier> ids, bool rolled_back = false) {
    auto out = std::make_shared<CustomerId>();
    auto done = store().write_now(db::Lane::ingestion, [&, out](db::Transaction& tx) -> Result<void> {
      *out = TRY(identify_all(tx, identities_, {ids})).front();
      if (rolled_back) return fail(Code::conflict, "no");
      return {};
    });
    EXPECT_EQ(done.has_value(), !rolled_back);
    return *out;
  }
  /// As one append does it.
  Result<std::vector<CustomerId>> identify_all(db::Transaction& tx, Identities& identities,
                                               const std::vector<std::vector<Identifier>>& all) {
    std::vector<events::NewEvent> events(all.size());
    std::vector<const events::NewEvent*> pointers;
    for (size_t i = 0; i < all.size(); ++i) {
      events[i].identifiers = all[i];
      pointers.push_back(&events[i]);
    }
    TRY(identities.begin(tx, pointers));
    std::vector<CustomerId> out;
    for (const events::NewEvent& event : events)
      out.push_back(
          TRY(identities.identify(tx, event.identifiers, {Seq{1}, clock_.now(), SourceId{1}, RunId{7}, is_trusted_})));
    for (const events::Told& told : TRY(identities.end(tx, Seq{next_}))) told_.push_back(told), ++next_;
    return out;
  }
  int64_t count() {
    int64_t n = 0;
    EXPECT_TRUE(store().read([&](db::Session& s) -> Result<void> {
      n = TRY(count_customers(s));
      return {};
    }));
    return n;
  }
  std::vector<StoredIdentifier> known_by(CustomerId customer) {
    std::vector<StoredIdentifier> out;
    EXPECT_TRUE(store().read([&](db::Session& s) -> Result<void> {
      out = TRY(identifiers_of(s, customer));
      return {};
    }));
    return out;
  }
  CustomerId root(CustomerId id) { return std::as_const(identities_).aliases().root(id); }
  Identities identities_{world_};
  std::vector<events::Told> told_;
  int64_t next_ = 1000;
  bool is_trusted_ = true;
};
CAIRN_ON_STORES(IdentitiesTest);

TEST_P(IdentitiesTest, the_same_identifier_is_the_same_customer_also_when_memory_is_gone) {
  CustomerId ada = identify({{"user_id", "ada"}});
  EXPECT_TRUE(ada.is_set());
  EXPECT_EQ(identify({{"user_id", "ada"}}), ada);
  EXPECT_NE(identify({{"card", "ada"}}), ada) << "another kind is another identifier";
  identities_.forget();
  EXPECT_EQ(identify({{"user_id", "ada"}}), ada);
  EXPECT_EQ(count(), 2);
}

TEST_P(IdentitiesTest, a_browser_becomes_the_first_who_signs_in_on_it) {
  CustomerId browser = identify({{"anonymous_id", "b1"}});
  EXPECT_EQ(identify({{"user_id", "7"}, {"anonymous_id", "b1"}}), browser);
  CustomerId other = identify({{"user_id", "8"}, {"anonymous_id", "b1"}});
  EXPECT_NE(other, browser) << "7 and 8 are two people";
  EXPECT_EQ(identify({{"anonymous_id", "b1"}}), browser) << "the browser stays with the first";
  EXPECT_EQ(identify({{"user_id", "8"}, {"anonymous_id", "b1"}}), other);
  EXPECT_EQ(count(), 2);
}

TEST_P(IdentitiesTest, weaker_identifiers_join_whom_the_strongest_names) {
  CustomerId person = identify({{"user_id", "p"}, {"external:olist_customer_id", "o1"}});
  EXPECT_EQ(identify({{"user_id", "p"}, {"external:olist_customer_id", "o2"}}), person);
  EXPECT_EQ(identify({{"external:olist_customer_id", "o2"}}), person);
  auto known = known_by(person);
  ASSERT_EQ(known.size(), 3u);
  EXPECT_EQ(known[0].kind, "external:olist_customer_id");
  EXPECT_EQ(known[2].value, "p");
  EXPECT_EQ(known[0].known_at, clock_.now());
}

TEST_P(IdentitiesTest, two_known_people_are_never_merged) {
  CustomerId ada = identify({{"user_id", "ada"}, {"email", "family@example.org"}});
  CustomerId bob = identify({{"user_id", "bob"}});
  EXPECT_EQ(identify({{"user_id", "bob"}, {"email", "family@example.org"}}), bob);
  EXPECT_EQ(identify({{"email", "family@example.org"}}), ada);
  EXPECT_EQ(count(), 2);
}

TEST_P(IdentitiesTest, the_same_identifier_twice_in_one_event_is_no_error) {
  EXPECT_TRUE(identify({{"user_id", "ada"}, {"user_id", "ada"}}).is_set());
  EXPECT_EQ(count(), 1);
}

TEST_P(IdentitiesTest, a_roll_back_forgets_the_customer_too) {
  CustomerId lost = identify({{"user_id", "ada"}}, true);
  EXPECT_EQ(count(), 0);
  CustomerId ada = identify({{"user_id", "ada"}});
  EXPECT_NE(ada, lost);
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(known_by(ada).size(), 1u);
}

TEST_P(IdentitiesTest, removing_a_customer_frees_what_they_were_known_by) {
  CustomerId ada = identify({{"user_id", "ada"}, {"email", "a@example.org"}});
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(remove_customer(tx, ada));
    tx.on_commit([this] { identities_.forget(); });
    return {};
  });
  EXPECT_EQ(count(), 0);
  EXPECT_NE(identify({{"email", "a@example.org"}}), ada);
}

TEST_P(IdentitiesTest, many_at_once_are_the_same_people_as_one_by_one) {
  Random random(11);
  for (int round = 0; round < 20; ++round) {
    // Few names, so that they meet; each round has its own.
    std::vector<std::vector<Identifier>> events;
    for (int i = 0; i < 40; ++i) {
      std::vector<Identifier> ids;
      if (random.below(2)) ids.push_back({"user_id", fmt::format("{}-u{}", round, random.below(6))});
      if (random.below(3) == 0) ids.push_back({"email", fmt::format("{}-e{}@x", round, random.below(6))});
      if (random.below(2) || ids.empty())
        ids.push_back({"anonymous_id", fmt::format("{}-a{}", round, random.below(9))});
      events.push_back(std::move(ids));
    }
    auto run = [&](bool at_once) {
      // The two ways must not meet each other in the store.
      auto named = events;
      for (auto& ids : named)
        for (Identifier& id : ids) id.value += at_once ? "!" : "?";
      // Every other time with a memory that forgets nearly all at once.
      Identities identities(world_, at_once && round % 2 ? 1 : Memory::kMostBuckets);
      std::vector<CustomerId> customers;
      EXPECT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
        customers.clear();
        if (at_once) {
          customers = TRY(identify_all(tx, identities, named));
          return {};
        }
        for (const auto& ids : named) customers.push_back(TRY(identify_all(tx, identities, {ids})).front());
        return {};
      }));
      std::map<CustomerId, size_t> numbers;  // the ids are random; who is equal to whom is not
      std::vector<size_t> out;
      for (CustomerId id : customers) out.push_back(numbers.emplace(id, numbers.size()).first->second);
      return out;
    };
    ASSERT_EQ(run(true), run(false)) << "round " << round;
  }
}

TEST_P(IdentitiesTest, somebody_who_browsed_on_another_device_is_merged_when_they_sign_in_there) {
  CustomerId seven = identify({{"user_id", "7"}});
  CustomerId phone = identify({{"anonymous_id", "p1"}});
  is_trusted_ = false;
  EXPECT_EQ(identify({{"user_id", "7"}, {"anonymous_id", "p1"}}), seven);
  EXPECT_EQ(root(phone), seven) << "an anonymous one is nobody's to protect";
  EXPECT_EQ(identify({{"anonymous_id", "p1"}}), phone) << "rows stay under the id that their own identifiers name";
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].customer, phone);
  EXPECT_EQ(told_[0].event.kind, "Customers Merged");
  identities_.forget();
  EXPECT_EQ(identify({{"anonymous_id", "p1"}}), phone);
}

TEST_P(IdentitiesTest, a_source_that_is_not_trusted_gets_nobodys_history_by_an_email) {
  CustomerId ada = identify({{"email", "ada@example.org"}});
  is_trusted_ = false;
  CustomerId stranger = identify({{"user_id", "9"}, {"email", "ada@example.org"}});
  EXPECT_NE(root(stranger), root(ada)) << "whoever types an address is not its owner yet";
  EXPECT_EQ(identify({{"user_id", "9"}, {"email", "ada@example.org"}}), stranger);
  is_trusted_ = true;
  EXPECT_EQ(identify({{"user_id", "9"}, {"email", "ada@example.org"}}), stranger);
  EXPECT_EQ(root(stranger), root(ada)) << "the server knows";
}

TEST_P(IdentitiesTest, who_was_merged_is_merged_after_a_restart_and_not_after_a_roll_back) {
  CustomerId seven = identify({{"user_id", "7"}});
  CustomerId phone = identify({{"anonymous_id", "p1"}});
  identify({{"user_id", "7"}, {"anonymous_id", "p1"}}, true);
  EXPECT_EQ(root(phone), phone) << "it was rolled back";
  identify({{"user_id", "7"}, {"anonymous_id", "p1"}});
  EXPECT_EQ(root(phone), seven);
  Identities again(world_);
  write([&](db::Transaction& tx) { return again.load(tx); });
  EXPECT_EQ(std::as_const(again).aliases().all_ties(), std::as_const(identities_).aliases().all_ties());
  EXPECT_EQ(std::as_const(again).aliases().root(phone), seven);
}

TEST_P(IdentitiesTest, what_names_nobody_is_passed_over_and_refused_when_it_is_all) {
  CustomerId a = identify({{"user_id", "null"}, {"anonymous_id", "b1"}});
  EXPECT_EQ(identify({{"anonymous_id", "b1"}}), a);
  EXPECT_NE(identify({{"user_id", "0000"}, {"anonymous_id", "b2"}}), a);
  auto refused = store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
    TRY(identify_all(tx, identities_, {{{"user_id", "Anonymous"}}}));
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "nobody is named: user_id 'Anonymous' names nobody");
}

TEST_P(IdentitiesTest, an_address_and_a_number_are_the_same_however_they_are_written) {
  write([&](db::Transaction& tx) -> Result<void> {
    Rules rules = Rules::standard();
    rules.phone_region = "FR";
    TRY(write_rules(tx, rules));
    return identities_.load(tx);
  });
  CustomerId ada = identify({{"email", " Ada@Example.ORG "}});
  EXPECT_EQ(identify({{"email", "mailto:ada@example.org"}}), ada);
  EXPECT_EQ(identify({{"email", " Ada@Example.ORG "}}), ada) << "and from memory";
  CustomerId phone = identify({{"phone", "06 12 34 56 78"}});
  EXPECT_EQ(identify({{"phone", "+33 6 12 34 56 78"}}), phone);
  EXPECT_EQ(identify({{"phone", "0033612345678"}}), phone);
  EXPECT_EQ(known_by(phone).at(0).value, "+33612345678");
}

TEST_P(IdentitiesTest, a_roll_back_forgets_how_something_was_written) {
  identify({{"email", "ADA@example.org"}}, true);
  CustomerId ada = identify({{"email", "ADA@example.org"}});
  EXPECT_EQ(known_by(ada).size(), 1u);
}

TEST_P(IdentitiesTest, what_came_with_somebody_else_is_noted) {
  CustomerId ada = identify({{"user_id", "ada"}, {"email", "family@example.org"}});
  CustomerId bob = identify({{"user_id", "bob"}, {"email", "family@example.org"}});
  identify({{"user_id", "bob"}, {"email", "family@example.org"}});
  std::vector<Conflict> found;
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    found = TRY(conflicts_of(session, std::vector{ada, bob}));
    return {};
  }));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].customer, bob);
  EXPECT_EQ(found[0].owner, ada);
  EXPECT_EQ(found[0].identifier.value, "family@example.org");
  EXPECT_EQ(found[0].reason, Demotion::limit);
}

}  // namespace
}  // namespace cairn::people

#include "people/identities.h"

#include <gtest/gtest.h>

#include "support/on_stores.h"

namespace cairn::people {
namespace {

using events::Identifier;

class IdentitiesTest : public test::OnStores {
 protected:
  CustomerId identify(std::vector<Identifier> ids, bool rolled_back = false) {
    auto out = std::make_shared<CustomerId>();
    auto done = store().write_now(db::Lane::ingestion, [&, out](db::Transaction& tx) -> Result<void> {
      *out = TRY(identities_.identify(tx, ids, {Seq{1}, clock_.now(), SourceId{1}, RunId{7}}));
      if (rolled_back) return fail(Code::conflict, "no");
      return {};
    });
    EXPECT_EQ(done.has_value(), !rolled_back);
    return *out;
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
  Identities identities_{world_};
};
CAIRN_ON_STORES(IdentitiesTest);

TEST_P(IdentitiesTest, the_same_identifier_is_the_same_customer_also_when_memory_is_gone) {
  CustomerId ada = identify({{"user_id", "ada"}});
  EXPECT_TRUE(ada.is_set());
  EXPECT_EQ(identify({{"user_id", "ada"}}), ada);
  EXPECT_NE(identify({{"email", "ada"}}), ada) << "another kind is another identifier";
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

}  // namespace
}  // namespace cairn::people

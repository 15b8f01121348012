// Scenarios of the rules of identity, each of them something that users of other tools complain about.
#include "people/resolve.h"

#include <gtest/gtest.h>

#include <set>

#include "people/town.h"

namespace cairn::people {
namespace {

using events::Identifier;

/// Events one after the other, as they come to a shop.
class Shop {
 public:
  explicit Shop(Rules rules = Rules::standard()) : town_(*Rulebook::make(std::move(rules))) {}

  /// An event of these identifiers: whose it is, as the person they are after it.
  CustomerId person(const std::vector<Identifier>& ids) { return root(arrive(ids)); }
  CustomerId arrive(const std::vector<Identifier>& ids) {
    now_ = now_ + step;
    last = *town_.decide(town_.rules().usable(ids), now_, is_trusted);
    return *town_.arrive(ids, now_, is_trusted);
  }
  CustomerId root(CustomerId id) const { return town_.aliases().root(id); }
  /// A person takes the newest merge back.
  void take_back() {
    events::Tie tie = town_.aliases().all_ties().back();
    town_.ties().remove(tie.merge);
    town_.ties().keep_apart(tie.a, tie.b);
  }

  bool is_trusted = true;
  Duration step = seconds(1);
  Decision last;

 private:
  Town town_;
  Time now_{1'700'000'000'000'000};
};

Identifier user(std::string value) { return {"user_id", std::move(value)}; }
Identifier email(std::string value) { return {"email", std::move(value)}; }
Identifier phone(std::string value) { return {"phone", std::move(value)}; }
Identifier device(std::string value) { return {"anonymous_id", std::move(value)}; }

Demotion reason_of(const Decision& decision) {
  EXPECT_EQ(decision.demoted.size(), 1u);
  return decision.demoted.empty() ? Demotion::too_many : decision.demoted[0].reason;
}

TEST(Resolve, web_app_store_phone_and_mail_are_one_person) {
  Shop town;
  CustomerId web = town.arrive({device("w1")});
  CustomerId store = town.arrive({{"card", "C-1"}});
  CustomerId mail = town.arrive({email("ada@example.org")});
  town.arrive({user("ada"), device("w1")});
  town.arrive({user("ada"), email("Ada@example.org")});
  town.arrive({{"card", "C-1"}, email("ada@example.org"), phone("+33612345678")});
  CustomerId ada = town.person({user("ada")});
  for (CustomerId id : {web, store, mail}) EXPECT_EQ(town.root(id), ada);
  EXPECT_EQ(town.person({phone("+33 6 12 34 56 78")}), ada);
}

// posthog#11873: an alias merged two people who were both identified.
TEST(Resolve, two_user_ids_are_two_people_whatever_ties_them) {
  Shop town;
  CustomerId ada = town.arrive({user("ada"), device("b1"), email("home@example.org")});
  CustomerId bob = town.arrive({user("bob"), device("b2")});
  EXPECT_EQ(town.arrive({user("bob"), device("b1")}), bob);
  EXPECT_EQ(reason_of(town.last), Demotion::shared_device);
  EXPECT_EQ(town.arrive({user("bob"), email("home@example.org")}), bob);
  EXPECT_EQ(reason_of(town.last), Demotion::limit);
  EXPECT_EQ(town.person({user("ada"), user("bob")}), ada) << "not even when an event says both";
  EXPECT_NE(town.root(ada), town.root(bob));
}

// chatwoot#4728, #2811: people with different ids became one because of an e-mail or a browser in common.
TEST(Resolve, a_family_shares_an_address_and_stays_a_family) {
  Shop town;
  CustomerId mother = town.arrive({user("1"), email("family@example.org")});
  CustomerId son = town.arrive({user("2"), email("family@example.org")});
  EXPECT_NE(mother, son);
  EXPECT_EQ(town.arrive({email("family@example.org")}), mother) << "the address stays with whom it was first";
  EXPECT_EQ(town.arrive({user("2"), email("family@example.org"), device("d1")}), son);
  EXPECT_EQ(town.arrive({device("d1")}), son) << "only what does not fit gives way";
}

TEST(Resolve, a_kiosk_is_nobodys) {
  Shop town;
  CustomerId first = town.arrive({email("a@example.org"), device("kiosk")});
  for (int i = 0; i < 20; ++i) {
    CustomerId next = town.arrive({email(fmt::format("p{}@example.org", i)), device("kiosk")});
    EXPECT_NE(town.root(next), town.root(first)) << "a device does not make two addresses one person";
    EXPECT_EQ(reason_of(town.last), Demotion::shared_device);
  }
}

// Unomi's manual: never trigger merges from unauthenticated operations.
TEST(Resolve, an_untrusted_source_merges_no_known_people) {
  Shop town;
  CustomerId ada = town.arrive({email("ada@example.org")});
  CustomerId bob = town.arrive({user("bob")});
  town.is_trusted = false;
  EXPECT_EQ(town.arrive({user("bob"), email("ada@example.org")}), bob);
  EXPECT_EQ(reason_of(town.last), Demotion::untrusted);
  CustomerId eve = town.arrive({user("eve"), email("ada@example.org")});
  EXPECT_NE(town.root(eve), town.root(ada)) << "an account made with somebody's address has not their past";
  CustomerId browser = town.arrive({device("b1")});
  EXPECT_EQ(town.arrive({user("bob"), device("b1")}), bob);
  EXPECT_EQ(town.root(browser), bob) << "who was anonymous may become somebody";
  EXPECT_EQ(town.arrive({user("bob"), email("bob@example.org")}), bob);
  EXPECT_EQ(town.person({email("bob@example.org")}), bob) << "a new address joins";
  town.is_trusted = true;
  town.arrive({user("eve"), email("ada@example.org")});
  EXPECT_EQ(town.root(eve), town.root(ada)) << "the shop's server has checked it";
}

// chatwoot#1459: contacts by telephone alone are not grouped.
TEST(Resolve, a_telephone_is_one_however_it_is_dialled) {
  Rules rules = Rules::standard();
  rules.phone_region = "FR";
  Shop town(rules);
  CustomerId caller = town.arrive({phone("06 12 34 56 78")});
  EXPECT_EQ(town.arrive({phone("+33612345678")}), caller);
  EXPECT_EQ(town.arrive({phone("0033 6 12 34 56 78")}), caller);
  EXPECT_NE(town.arrive({phone("06 12 34 56 79")}), caller);
}

// posthog#5898: people with thousands of ids, because "null" and its like were taken for somebody.
TEST(Resolve, words_that_name_nobody_tie_nobody) {
  Shop town;
  CustomerId a = town.arrive({user("null"), device("a")});
  CustomerId b = town.arrive({user("NULL"), device("b")});
  CustomerId c = town.arrive({user("000-000"), device("c")});
  CustomerId d = town.arrive({email("undefined"), device("d")});
  EXPECT_EQ((std::set{a, b, c, d}).size(), 4u);
}

TEST(Resolve, limits_count_within_their_window_and_the_weakest_gives_way) {
  Shop town;
  town.step = minutes(1);
  CustomerId ada = town.arrive({user("ada")});
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(town.arrive({user("ada"), device(fmt::format("d{}", i))}), ada);
  EXPECT_EQ(town.arrive({user("ada"), device("d6")}), ada) << "the event is hers";
  EXPECT_EQ(reason_of(town.last), Demotion::limit);
  EXPECT_NE(town.person({device("d6")}), ada) << "the sixth device within a week is not";
  town.step = days(8);
  EXPECT_EQ(town.arrive({user("ada"), device("d7")}), ada);
  EXPECT_TRUE(town.last.demoted.empty()) << "another week";
  EXPECT_EQ(town.person({device("d7")}), ada);
}

TEST(Resolve, a_merge_that_would_exceed_a_limit_is_none) {
  Rules rules = Rules::standard();
  rules.kinds[1].limit = 1;  // cards
  Shop town(rules);
  CustomerId a = town.arrive({{"card", "1"}, email("a@example.org")});
  CustomerId b = town.arrive({{"card", "2"}, phone("+33612345678")});
  EXPECT_EQ(town.arrive({email("a@example.org"), phone("+33612345678")}), a);
  EXPECT_EQ(reason_of(town.last), Demotion::limit);
  EXPECT_NE(town.root(a), town.root(b));
}

// posthog wants a merge that can be taken back; its split loses history and the next event merges again.
TEST(Resolve, what_a_person_took_back_no_event_does_again) {
  Shop town;
  CustomerId a = town.arrive({user("7")});
  CustomerId b = town.arrive({email("x@example.org")});
  town.arrive({user("7"), email("x@example.org")});
  EXPECT_EQ(town.root(b), a);
  town.take_back();
  EXPECT_EQ(town.root(b), b);
  EXPECT_EQ(town.arrive({user("7"), email("x@example.org")}), a);
  EXPECT_EQ(reason_of(town.last), Demotion::kept_apart);
  EXPECT_EQ(town.root(b), b);
}

// chatwoot#5115: nobody can choose which of two remains.
TEST(Resolve, a_known_person_remains_before_an_anonymous_one) {
  Shop town;
  CustomerId browser = town.arrive({device("b1")});
  CustomerId mail = town.arrive({email("x@example.org")});
  EXPECT_EQ(town.person({user("7"), device("b1"), email("x@example.org")}), mail);
  EXPECT_EQ(town.root(browser), mail);
}

TEST(Resolve, ids_of_one_person_are_limited) {
  Rules rules = Rules::standard();
  rules.most_ids = 3;
  rules.kinds.back().limit = 0;
  Shop town(rules);
  CustomerId ada = town.arrive({user("ada")});
  int merged = 0;
  for (int i = 0; i < 5; ++i) {
    CustomerId device_id = town.arrive({device(fmt::format("d{}", i))});
    town.arrive({user("ada"), device(fmt::format("d{}", i))});
    merged += town.root(device_id) == ada;
  }
  EXPECT_EQ(merged, 2);
}

TEST(Rules, bad_ones_are_refused_with_what_is_wrong) {
  Rules rules = Rules::standard();
  rules.blocked.push_back("(");
  EXPECT_EQ(Rulebook::make(rules).error().field, "blocked");
  rules = Rules::standard();
  rules.kinds.push_back({"email", 3, Window::ever});
  EXPECT_EQ(Rulebook::make(rules).error().field, "kinds");
  rules = Rules::standard();
  rules.phone_region = "Europe";
  EXPECT_EQ(Rulebook::make(rules).error().field, "phone_region");
}

TEST(Rules, the_strongest_comes_first_and_a_device_last) {
  auto book = *Rulebook::make(Rules::standard());
  auto ids = book->usable({device("d"),
                           {"external:erp", "e"},
                           phone("+33612345678"),
                           email("a@b.c"),
                           user("u"),
                           {"card", "c"},
                           user("u"),
                           {"loyalty", "x"}});
  std::vector<std::string> kinds;
  for (const Identifier& id : ids) kinds.push_back(id.kind);
  EXPECT_EQ(kinds,
            (std::vector<std::string>{"user_id", "card", "email", "phone", "external:erp", "loyalty", "anonymous_id"}));
}

}  // namespace
}  // namespace cairn::people

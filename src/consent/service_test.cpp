// What is written and what counts, on the real log, on both stores.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "consent/personal.h"
#include "consent/service.h"
#include "consent/store.h"
#include "consent/told.h"
#include "crypto/encode.h"
#include "json/value.h"
#include "people/identities.h"
#include "support/on_stores.h"

namespace cairn::consent {
namespace {

const accounts::Actor kSomebody = accounts::Actor::operator_of_machine();

class ConsentTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    open();
    ann_ = customer("ann");
    bob_ = customer("bob");
  }
  void TearDown() override { service_.reset(), log_.reset(); }
  void open() {
    service_.reset();
    log_.reset();
    log_ = events::Log::open(world_, store(), directory()).value();
    service_ = std::make_unique<Service>(world_, store(), *log_, aliases_);
    ASSERT_TRUE(service_->start());
  }
  CustomerId customer(const std::string& name) {
    SourceId shop = log_->ensure_source("shop").value();
    people::Identities identities(world_);
    events::NewEvent event;
    event.kind = "Product Viewed";
    event.occurred_at = clock_.now();
    event.identifiers = {{"user_id", name}};
    CustomerId out;
    write([&](db::Transaction& tx) -> Result<void> {
      out = TRY(log_->append(tx, identities, {&event, 1}, {.source = shop})).at(0).customer;
      return {};
    });
    return out;
  }
  Result<Service::Kept> say(CustomerId who, State state, std::optional<Time> at = {},
                            Purpose purpose = Purpose::email) {
    Service::Said said{.purpose = purpose, .state = state, .occurred_at = at, .source = "till", .text_version = 1};
    return service_->say(kSomebody, How::api, who, {said});
  }
  bool may(CustomerId who) { return service_->may(who, Purpose::email).value(); }
  void merge(int64_t merge, CustomerId a, CustomerId b, CustomerId into) { aliases_.add({{merge}, a, b, into}); }

  struct Told {
    std::string kind;
    CustomerId customer;
    Time occurred_at, known_at;
    json::Object properties;
  };
  std::vector<Told> told() {
    std::vector<Told> out;
    EXPECT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
      if (log_->source_name(row.source) == "consent")
        out.push_back({log_->kind_name(row.kind), row.customer, row.occurred_at, row.known_at,
                       json::parse_object(row.properties).value()});
      return true;
    }));
    return out;
  }

  events::Aliases aliases_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<Service> service_;
  CustomerId ann_, bob_;
};
CAIRN_ON_STORES(ConsentTest);

TEST_P(ConsentTest, AStatementIsKeptToldAndCounts) {
  EXPECT_FALSE(may(ann_)) << "whoever said nothing allows nothing";
  auto kept = say(ann_, State::granted);
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->statements.size(), 1u);
  EXPECT_TRUE(may(ann_));
  EXPECT_FALSE(may(bob_));
  EXPECT_FALSE(service_->may(ann_, Purpose::sms).value());
  clock_.advance(hours(1));
  ASSERT_TRUE(say(ann_, State::withdrawn));
  EXPECT_FALSE(may(ann_));
  auto events = told();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, kConsentUpdated);
  EXPECT_EQ(events[0].customer, ann_);
  EXPECT_EQ(json::text_at(events[0].properties, "purpose"), "email");
  EXPECT_EQ(json::text_at(events[0].properties, "state"), "granted");
  EXPECT_EQ(json::int_at(events[0].properties, "text_version"), 1);
  EXPECT_EQ(json::text_at(events[1].properties, "state"), "withdrawn");
  auto consents = service_->consents(ann_).value();
  ASSERT_EQ(consents.history.size(), 2u);
  EXPECT_EQ(consents.history[0].state, State::withdrawn);
  EXPECT_EQ(consents.history[1].source, "till");
  EXPECT_EQ(consents.history[1].seq, kept->statements[0].seq);
  open();
  EXPECT_FALSE(may(ann_));
  EXPECT_EQ(service_->consents(ann_)->history.size(), 2u);
  EXPECT_EQ(service_->texts().size(), kPurposes) << "the first texts are made once";
}

TEST_P(ConsentTest, SayingTheSameAgainWritesNothing) {
  Time at = clock_.now() - days(3);
  EXPECT_EQ(say(ann_, State::granted, at)->statements.size(), 1u);
  clock_.advance(hours(1));
  EXPECT_EQ(say(ann_, State::granted, at)->statements.size(), 0u);
  EXPECT_EQ(say(bob_, State::granted, at)->statements.size(), 1u);
  EXPECT_EQ(say(ann_, State::granted)->statements.size(), 1u) << "said once more, later";
  EXPECT_EQ(told().size(), 3u);
  // An imported past is history, and the proof says when it came.
  Time old = clock_.now() - days(400);
  Service::Said said{.purpose = Purpose::sms, .state = State::granted, .occurred_at = old};
  ASSERT_TRUE(service_->say(kSomebody, How::import, ann_, {said}));
  EXPECT_TRUE(service_->may(ann_, Purpose::sms).value());
  EXPECT_EQ(told().back().known_at, old);
  EXPECT_EQ(service_->consents(ann_)->history.back().known_at, clock_.now());
}

/// The example of docs/reference/consent.md, line by line.
TEST_P(ConsentTest, AMergeTakesTheLaterStatementAndItsEndGivesBoth) {
  auto march = [&](int day) { return clock_.now() - days(60) + days(day); };
  auto expect = [&](bool may_one, bool may_two, int day) {
    EXPECT_EQ(may(ann_), may_one) << day << " March";
    EXPECT_EQ(may(bob_), may_two) << day << " March";
  };
  ASSERT_TRUE(say(ann_, State::granted, march(1)));
  expect(true, false, 1);
  ASSERT_TRUE(say(bob_, State::withdrawn, march(5)));
  expect(true, false, 5);
  merge(1, ann_, bob_, ann_);
  expect(false, false, 9);
  ASSERT_TRUE(say(bob_, State::granted, march(-28)));
  expect(false, false, 10);
  ASSERT_TRUE(say(ann_, State::granted, march(11)));
  expect(true, true, 11);
  auto both = service_->consents(bob_).value();
  EXPECT_EQ(both.customer, ann_);
  EXPECT_EQ(both.history.size(), 4u);
  aliases_.remove({1});
  expect(true, false, 12);
  EXPECT_EQ(service_->consents(ann_)->history.size(), 2u) << "what was said of each goes with each";
  EXPECT_EQ(service_->consents(bob_)->history.size(), 2u);
}

TEST_P(ConsentTest, OfTwoMergedPersonsAtTheSameMomentANoCounts) {
  Time march = clock_.now() - days(30);
  ASSERT_TRUE(say(bob_, State::denied, march));
  ASSERT_TRUE(say(ann_, State::granted, march));
  merge(1, ann_, bob_, ann_);
  EXPECT_FALSE(may(ann_));
  aliases_.remove({1});
  EXPECT_TRUE(may(ann_));
}

TEST_P(ConsentTest, RefusesWhatCannotBe) {
  auto field = [&](Service::Said said, CustomerId who) {
    auto done = service_->say(kSomebody, How::api, who, {said});
    if (done) return std::string("right");
    return done.error().code == Code::not_found ? "nobody" : done.error().field;
  };
  EXPECT_EQ(field({.state = State::granted}, {12345}), "nobody");
  EXPECT_EQ(field({.state = State::unknown}, ann_), "state");
  EXPECT_EQ(field({.occurred_at = clock_.now() + hours(1)}, ann_), "occurred_at");
  EXPECT_EQ(field({.source = std::string(61, 'x')}, ann_), "source");
  EXPECT_EQ(field({.source = "a\nb"}, ann_), "source");
  EXPECT_EQ(field({.text_version = 2}, ann_), "text_version");
  EXPECT_EQ(field({.language = "de"}, ann_), "language");
  EXPECT_EQ(field({.note = std::string(501, 'x')}, ann_), "note");
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(service_->make_link({12345}, {}).error().code, Code::not_found);
  // A clock that is a little fast is no lie.
  EXPECT_EQ(say(ann_, State::granted, clock_.now() + minutes(1))->statements.at(0).occurred_at, clock_.now());
}

TEST_P(ConsentTest, TextsAreVersionsAndLinksOfTheStore) {
  std::string link = service_->make_link(ann_, clock_.now() + days(1)).value();
  auto two = service_->add_text(kSomebody, Purpose::email, {{"en", " Mails. "}, {"fr", "Des mails."}}, {});
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(two->version, 2);
  EXPECT_EQ(two->in("en"), "Mails.");
  EXPECT_EQ(service_->add_text(kSomebody, Purpose::email, {}, {}).error().field, "texts");
  EXPECT_EQ(service_->add_text(kSomebody, Purpose::email, {{"de", "x"}}, {}).error().field, "texts.de");
  EXPECT_EQ(service_->add_text(kSomebody, Purpose::email, {{"en", " "}}, {}).error().field, "texts.en");
  open();
  EXPECT_EQ(service_->texts().size(), kPurposes + 1);
  EXPECT_EQ(text_in_force(service_->texts(), Purpose::email, clock_.now())->version, 2);
  EXPECT_EQ(service_->read_link(link)->customer, ann_);
  clock_.advance(days(1));
  EXPECT_EQ(service_->read_link(link).error().code, Code::not_found);
}

TEST_P(ConsentTest, LinksOfOnePersonAreRevoked) {
  std::string anns = service_->make_link(ann_, {}).value(), bobs = service_->make_link(bob_, {}).value();
  clock_.advance(minutes(1));
  EXPECT_EQ(service_->revoke_links(kSomebody, ann_).value(), clock_.now());
  EXPECT_EQ(service_->read_link(anns).error().code, Code::not_found);
  EXPECT_EQ(service_->read_link(bobs)->customer, bob_);
  // What is made from then on works, also within the same moment.
  std::string fresh = service_->make_link(ann_, {}).value();
  EXPECT_EQ(service_->read_link(fresh)->customer, ann_);
  // Of a person who has two ids it ends both's, and stays when they are two again.
  merge(1, ann_, bob_, bob_);
  clock_.advance(minutes(1));
  ASSERT_TRUE(service_->revoke_links(kSomebody, bob_));
  aliases_.remove(events::MergeId{1});
  open();
  EXPECT_FALSE(service_->read_link(bobs));
  EXPECT_FALSE(service_->read_link(fresh));
  EXPECT_EQ(service_->revoke_links(kSomebody, {12345}).error().code, Code::not_found);
  // A link from before links said when they were made.
  std::string key;
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    key = crypto::from_hex(TRY(read_key(session))).value();
    return {};
  }));
  crypto::Key signing;
  ASSERT_EQ(key.size(), signing.size());
  std::copy(key.begin(), key.end(), signing.begin());
  CustomerId cleo = customer("cleo");
  std::string old = make_link(signing, {cleo});
  EXPECT_EQ(service_->read_link(old)->customer, cleo);
  ASSERT_TRUE(service_->revoke_links(kSomebody, cleo));
  EXPECT_FALSE(service_->read_link(old));
  write([&](db::Transaction& tx) { return erase_consent(tx, std::array{cleo}); });
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    EXPECT_EQ(TRY(read_links_valid_from(session, cleo)), std::nullopt);
    return {};
  }));
}

TEST_P(ConsentTest, WhatCustomersSayOfThemselvesIsATrait) {
  Settings settings;
  settings.interests = {{"roses", "Roses", "Roses"}, {"herbs", "Herbs", "Herbes"}};
  settings.life_stages = {{"student", "Student", "Étudiant"}};
  ASSERT_TRUE(service_->set_settings(kSomebody, settings));
  auto declare = [&](Service::Choices choices, std::optional<Time> at = {}) {
    return service_->declare(kSomebody, How::agent, ann_, choices, at, "store");
  };
  EXPECT_FALSE(declare({{Attribute::interests, {"cars"}}}));
  ASSERT_TRUE(declare({{Attribute::interests, {"herbs", "roses"}}, {Attribute::life_stage, {"student"}}}));
  clock_.advance(hours(1));
  EXPECT_TRUE(declare({{Attribute::interests, {"roses", "herbs"}}})->declarations.empty()) << "nothing new";
  EXPECT_EQ(declare({{Attribute::interests, {"herbs"}}, {Attribute::life_stage, {}}})->declarations.size(), 2u);
  auto declared = service_->declared(ann_).value();
  EXPECT_EQ(declared.now.at(Attribute::interests).choices, (std::vector<std::string>{"herbs"}));
  EXPECT_TRUE(declared.now.at(Attribute::life_stage).choices.empty());
  EXPECT_EQ(declared.history.size(), 4u);
  auto events = told();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, "Customer Updated");
  EXPECT_EQ(json::serialize(events[0].properties), R"({"interests":["roses","herbs"],"life_stage":"student"})");
  EXPECT_EQ(json::serialize(events[1].properties), R"({"interests":["herbs"],"life_stage":"none"})");
  // A choice that the brand took off its list is not taken back by a page that does not show it.
  settings.interests.pop_back();
  ASSERT_TRUE(service_->set_settings(kSomebody, settings));
  EXPECT_TRUE(declare({{Attribute::interests, {}}})->declarations.empty());
}

TEST_P(ConsentTest, AnErasureKeepsTheProofWithoutThePerson) {
  Settings settings;
  settings.interests = {{"roses", "Roses", "Roses"}};
  ASSERT_TRUE(service_->set_settings(kSomebody, settings));
  Service::Said said{.purpose = Purpose::email, .state = State::granted, .text_version = 1, .note = "seen by Carl"};
  ASSERT_TRUE(service_->say(kSomebody, How::api, ann_, {said}));
  clock_.advance(hours(1));
  ASSERT_TRUE(say(bob_, State::withdrawn));
  ASSERT_TRUE(service_->declare(kSomebody, How::api, ann_, {{Attribute::interests, {"roses"}}}, {}, ""));
  CustomerId carl = customer("carl");
  ASSERT_TRUE(say(carl, State::granted));
  const CustomerId ids[] = {ann_, bob_}, reversed[] = {bob_, ann_};
  std::string proof;
  ASSERT_TRUE(store().read([&](db::Session& s) -> Result<void> {
    auto all = TRY(export_consent(s, ids)).as_object();
    EXPECT_EQ(all.at("statements").as_array().size(), 2u);
    EXPECT_EQ(all.at("declared").as_array().size(), 1u);
    EXPECT_EQ(all.at("texts").as_array().size(), 1u) << "the text that they agreed to, and no other";
    proof = TRY(proof_of(s, ids));
    return {};
  }));
  for (int i = 0; i < 2; ++i) write([&](db::Transaction& tx) { return erase_consent(tx, reversed); });
  EXPECT_FALSE(may(ann_));
  EXPECT_TRUE(may(carl));
  EXPECT_TRUE(service_->consents(ann_)->history.empty());
  EXPECT_TRUE(service_->declared(ann_)->history.empty());
  ASSERT_TRUE(store().read([&](db::Session& s) -> Result<void> {
    EXPECT_EQ(TRY(proof_of(s, reversed)), proof);
    auto kept = TRY(read_proofs(s, proof));
    EXPECT_EQ(kept.size(), 2u);
    if (kept.size() != 2) return {};
    EXPECT_EQ(kept[0].state, State::granted);
    EXPECT_EQ(kept[0].text_version, 1);
    EXPECT_EQ(kept[1].state, State::withdrawn);
    for (const Statement& one : kept) EXPECT_TRUE(one.note.empty() && one.source.empty() && !one.customer.is_set());
    return {};
  }));
  write([&](db::Transaction& tx) -> Result<void> {
    EXPECT_EQ(TRY(remove_proofs(tx, clock_.now())), 0);
    EXPECT_EQ(TRY(remove_proofs(tx, clock_.now() + days(1))), 2);
    return {};
  });
}

}  // namespace
}  // namespace cairn::consent

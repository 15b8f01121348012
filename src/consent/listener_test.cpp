// Which events of others are statements, once each, through restarts; on both stores.
#include "consent/listener.h"

#include <gtest/gtest.h>

#include <array>

#include "consent/rules.h"
#include "consent/store.h"
#include "consent/told.h"
#include "people/identities.h"
#include "support/on_stores.h"

namespace cairn::consent {
namespace {

class ListenerTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    log_ = events::Log::open(world_, store(), directory()).value();
    till_ = log_->ensure_source("till").value();
    page_ = log_->ensure_source("page").value();
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(tx.run("ingest.add_source",
                 {{"source", till_}, {"form", "server"}, {"trusted", 1}, {"created_at", clock_.now()}}));
      TRY(tx.run("ingest.add_source",
                 {{"source", page_}, {"form", "browser"}, {"trusted", 0}, {"created_at", clock_.now()}}));
      return {};
    });
    listen();
  }
  void TearDown() override { log_.reset(); }
  void tell(SourceId source, const std::string& properties, bool is_historical = false, uint32_t flags = 0) {
    append(source, kConsentUpdated, {{"user_id", "ann"}}, properties, is_historical, flags);
  }
  /// A page that a device looked at, with what its banner was answered.
  void look(SourceId source, const std::string& device, const std::string& categories, bool is_ann = true,
            std::string_view kind = "Page Viewed") {
    std::vector<events::Identifier> identifiers;
    if (is_ann) identifiers.push_back({"user_id", "ann"});
    if (!device.empty()) identifiers.push_back({"anonymous_id", device});
    clock_.advance(minutes(1));
    append(source, kind, identifiers, fmt::format(R"({{"path":"/","consent_categories":"{}"}})", categories));
  }
  void append(SourceId source, std::string_view kind, std::vector<events::Identifier> identifiers,
              const std::string& properties, bool is_historical = false, uint32_t flags = 0) {
    events::NewEvent event;
    event.kind = kind;
    event.occurred_at = clock_.now();
    event.identifiers = std::move(identifiers);
    event.properties = properties;
    event.flags = flags;
    people::Identities identities(world_);
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(identities.load(tx));
      ann_ = TRY(log_->append(tx, identities, {&event, 1},
                              {.source = source, .historical = is_historical, .trusted = source == till_}))[0]
                 .customer;
      return {};
    });
  }
  /// Of whom the last event was: `analytics granted browser`, in the order in which it was told.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    for (const Statement& s : statements())
      out.push_back(
          fmt::format("{} {} {}", json::enum_name(s.purpose), json::enum_name(s.state), json::enum_name(s.how)));
    return out;
  }
  bool may(Purpose purpose) {
    bool out = false;
    EXPECT_TRUE(store().read([&](db::Session& s) -> Result<void> {
      out = state_of(at(standing_of(TRY(read_counting(s, std::array{ann_}))), purpose)) == State::granted;
      return {};
    }));
    return out;
  }
  int64_t rows() {
    int64_t out = 0;
    EXPECT_TRUE(log_->sweep({}, [&](const events::LogRow&) { return ++out > 0; }));
    return out;
  }
  /// A run of the listener that hears everything.
  void listen() {
    Listener listener(world_, store(), *log_, aliases_);
    ASSERT_TRUE(listener.start());
    Seq last = log_->last();
    listener.hear({}, last, Listener::Holds::answers);
    listener.hear({}, last, Listener::Holds::consent);
    for (int i = 0; i < 2000; ++i) {
      std::optional<Seq> cursor;
      ASSERT_TRUE(store().read([&](db::Session& s) -> Result<void> {
        cursor = TRY(read_cursor(s));
        return {};
      }));
      if (cursor == last) return;
      world_.executor.make_signal()->wait_for(milliseconds(5));
    }
    FAIL() << "it does not come to the end";
  }
  std::vector<Statement> statements() {
    std::vector<Statement> out;
    EXPECT_TRUE(store().read([&](db::Session& s) -> Result<void> {
      out = TRY(read_statements(s, std::array{ann_}));
      return {};
    }));
    return out;
  }

  std::unique_ptr<events::Log> log_;
  events::Aliases aliases_;
  SourceId till_, page_;
  CustomerId ann_;
};
CAIRN_ON_STORES(ListenerTest);

TEST_P(ListenerTest, TrustedSourcesAreHeardOnce) {
  tell(till_, R"({"purpose":"email","state":"granted","text_version":2,"locale":"fr-CA"})");
  tell(page_, R"({"purpose":"sms","state":"granted"})");
  tell(till_, R"({"purpose":"sms","state":"granted"})", true);
  tell(till_, R"({"purpose":"push","state":"granted"})", false, events::kTest);
  tell(till_, R"({"purpose":"letters","state":"granted"})");
  tell(till_, R"({"purpose":"phone","state":"unknown"})");
  tell(till_, R"({"purpose":7})");
  listen();
  listen();
  auto first = statements();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].purpose, Purpose::email);
  EXPECT_EQ(first[0].state, State::granted);
  EXPECT_EQ(first[0].how, How::event);
  EXPECT_EQ(first[0].source, "till");
  EXPECT_EQ(first[0].text_version, 2);
  EXPECT_EQ(first[0].language, "fr");
  tell(till_, R"({"purpose":"email","state":"withdrawn"})");
  listen();
  EXPECT_EQ(statements().size(), 2u);
  // A write was done and its cursor lost: what is there is not written again.
  write([&](db::Transaction& tx) { return write_cursor(tx, Seq{}); });
  listen();
  EXPECT_EQ(statements().size(), 2u);
}

TEST_P(ListenerTest, WhatABannerSaysAgainIsNothing) {
  look(till_, "phone", "analytics=1 functional=0 marketing=0");
  listen();
  auto first = std::vector<std::string>{"analytics granted event", "personalisation denied event"};
  EXPECT_EQ(told(), first);
  EXPECT_EQ(statements()[0].source, "till");
  EXPECT_EQ(statements()[0].occurred_at, clock_.now());
  int64_t before = rows();
  // Again and again, also by a listener that remembers nothing, and with another answer of no purpose of ours.
  for (int i = 0; i < 3; ++i) look(till_, "phone", "analytics=1 functional=0 marketing=0");
  listen();
  look(till_, "phone", "analytics=1 functional=1 marketing=0");
  listen();
  EXPECT_EQ(told(), first);
  EXPECT_EQ(rows(), before + 4);
  look(till_, "phone", "analytics=1 functional=1 marketing=1");
  listen();
  EXPECT_EQ(told().back(), "personalisation granted event");
  EXPECT_EQ(told().size(), 3u);
}

TEST_P(ListenerTest, TwoDevicesOfOneDoNotFight) {
  look(till_, "laptop", "marketing=1");
  look(till_, "phone", "marketing=0");
  for (int i = 0; i < 3; ++i) look(till_, "laptop", "marketing=1"), look(till_, "phone", "marketing=0");
  listen();
  EXPECT_EQ(told(), (std::vector<std::string>{"personalisation granted event", "personalisation withdrawn event"}));
  // A third whose answer may be years old gives nothing back; what is changed does.
  look(till_, "tablet", "marketing=1");
  listen();
  EXPECT_FALSE(may(Purpose::personalisation));
  look(till_, "phone", "marketing=1");
  listen();
  EXPECT_TRUE(may(Purpose::personalisation));
}

TEST_P(ListenerTest, ABrowsersYesIsForNobodyKnown) {
  look(page_, "b1", "analytics=1 marketing=0", false);
  listen();
  EXPECT_EQ(told(), (std::vector<std::string>{"analytics granted browser", "personalisation denied browser"}));
  EXPECT_TRUE(may(Purpose::analytics));
  CustomerId visitor = ann_;
  // Somebody signs in there: the visitor is known now, and the yes was said with a key that anybody has.
  look(page_, "b1", "analytics=1 marketing=0");
  listen();
  ASSERT_EQ(ann_, visitor);
  EXPECT_EQ(told().size(), 2u);
  EXPECT_FALSE(may(Purpose::analytics));
  look(page_, "b1", "analytics=1 marketing=1");
  append(page_, kConsentUpdated, {{"user_id", "ann"}}, R"({"purpose":"email","state":"granted"})");
  listen();
  EXPECT_EQ(told().size(), 2u);
  // A no is heard from everybody, and so is the yes of the shop's server.
  append(page_, kConsentUpdated, {{"user_id", "ann"}}, R"({"purpose":"sms","state":"denied"})");
  look(till_, "", "analytics=1", true, kAnswerChanged[0]);
  listen();
  EXPECT_EQ(told().size(), 4u);
  EXPECT_TRUE(may(Purpose::analytics));
}

/// What comes with other events, without any that would be heard at once, and before many that say nothing.
TEST_P(ListenerTest, AnswersAreHeardSoon) {
  Listener listener(world_, store(), *log_, aliases_);
  ASSERT_TRUE(listener.start());
  listener.hear({}, log_->last(), Listener::Holds::answers);
  auto is_heard = [&](size_t count) {
    listener.hear({}, log_->last(), Listener::Holds::answers);
    for (int i = 0; i < 2000 && statements().size() < count; ++i)
      world_.executor.make_signal()->wait_for(milliseconds(5));
    return statements().size() == count;
  };
  look(till_, "phone", "analytics=1");
  EXPECT_TRUE(is_heard(1));
  look(till_, "phone", "analytics=0");
  std::vector<events::NewEvent> silence(6000);
  for (auto& event : silence)
    event = {.kind = "Page Viewed", .occurred_at = clock_.now(), .identifiers = {{"user_id", "bob"}}};
  people::Identities identities(world_);
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(identities.load(tx));
    return log_->append(tx, identities, silence, {.source = till_}).map([](const auto&) {});
  });
  EXPECT_TRUE(is_heard(2));
}

/// Rows that hold nothing are passed by unread; what waits before them is not.
TEST_P(ListenerTest, PassesWhatHoldsNothing) {
  Listener listener(world_, store(), *log_, aliases_);
  ASSERT_TRUE(listener.start());
  Seq begin = log_->last();
  listener.hear({}, begin, Listener::Holds::consent);
  // As if it held nothing: nobody looks, so nothing is heard of it.
  look(till_, "phone", "analytics=1");
  Seq passed = log_->last();
  listener.hear(begin, passed, Listener::Holds::nothing);
  look(till_, "phone", "analytics=0");
  Seq waits = log_->last();
  listener.hear(passed, waits, Listener::Holds::answers);
  look(till_, "tablet", "marketing=0");
  listener.hear(waits, log_->last(), Listener::Holds::nothing);
  for (int i = 0; i < 2000 && statements().empty(); ++i) world_.executor.make_signal()->wait_for(milliseconds(5));
  ASSERT_FALSE(statements().empty());
  for (const Statement& one : statements()) EXPECT_NE(one.state, State::granted);
  EXPECT_FALSE(may(Purpose::analytics));
}

TEST_P(ListenerTest, MayEndWhileItIsAtSomething) {
  look(till_, "phone", "analytics=1");
  Seq first = log_->last();
  look(till_, "phone", "analytics=0");
  {
    Listener listener(world_, store(), *log_, aliases_);
    ASSERT_TRUE(listener.start());
    // It is at the first when it ends; the second, which could wait, comes behind it.
    listener.hear({}, first, Listener::Holds::consent);
    listener.hear(first, log_->last(), Listener::Holds::answers);
  }
  listen();
  EXPECT_EQ(told().size(), 2u);
}

TEST_P(ListenerTest, AnEventThatTellsOfTheChangeKnowsItsMoment) {
  tell(till_, R"({"purpose":"analytics","state":"withdrawn"})");
  look(till_, "phone", "analytics=1");
  listen();
  EXPECT_FALSE(may(Purpose::analytics));
  look(till_, "phone", "analytics=1", true, kAnswerChanged[1]);
  listen();
  EXPECT_TRUE(may(Purpose::analytics));
}

/// More than one write takes.
TEST_P(ListenerTest, ManyAtOnce) {
  for (int i = 0; i < 3; ++i) {
    std::vector<events::NewEvent> all(400);
    for (auto& event : all) {
      event.kind = kConsentUpdated;
      event.occurred_at = clock_.now();
      event.identifiers = {{"user_id", "ann"}};
      event.properties = R"({"purpose":"email","state":"denied"})";
    }
    people::Identities identities(world_);
    write([&](db::Transaction& tx) -> Result<void> {
      ann_ = TRY(log_->append(tx, identities, all, {.source = till_}))[0].customer;
      return {};
    });
  }
  listen();
  EXPECT_EQ(statements().size(), 1200u);
}

}  // namespace
}  // namespace cairn::consent

// Which events of others are statements, once each, through restarts; on both stores.
#include "consent/listener.h"

#include <gtest/gtest.h>

#include <array>

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
  }
  void TearDown() override { log_.reset(); }
  void tell(SourceId source, const std::string& properties, bool is_historical = false, uint32_t flags = 0) {
    events::NewEvent event;
    event.kind = kConsentUpdated;
    event.occurred_at = clock_.now();
    event.identifiers = {{"user_id", "ann"}};
    event.properties = properties;
    event.flags = flags;
    people::Identities identities(world_);
    write([&](db::Transaction& tx) -> Result<void> {
      ann_ =
          TRY(log_->append(tx, identities, {&event, 1}, {.source = source, .historical = is_historical}))[0].customer;
      return {};
    });
  }
  /// A run of the listener that hears everything.
  void listen() {
    Listener listener(world_, store(), *log_);
    ASSERT_TRUE(listener.start());
    listener.hear(log_->last(), false);
    listener.hear(log_->last(), true);
    for (int i = 0; i < 2000; ++i) {
      std::optional<Seq> cursor;
      ASSERT_TRUE(store().read([&](db::Session& s) -> Result<void> {
        cursor = TRY(read_cursor(s));
        return {};
      }));
      if (cursor == log_->last()) return;
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

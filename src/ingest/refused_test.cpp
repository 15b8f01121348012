#include "ingest/refused.h"

#include "events/names.h"
#include "people/identities.h"
#include "support/on_stores.h"

namespace cairn::ingest {
namespace {

/// Reads a call as plainly as can be: it wants userId, event and messageId; `as` is what it is found wrong with.
Result<Delivery> read_call(SourceId source, std::string_view body, Time received_at) {
  json::Object call = TRY(json::parse_object(body));
  Delivery out;
  out.source = source;
  out.received_at = received_at;
  auto user = json::text_at(call, "userId"), kind = json::text_at(call, "event"), id = json::text_at(call, "messageId");
  if (!user || !kind) {
    out.refused.push_back({std::string(kind.value_or("")), user ? "event" : "userId", "who is it?", std::string(body)});
    return out;
  }
  events::NewEvent event;
  event.kind = *kind;
  event.occurred_at = received_at;
  event.source_key = id.value_or("");
  event.identifiers.push_back({"user_id", std::string(*user)});
  out.events.push_back(std::move(event));
  return out;
}

class RefusedTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (store_) open();
  }
  void open() {
    refused_.reset();
    live_.reset();
    log_.reset();
    log_ = events::Log::open(world_, store(), directory()).value();
    live_ = std::make_unique<Live>(world_, *log_);
    identities_ = std::make_unique<people::Identities>(world_);
    undeclared_ = events::Undeclared::open(world_, store()).value();
    refused_ = Refused::open(parts()).value();
    shop_ = log_->ensure_source("shop").value();
  }
  void TearDown() override {
    refused_.reset();
    live_.reset();
    log_.reset();
  }
  Refused::Parts parts() { return {world_, store(), *log_, *identities_, *undeclared_, *live_, read_call}; }
  void keep(const std::vector<std::string>& bodies, std::string reason = "who is it?") {
    std::vector<RefusedCall> calls;
    for (const std::string& body : bodies) calls.push_back({"Order Completed", "userId", reason, body});
    write([&](db::Transaction& tx) { return refused_->keep(tx, shop_, clock_.now(), calls); });
  }
  static std::string call(int i, std::string_view more = "") {
    return fmt::format(R"({{"messageId":"m{}","event":"Order Completed"{}}})", i, more);
  }
  std::vector<RefusedRow> rows(std::optional<RefusedState> state = {}) {
    return refused_->list({}, state, INT64_MAX, 200).value().rows;
  }
  Refused::Report replay(Refused::Ask ask) {
    auto report = refused_->replay(actor_, ask);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(Refused::Report{});
  }
  static Refused::Ask mend_ask() {
    Refused::Ask ask;
    ask.mend.merge = json::parse_object(R"({"userId":"7"})").value();
    return ask;
  }
  int audits(std::string_view act) {
    int found = 0;
    EXPECT_TRUE(store().read([&](db::Session& session) -> Result<void> {
      for (const auto& entry : TRY(accounts::audit_before(session, INT64_MAX, 100))) found += entry.act == act;
      return {};
    }));
    return found;
  }

  accounts::Actor actor_ = accounts::Actor::operator_of_machine();
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<Live> live_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<events::Undeclared> undeclared_;
  std::unique_ptr<Refused> refused_;
  SourceId shop_;
};
CAIRN_ON_STORES(RefusedTest);

TEST_P(RefusedTest, ARetryIsTheSameRow) {
  keep({call(1, R"(,"sentAt":"2026-01-01T00:00:00Z","receivedAt":"2026-01-01T00:00:01Z")")});
  keep({call(1, R"(,"sentAt":"2026-01-01T00:05:00Z","receivedAt":"2026-01-01T00:05:01Z")"), call(2)});
  ASSERT_EQ(rows().size(), 2u);
  EXPECT_EQ(rows()[1].kind, "Order Completed");
  EXPECT_NE(rows()[1].body.find("00:00:01Z"), std::string::npos) << "as it came first";
  auto groups = refused_->groups().value();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].count, 2);
  EXPECT_EQ(groups[0].source, shop_);
  EXPECT_EQ(groups[0].field, "userId");
}

TEST_P(RefusedTest, ListedByFilterInPages) {
  for (int i = 0; i < 5; ++i) keep({call(i)}, i % 2 ? "odd" : "even");
  RefusedFilter odd;
  odd.reason = "odd";
  EXPECT_EQ(refused_->list(odd, RefusedState::waiting, INT64_MAX, 10).value().rows.size(), 2u);
  auto first = refused_->list({}, {}, INT64_MAX, 3).value();
  ASSERT_EQ(first.rows.size(), 3u);
  auto second = refused_->list({}, {}, first.next.value(), 3).value();
  ASSERT_EQ(second.rows.size(), 2u);
  EXPECT_FALSE(second.next);
  EXPECT_GT(first.rows[2].id, second.rows[0].id);
  RefusedFilter elsewhere;
  elsewhere.source = SourceId{shop_.value + 1};
  EXPECT_TRUE(refused_->list(elsewhere, {}, INT64_MAX, 10).value().rows.empty());
}

TEST_P(RefusedTest, MendedAndReplayedOnce) {
  keep({call(1), call(2)});
  auto report = replay({});
  EXPECT_EQ(report.still_waiting, 2);
  EXPECT_EQ(log_->last(), Seq{});
  report = replay(mend_ask());
  EXPECT_EQ(report.replayed, 2);
  EXPECT_EQ(log_->last(), Seq{2});
  for (const RefusedRow& row : rows()) {
    EXPECT_EQ(row.state, RefusedState::replayed);
    EXPECT_EQ(row.body, "") << "nothing personal outlives it";
    EXPECT_TRUE(row.seq.is_set());
    EXPECT_TRUE(row.settled_at);
  }
  report = replay(mend_ask());
  EXPECT_EQ(report.replayed + report.already_there + report.still_waiting, 0);
  EXPECT_EQ(log_->last(), Seq{2});
  keep({call(1)});
  EXPECT_EQ(rows(RefusedState::waiting).size(), 0u) << "a late retry of a settled call is not kept again";
  EXPECT_EQ(audits("refused_replayed"), 1);
}

TEST_P(RefusedTest, WhatIsInTheLogAlreadySettles) {
  keep({call(1)});
  write([&](db::Transaction& tx) -> Result<void> {
    auto delivery = read_call(shop_, call(1, R"(,"userId":"7")"), clock_.now()).value();
    TRY(log_->append(tx, *identities_, delivery.events, {.source = shop_}));
    return {};
  });
  auto report = replay(mend_ask());
  EXPECT_EQ(report.already_there, 1);
  EXPECT_EQ(log_->last(), Seq{1});
  EXPECT_EQ(rows()[0].state, RefusedState::already_there);
  EXPECT_EQ(rows()[0].seq, Seq{1});
}

TEST_P(RefusedTest, ATrialTellsAndKeepsNothing) {
  keep({call(1), "{}"});
  auto ask = mend_ask();
  ask.is_trial = true;
  auto report = replay(ask);
  EXPECT_EQ(report.replayed, 1);
  EXPECT_EQ(report.still_waiting, 1);
  ASSERT_EQ(report.calls.size(), 2u);
  EXPECT_NE(report.calls[0].call.find(R"("userId":"7")"), std::string::npos);
  EXPECT_EQ(report.calls[1].field, "event");
  EXPECT_EQ(log_->last(), Seq{});
  EXPECT_EQ(rows(RefusedState::waiting).size(), 2u);
  EXPECT_EQ(audits("refused_replayed"), 0);
}

TEST_P(RefusedTest, WithoutMendingTheNewReasonIsKept) {
  keep({call(1)}, "an older version said this");
  EXPECT_EQ(replay({}).still_waiting, 1);
  EXPECT_EQ(rows()[0].reason, "who is it?");
  auto ask = mend_ask();
  ask.mend.merge = json::parse_object(R"({"event":null})").value();
  EXPECT_EQ(replay(ask).still_waiting, 1);
  EXPECT_EQ(rows()[0].field, "userId") << "a mend that failed says nothing of the row";
}

TEST_P(RefusedTest, OnlyWhatIsChosenIsReplayedAndLimitsGoOn) {
  for (int i = 0; i < 450; ++i) keep({call(i)}, i % 2 ? "odd" : "even");
  auto ask = mend_ask();
  ask.filter.reason = "odd";
  ask.limit = 210;
  auto report = replay(ask);
  EXPECT_EQ(report.replayed, 210);
  ASSERT_TRUE(report.next);
  ask.after = *report.next;
  report = replay(ask);
  EXPECT_EQ(report.replayed, 15);
  EXPECT_FALSE(report.next);
  EXPECT_EQ(refused_->groups().value().size(), 1u);
  auto chosen = mend_ask();
  auto left = rows(RefusedState::waiting);
  chosen.filter.ids = {left[3].id, left[1].id, left[1].id, 999999};
  EXPECT_EQ(replay(chosen).replayed, 2);
}

TEST_P(RefusedTest, DroppedByReasonAndById) {
  for (int i = 0; i < 6; ++i) keep({call(i)}, i % 2 ? "odd" : "even");
  EXPECT_FALSE(refused_->drop(actor_, {}));
  RefusedFilter odd;
  odd.reason = "odd";
  EXPECT_EQ(refused_->drop(actor_, odd).value(), 3);
  EXPECT_EQ(refused_->drop(actor_, odd).value(), 0);
  RefusedFilter one;
  one.ids = {rows(RefusedState::waiting)[0].id};
  EXPECT_EQ(refused_->drop(actor_, one).value(), 1);
  EXPECT_EQ(rows(RefusedState::waiting).size(), 2u);
  for (const RefusedRow& row : rows(RefusedState::dropped)) EXPECT_EQ(row.body, "");
  EXPECT_EQ(replay(mend_ask()).replayed, 2) << "what is dropped is not replayed";
  EXPECT_EQ(audits("refused_dropped"), 2);
}

TEST_P(RefusedTest, TheOldestMakeRoomAndItIsSaid) {
  auto small = parts();
  small.waiting_max = 100;
  refused_ = Refused::open(small).value();
  for (int i = 0; i < 130; ++i) keep({call(i)});
  auto counts = refused_->counts().value();
  std::map<RefusedState, int64_t> by(counts.begin(), counts.end());
  EXPECT_LE(by[RefusedState::waiting], 100);
  EXPECT_GE(by[RefusedState::waiting], 98);
  EXPECT_EQ(by[RefusedState::waiting] + by[RefusedState::crowded_out], 130);
  EXPECT_EQ(rows(RefusedState::waiting)[0].body, call(129)) << "the newest stay";

  auto narrow = parts();
  narrow.waiting_bytes_max = 2000;
  refused_ = Refused::open(narrow).value();
  keep({call(1000, fmt::format(R"(,"x":"{}")", std::string(1000, 'x')))});
  int64_t bytes = 0;
  for (const RefusedRow& row : rows(RefusedState::waiting)) bytes += static_cast<int64_t>(row.body.size());
  EXPECT_LE(bytes, 2000);
  EXPECT_GT(bytes, 1000);
}

TEST_P(RefusedTest, AWriteThatFailsLeavesNoTrace) {
  auto small = parts();
  small.waiting_max = 10;
  refused_ = Refused::open(small).value();
  for (int round = 0; round < 20; ++round) {
    RefusedCall one{"k", "f", "r", call(round)};
    auto failed = store().write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
      TRY(refused_->keep(tx, shop_, clock_.now(), {&one, 1}));
      return fail(Code::conflict, "no");
    });
    EXPECT_FALSE(failed);
  }
  EXPECT_TRUE(rows().empty());
  for (int i = 0; i < 10; ++i) keep({call(i)});
  EXPECT_EQ(rows(RefusedState::waiting).size(), 10u) << "sizes were taken back with the transactions";
}

TEST_P(RefusedTest, AfterARestartItGoesOnWhereItWas) {
  keep({call(1), call(2)});
  auto ask = mend_ask();
  ask.limit = 1;
  EXPECT_EQ(replay(ask).replayed, 1);
  refused_.reset();
  live_.reset();
  log_.reset();
  open_store();
  open();
  EXPECT_EQ(replay(mend_ask()).replayed, 1);
  EXPECT_EQ(log_->last(), Seq{2});
}

TEST(Mend, RenamesThenMerges) {
  auto done = [](std::string_view body, Mend mend) { return mended(body, mend).value_or("error"); };
  Mend rename;
  rename.rename = {{"userid", "userId"}};
  EXPECT_EQ(done(R"({"userid":"7","a":1})", rename), R"({"a":1,"userId":"7"})");
  EXPECT_EQ(done(R"({"userid":"7","userId":""})", rename), R"({"userId":"7"})");
  EXPECT_EQ(done(R"({"a":1})", rename), R"({"a":1})") << "not every call has it";
  EXPECT_FALSE(mended(R"({"userid":"7","userId":"8"})", rename)) << "nothing is overwritten";
  Mend deep;
  deep.rename = {{"properties.orderid", "properties.order_id"}, {"mail", "context.traits.email"}};
  EXPECT_EQ(done(R"({"mail":"x","properties":{"orderid":5}})", deep),
            R"({"properties":{"order_id":5},"context":{"traits":{"email":"x"}}})");
  EXPECT_FALSE(mended(R"({"mail":"x","context":5})", deep));
  Mend empty_part;
  empty_part.rename = {{"a", "b."}};
  EXPECT_FALSE(mended(R"({"a":1})", empty_part));
  EXPECT_FALSE(mended("[1]", rename));
}

// The examples of RFC 7386, appendix A, whose target and result are objects.
TEST(Mend, MergesAsTheRfcSays) {
  for (auto [target, patch, result] : std::vector<std::array<std::string_view, 3>>{
           {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
           {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
           {R"({"a":"b"})", R"({"a":null})", R"({})"},
           {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
           {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
           {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
           {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
           {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
           {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
           {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}}) {
    Mend mend;
    mend.merge = json::parse_object(patch).value();
    EXPECT_EQ(mended(target, mend).value_or("error"), result) << target << " with " << patch;
  }
}

}  // namespace
}  // namespace cairn::ingest

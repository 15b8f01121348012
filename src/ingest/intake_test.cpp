#include "ingest/intake.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "ingest/service.h"
#include "people/identities.h"
#include "support/on_stores.h"

namespace cairn::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class IntakeTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (store_) open();
  }
  void TearDown() override { close(); }
  void close() {
    service_.reset();
    log_.reset();
  }
  void open(size_t bytes_max = Intake::kBytesMax) {
    close();
    log_ = events::Log::open(world_, store(), directory()).value();
    identities_ = std::make_unique<people::Identities>(world_);
    service_ = Service::open(world_, store(), *log_, *identities_, bytes_max).value();
    shop_ = log_->ensure_source("shop").value();
  }
  Delivery delivery(std::vector<std::string> keys) const {
    Delivery out;
    out.source = shop_;
    out.received_at = clock_now();
    for (std::string& key : keys) {
      events::NewEvent event;
      event.kind = "Order Completed";
      event.occurred_at = out.received_at;
      event.identifiers.push_back({"user_id", "7"});
      event.source_key = std::move(key);
      out.bytes += 500;
      out.events.push_back(std::move(event));
    }
    return out;
  }
  Time clock_now() const { return const_cast<FakeClock&>(clock_).now(); }
  Result<void> submit_and_wait(Delivery d) {
    auto signal = world_.executor.make_signal();
    auto answer = std::make_shared<Result<void>>();
    TRY(service_->intake().submit(std::move(d), [=](const Result<void>& done) {
      *answer = done;
      signal->set();
    }));
    signal->wait();
    return *answer;
  }
  /// Until it is set.
  std::shared_ptr<Signal> hold_the_writer() {
    auto gate = world_.executor.make_signal();
    EXPECT_TRUE(store().write(
        db::Lane::people,
        [=](db::Transaction&) -> Result<void> {
          gate->wait();
          return {};
        },
        [](const Result<void>&) {}));
    return gate;
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    EXPECT_TRUE(log_->sweep(Seq{}, [&](const events::LogRow& row) {
      out.emplace_back(row.source_key);
      return true;
    }));
    return out;
  }
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<Service> service_;
  SourceId shop_;
};
CAIRN_ON_STORES(IntakeTest);

TEST_P(IntakeTest, answers_when_it_is_in_the_log_and_once) {
  ASSERT_TRUE(submit_and_wait(delivery({"a", "b"})));
  EXPECT_THAT(keys(), ElementsAre("a", "b"));
  ASSERT_TRUE(submit_and_wait(delivery({"b", "c", "c"})));
  EXPECT_THAT(keys(), ElementsAre("a", "b", "c"));
  Intake::Figures figures = service_->intake().figures();
  EXPECT_EQ(figures.events, 3u);
  EXPECT_EQ(figures.copies, 2u);
  EXPECT_EQ(figures.waiting_bytes, 0u);
}

TEST_P(IntakeTest, many_at_once_are_each_answered) {
  auto signal = world_.executor.make_signal();
  auto left = std::make_shared<std::atomic<int>>(300);
  for (int i = 0; i < 300; ++i) {
    Delivery d = delivery({fmt::format("k{}", i / 2)});  // each sent twice
    d.library = i % 3 ? "node" : "browser";
    ASSERT_TRUE(service_->intake().submit(std::move(d), [=](const Result<void>& done) {
      EXPECT_TRUE(done);
      if (left->fetch_sub(1) == 1) signal->set();
    }));
  }
  signal->wait();
  EXPECT_EQ(keys().size(), 150u);
  EXPECT_LT(service_->intake().figures().groups, 300u);
}

TEST_P(IntakeTest, what_is_over_the_limit_is_told_to_come_again_and_not_kept) {
  open(1200);
  // The writer waits, so that nothing is answered meanwhile.
  auto gate = hold_the_writer();
  auto answered = std::make_shared<std::atomic<int>>(0);
  auto count = [=](const Result<void>& done) { *answered += done.has_value(); };
  ASSERT_TRUE(service_->intake().submit(delivery({"a"}), count));
  ASSERT_TRUE(service_->intake().submit(delivery({"b"}), count));
  auto refused = service_->intake().submit(delivery({"c"}), count);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::overloaded);
  gate->set();
  service_->intake().close();
  auto closed = service_->intake().submit(delivery({"d"}), count);
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("stopping"));
  service_.reset();  // waits for what was taken
  EXPECT_EQ(*answered, 2);
  EXPECT_THAT(keys(), ElementsAre("a", "b"));
}

class IntakeNamesTest : public IntakeTest {
 protected:
  void SetUp() override {
    IntakeTest::SetUp();
    if (!store_) return;
    auto by = accounts::Actor::operator_of_machine();
    made_ = service_->sources().add(by, {.name = "srv", .form = SourceForm::server}).value();
  }
  /// A batch as it is read; a call is its message id and its properties.
  Delivery batch(const std::vector<std::pair<std::string, std::string>>& calls) {
    std::string body;
    for (const auto& [id, properties] : calls)
      body += fmt::format(R"({}{{"type":"track","event":"Order Completed","userId":"7","messageId":"{}",)"
                          R"("properties":{{{}}}}})",
                          body.empty() ? "" : ",", id, properties);
    http::Request request;
    request.body = R"({"batch":[)" + body + "]}";
    request.received_at = clock_.now();
    request.headers.add("Authorization", "Bearer " + made_.key.text);
    auto read = service_->readers().take()->read(request, "");
    EXPECT_TRUE(read) << read.error().message;
    return std::move(*read);
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    auto listed = service_->undeclared().list().value();
    for (const auto& name : listed.names) out.push_back(fmt::format("{}={}", name.property, name.example));
    std::sort(out.begin(), out.end());
    return out;
  }
  Sources::Made made_;
};
CAIRN_ON_STORES(IntakeNamesTest);

TEST_P(IntakeNamesTest, only_what_is_kept_gives_an_example) {
  ASSERT_TRUE(submit_and_wait(batch({{"a", R"("total":1)"}})));
  ASSERT_TRUE(submit_and_wait(batch({{"a", R"("scent":"of the copy")"}})));
  EXPECT_THAT(names(), ElementsAre()) << "it was known by its message id";
  ASSERT_TRUE(submit_and_wait(batch({{"a", R"("scent":"of the copy")"}, {"b", R"("scent":"of b","hue":"of b")"}})));
  EXPECT_THAT(names(), ElementsAre("hue=of b", "scent=of b")) << "the copy before did not make the name known";
  Delivery next = batch({{"c", R"("scent":"of c")"}, {"c2", R"("Hue":"of c","hue":"of c")"}});
  ASSERT_EQ(next.names.size(), 1u) << "what is known is not carried along";
  EXPECT_EQ(next.names[0].property, "Hue");
  ASSERT_TRUE(submit_and_wait(std::move(next)));
  EXPECT_EQ(names().size(), 3u);
}

TEST_P(IntakeNamesTest, deliveries_that_are_joined_keep_whose_name_it_is) {
  ASSERT_TRUE(submit_and_wait(batch({{"a", R"("total":1)"}})));
  auto gate = world_.executor.make_signal(), signal = world_.executor.make_signal();
  ASSERT_TRUE(store().write(
      db::Lane::people,
      [=](db::Transaction&) -> Result<void> {
        gate->wait();
        return {};
      },
      [](const Result<void>&) {}));
  auto left = std::make_shared<std::atomic<int>>(4);
  // At most two are on their way, the next ones are joined.
  for (auto& calls : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {{"x", ""}}, {{"y", ""}}, {{"z", ""}, {"a", R"("scent":"of the copy")"}}, {{"b", R"("scent":"of b")"}}})
    ASSERT_TRUE(service_->intake().submit(batch(calls), [=](const Result<void>& done) {
      EXPECT_TRUE(done);
      if (left->fetch_sub(1) == 1) signal->set();
    }));
  gate->set();
  signal->wait();
  EXPECT_LT(service_->intake().figures().groups, 5u) << "none was joined: this proves nothing";
  EXPECT_THAT(names(), ElementsAre("scent=of b"));
}

TEST_P(IntakeNamesTest, a_refused_call_that_is_mended_tells_its_names) {
  http::Request request;
  request.body = R"({"batch":[{"type":"track","event":"Order Completed","messageId":"m","properties":{"hue":"red"}}]})";
  request.received_at = clock_.now();
  request.headers.add("Authorization", "Bearer " + made_.key.text);
  ASSERT_TRUE(submit_and_wait(service_->readers().take()->read(request, "").value()));
  EXPECT_THAT(names(), ElementsAre()) << "nobody knows whose it is: it is refused";
  Refused::Ask ask;
  ask.filter.field = "userId";
  ask.mend.merge = json::parse_object(R"({"userId":"7"})").value();
  auto report = service_->refused().replay(accounts::Actor::operator_of_machine(), ask);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->replayed, 1);
  EXPECT_THAT(names(), ElementsAre("hue=red"));
}

TEST_P(IntakeTest, refused_calls_are_kept_with_the_same_commit) {
  Delivery d = delivery({"a"});
  d.refused.push_back({"trck", "type", "no such type", R"({"type":"trck","messageId":"x"})"});
  ASSERT_TRUE(submit_and_wait(std::move(d)));
  auto listed = service_->refused().list({}, RefusedState::waiting, INT64_MAX, 10).value();
  ASSERT_EQ(listed.rows.size(), 1u);
  EXPECT_EQ(listed.rows[0].reason, "no such type");
  EXPECT_EQ(listed.rows[0].source, shop_);
}

TEST_P(IntakeTest, what_the_store_cannot_write_takes_no_other_with_it) {
  // No reader lets it through: PostgreSQL's text is UTF-8, and SQLite asks nothing of it.
  Delivery bad = delivery({"bad"});
  bad.refused.push_back({"x", "type", "no such type", "{\"type\":\"\xFF\"}"});
  auto gate = hold_the_writer();
  constexpr int kGood = 6;
  auto good = std::make_shared<std::atomic<int>>(0);
  auto answers = std::make_shared<std::atomic<int>>(0);
  auto signal = world_.executor.make_signal();
  auto note = [=](bool is_good) {
    return [=](const Result<void>& done) {
      if (is_good) *good += done.has_value();
      if (answers->fetch_add(1) == kGood) signal->set();
    };
  };
  for (int i = 0; i < kGood; ++i) {
    if (i == kGood / 2) {
      ASSERT_TRUE(service_->intake().submit(std::move(bad), note(false)));
    }
    ASSERT_TRUE(service_->intake().submit(delivery({fmt::format("good-{}", i)}), note(true)));
  }
  gate->set();
  signal->wait();
  EXPECT_EQ(good->load(), kGood);
  auto kept = keys();
  std::erase(kept, "bad");
  EXPECT_THAT(kept, testing::UnorderedElementsAre("good-0", "good-1", "good-2", "good-3", "good-4", "good-5"));
}

TEST_P(IntakeTest, words_that_no_store_holds_are_kept_without_them) {
  Delivery d = delivery({"a"});
  const std::string_view cut_in_a_character = "'Fri Nov 20 2026 10:15:00 GMT+0900 (\xE6\x97";
  d.refused.push_back({std::string("tr\0ck", 5), "type", std::string(cut_in_a_character), R"({"messageId":"x"})"});
  ASSERT_TRUE(submit_and_wait(std::move(d)));
  auto rows = service_->refused().list({}, RefusedState::waiting, INT64_MAX, 10).value().rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].kind, "trck");
  EXPECT_TRUE(is_utf8(rows[0].reason));
}

TEST_P(IntakeTest, a_kind_too_many_is_refused_and_the_others_stay_whose_they_are) {
  auto of = [&](std::string user, std::string kind, std::string key) {
    events::NewEvent event;
    event.kind = std::move(kind);
    event.occurred_at = clock_now();
    event.identifiers.push_back({"user_id", std::move(user)});
    event.source_key = std::move(key);
    return event;
  };
  Delivery known = delivery({});
  for (const char* user : {"alice", "bob", "carol"})
    known.events.push_back(of(user, "Order Completed", fmt::format("first-{}", user)));
  ASSERT_TRUE(submit_and_wait(std::move(known)));
  Delivery many = delivery({});
  for (size_t i = 0; i < events::kKindsMax; ++i)
    many.events.push_back(of("bob", fmt::format("Viewed {}", i), fmt::format("k{}", i)));
  ASSERT_TRUE(submit_and_wait(std::move(many)));
  Delivery last = delivery({});
  last.events.push_back(of("alice", "One Too Many", "x"));
  last.events.push_back(of("bob", "Order Completed", "second-bob"));
  last.events.push_back(of("carol", "Order Completed", "second-carol"));
  ASSERT_TRUE(submit_and_wait(std::move(last)));
  std::map<std::string, CustomerId> owners;
  EXPECT_TRUE(log_->sweep(Seq{}, [&](const events::LogRow& row) {
    owners.emplace(row.source_key, row.customer);
    return true;
  }));
  EXPECT_FALSE(owners.contains("x"));
  EXPECT_EQ(owners.at("second-bob"), owners.at("first-bob"));
  EXPECT_EQ(owners.at("second-carol"), owners.at("first-carol"));
  EXPECT_NE(owners.at("first-bob"), owners.at("first-carol"));
}

TEST_P(IntakeTest, what_the_log_refuses_is_kept_whole_and_takes_no_other_with_it) {
  // The log's own check refuses it: it lands in the refused list, beside the events of others.
  Delivery bad = delivery({"bad"});
  bad.events[0].kind = std::string(300, 'x');
  auto gate = hold_the_writer();
  auto results = std::make_shared<std::atomic<int>>(0);
  auto signal = world_.executor.make_signal();
  auto note = [=](const Result<void>& done) {
    EXPECT_TRUE(done);
    if (results->fetch_add(1) == 2) signal->set();
  };
  ASSERT_TRUE(service_->intake().submit(delivery({"a"}), note));
  ASSERT_TRUE(service_->intake().submit(std::move(bad), note));
  ASSERT_TRUE(service_->intake().submit(delivery({"b"}), note));
  gate->set();
  signal->wait();
  EXPECT_THAT(keys(), ElementsAre("a", "b"));
  auto rows = service_->refused().list({}, RefusedState::waiting, INT64_MAX, 10).value().rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].field, "event");
  EXPECT_THAT(rows[0].body, HasSubstr(R"("messageId":"bad")"));
}

}  // namespace
}  // namespace cairn::ingest

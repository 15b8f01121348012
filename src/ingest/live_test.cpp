#include "ingest/live.h"

#include "events/log.h"
#include "ingest/live_detail.h"
#include "json/codec.h"
#include "support/on_stores.h"

namespace cairn::ingest {
namespace {

/// Keeps what it is sent.
class Stream final : public http::EventStream {
 public:
  struct Sent {
    std::string event, data, id;
  };
  bool send(std::string_view event, std::string_view data, std::string_view id) override {
    std::lock_guard lock(mutex_);
    if (is_open_) sent_.push_back({std::string(event), std::string(data), std::string(id)});
    return is_open_;
  }
  bool is_open() const override {
    std::lock_guard lock(mutex_);
    return is_open_;
  }
  void close() override {
    std::lock_guard lock(mutex_);
    is_open_ = false;
  }
  std::vector<Sent> sent(std::string_view event) const {
    std::lock_guard lock(mutex_);
    std::vector<Sent> out;
    for (const Sent& one : sent_)
      if (one.event == event) out.push_back(one);
    return out;
  }

 private:
  mutable std::mutex mutex_;
  bool is_open_ = true;
  std::vector<Sent> sent_;
};

/// One queue that is run by hand, so that nothing here waits for a thread.
class HandQueue final : public Queue {
 public:
  explicit HandQueue(std::vector<Task>& tasks) : tasks_(tasks) {}
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  void post_after(Duration, Task task) override { tasks_.push_back(std::move(task)); }

 private:
  std::vector<Task>& tasks_;
};
class HandExecutor final : public Executor {
 public:
  std::vector<Task> tasks;
  /// What is posted now, not what that posts.
  void run() {
    for (Task& task : std::exchange(tasks, {})) task();
  }
  std::unique_ptr<Queue> make_queue(std::string_view) override { return std::make_unique<HandQueue>(tasks); }
  std::shared_ptr<Signal> make_signal() override { return system_executor().make_signal(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return system_executor().start(name, std::move(loop));
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    for (size_t i = 0; i < count; ++i) body(i);
  }
  unsigned parallelism() const override { return 1; }
};

class LiveTest : public testing::Test {
 protected:
  void SetUp() override {
    db::StoreOptions options;
    options.directory = dir_.path();
    store_ = db::Store::open(real_, options).value();
    log_ = events::Log::open(real_, *store_, dir_.path()).value();
    shop_ = log_->ensure_source("shop").value();
    live_ = std::make_unique<Live>(world_, *log_);
  }
  void TearDown() override {
    live_.reset();
    log_.reset();
  }
  Delivery delivery(int events, std::string properties = R"({"order_id":"o1","total":5,"secret":"x"})") {
    Delivery out;
    out.source = shop_;
    out.received_at = clock_.now();
    out.library = "analytics-node/2.1.0";
    for (int i = 0; i < events; ++i) {
      events::NewEvent event;
      event.kind = "Order Completed";
      event.source_key = fmt::format("m{}", i);
      event.identifiers = {{"email", "ada@shop.fr"}, {"anonymous_id", "b1"}};
      event.properties = properties;
      event.flags = events::kBot | events::kTest;
      out.events.push_back(event);
    }
    return out;
  }
  void deliver(const Delivery& given, events::Fate fate = events::Fate::kept) {
    std::vector<events::Outcome> outcomes(given.events.size());
    for (events::Outcome& outcome : outcomes) {
      outcome.fate = fate;
      if (fate != events::Fate::refused) outcome.seq = Seq{9};
    }
    live_->delivered(given, outcomes);
  }
  json::Object snapshot(bool sees = true) {
    return json::parse_object(live_->snapshot({.sees_customers = sees})).value();
  }
  json::Object first_event(bool sees = true) {
    json::Object all = snapshot(sees);
    return all["events"].as_array().at(0).as_object();
  }
  static std::string text(const json::Object& object, std::string_view key) {
    return std::string(json::text_at(object, key).value_or("(none)"));
  }

  FakeClock clock_{Time{1'700'000'000'000'000}};
  HandExecutor hand_;
  World world_{clock_, system_entropy(), hand_, system_files()};
  World real_{clock_, system_entropy(), system_executor(), system_files()};
  test::TempDir dir_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<events::Log> log_;
  SourceId shop_;
  std::unique_ptr<Live> live_;
};

TEST_F(LiveTest, AnEventAsItIsShown) {
  deliver(delivery(1));
  hand_.run();
  json::Object event = first_event();
  EXPECT_EQ(text(event, "source"), "shop");
  EXPECT_EQ(text(event, "kind"), "Order Completed");
  EXPECT_EQ(text(event, "who"), "email=ada@shop.fr");
  EXPECT_EQ(text(event, "fate"), "kept");
  EXPECT_EQ(text(event, "seq"), "9");
  EXPECT_EQ(text(event, "message_id"), "m0");
  EXPECT_EQ(text(event, "library"), "analytics-node/2.1.0");
  EXPECT_EQ(text(event, "at"), to_rfc3339(clock_.now()));
  EXPECT_EQ(json::serialize(event["set_apart"]), R"(["bot","test"])");
  EXPECT_EQ(json::serialize(event["undeclared"]), R"(["secret"])");
  EXPECT_EQ(json::serialize(event["properties"]), R"({"order_id":"o1","total":5,"secret":"x"})");
  EXPECT_FALSE(event["undeclared_kind"].as_bool());
}

TEST_F(LiveTest, WhoMayNotSeeCustomersSeesNothingPersonal) {
  Delivery given = delivery(1);
  given.events[0].properties = R"({"order_id":"o1","url":"https://x/?mail=ada@shop.fr","note":"for ada"})";
  given.refused.push_back({"Ada's thing", "timestamp", "'ada@shop.fr' is no time",
                           R"({"messageId":"m9","userId":"ada@shop.fr","properties":{"ada":"ada"}})"});
  deliver(given);
  hand_.run();
  std::string masked = live_->snapshot({.sees_customers = false});
  EXPECT_EQ(masked.find("ada@"), std::string::npos) << masked;
  EXPECT_EQ(masked.find("for ada"), std::string::npos);
  EXPECT_EQ(masked.find("Ada"), std::string::npos);
  EXPECT_NE(masked.find(R"("order_id":"o1")"), std::string::npos) << "what is not personal is shown";
  EXPECT_NE(masked.find("email=•••"), std::string::npos);
  EXPECT_NE(masked.find("'•••' is no time"), std::string::npos);
  EXPECT_NE(live_->snapshot({.sees_customers = true}).find("'ada@shop.fr' is no time"), std::string::npos);
}

TEST_F(LiveTest, ARefusedCallSaysWhatItCan) {
  Delivery given;
  given.source = shop_;
  given.received_at = clock_.now();
  given.refused.push_back({"Order Completed", "timestamp", "no time",
                           R"({"messageId":"m9","anonymousId":"b1",)"
                           R"("properties":{"order_id":"o1"}})"});
  given.refused.push_back({"", "", "not JSON at all", "{{{"});
  deliver(given);
  hand_.run();
  json::Object all = snapshot();
  json::Object event = all["events"].as_array().at(1).as_object();
  EXPECT_EQ(text(event, "fate"), "refused");
  EXPECT_EQ(text(event, "reason"), "no time");
  EXPECT_EQ(text(event, "field"), "timestamp");
  EXPECT_EQ(text(event, "who"), "anonymous_id=b1");
  EXPECT_EQ(text(event, "message_id"), "m9");
  EXPECT_TRUE(event["seq"].is_null());
  EXPECT_EQ(json::serialize(event["properties"]), R"({"order_id":"o1"})");
}

TEST_F(LiveTest, CountsAreWholeThoughLinesAreASample) {
  deliver(delivery(500));
  deliver(delivery(300), events::Fate::already_there);
  deliver(delivery(150), events::Fate::refused);
  hand_.run();
  clock_.advance(seconds(1));
  json::Object all = snapshot();
  json::Object counts = all["counts"].as_object();
  json::Object shop = counts["sources"].as_array().at(0).as_object();
  EXPECT_EQ(shop["kept"], 500);
  EXPECT_EQ(shop["already_there"], 300);
  EXPECT_EQ(shop["refused"], 150);
  EXPECT_EQ(counts["shown"], 100);
  EXPECT_EQ(counts["not_shown"], 750);
  int refused = 0;
  for (const auto& event : all["events"].as_array()) refused += text(event.as_object(), "fate") == "refused";
  EXPECT_EQ(refused, 100) << "a flood of good ones does not hide the refused";
  json::Object minute = all["sources"].as_array().at(0).as_object();
  EXPECT_EQ(minute["kept"].as_array().size(), 60u);
  EXPECT_EQ(minute["kept"].as_array().back(), 500);
  clock_.advance(seconds(59));
  json::Object later = snapshot();
  EXPECT_EQ(later["sources"].as_array().at(0).as_object()["kept"].as_array().front(), 500);
  clock_.advance(seconds(1));
  json::Object gone = snapshot();
  for (const auto& n : gone["sources"].as_array().at(0).as_object()["kept"].as_array()) EXPECT_EQ(n, 0);
}

TEST_F(LiveTest, OnlyTheLastAreRemembered) {
  for (int i = 0; i < 8; ++i) {
    deliver(delivery(100, fmt::format(R"({{"order_id":"{}"}})", i)));
    hand_.run();
    clock_.advance(seconds(1));
  }
  json::Object all = snapshot();
  ASSERT_EQ(all["events"].as_array().size(), Live::kKept);
  EXPECT_EQ(json::serialize(first_event()["properties"]), R"({"order_id":"7"})") << "newest first";
}

TEST_F(LiveTest, LargePropertiesAreCut) {
  std::string large = fmt::format(R"({{"order_id":"o1","note":"{}","total":5}})", std::string(3000, 'x'));
  deliver(delivery(1, large));
  hand_.run();
  json::Object event = first_event();
  EXPECT_EQ(json::serialize(event["properties"]), R"({"order_id":"o1"})");
  EXPECT_TRUE(event["is_cut"].as_bool());
  deliver(delivery(1, fmt::format(R"({{"note":"{}"}})", std::string(100'000, 'x'))));
  hand_.run();
  EXPECT_EQ(json::serialize(first_event()["properties"]), "{}");
}

TEST_F(LiveTest, WatchersGetWhatComesAndACountEachSecond) {
  auto sees = std::make_shared<Stream>(), blind = std::make_shared<Stream>();
  ASSERT_TRUE(live_->watch(sees, {.sees_customers = true}, {}));
  ASSERT_TRUE(live_->watch(blind, {.sees_customers = false}, {}));
  deliver(delivery(2));
  live_->turned_away("cw_abcdefghijklmnop", "no such key", "203.0.113.9");
  hand_.run();
  ASSERT_EQ(sees->sent("event").size(), 2u);
  EXPECT_NE(sees->sent("event")[0].data.find("ada@shop.fr"), std::string::npos);
  EXPECT_EQ(blind->sent("event")[0].data.find("ada@shop.fr"), std::string::npos);
  ASSERT_EQ(sees->sent("turned_away").size(), 1u);
  EXPECT_NE(sees->sent("turned_away")[0].data.find("203.0.113.9"), std::string::npos);
  EXPECT_NE(sees->sent("turned_away")[0].data.find("cw_abcdefghi\""), std::string::npos) << "not the whole key";
  EXPECT_EQ(blind->sent("turned_away")[0].data.find("203.0.113.9"), std::string::npos);
  size_t before = sees->sent("counts").size();
  clock_.advance(seconds(1));
  hand_.run();
  ASSERT_EQ(sees->sent("counts").size(), before + 1);
  json::Object counts = json::parse_object(sees->sent("counts").back().data).value();
  EXPECT_EQ(counts["sources"].as_array().at(0).as_object()["kept"], 2);
  EXPECT_EQ(counts["turned_away"], 1);
  sees->close();
  clock_.advance(minutes(15));
  hand_.run();
  EXPECT_FALSE(blind->is_open()) << "a stream ends after a while";
  hand_.run();
  EXPECT_TRUE(hand_.tasks.empty()) << "nobody watches, nothing ticks";
}

TEST_F(LiveTest, WhoComesAgainGetsWhatWasMissed) {
  deliver(delivery(3));
  hand_.run();
  json::Object all = snapshot();
  int64_t second = std::stoll(text(all["events"].as_array().at(1).as_object(), "id"));
  auto stream = std::make_shared<Stream>(), fresh = std::make_shared<Stream>();
  ASSERT_TRUE(live_->watch(stream, {.sees_customers = true}, {.after = second}));
  ASSERT_TRUE(live_->watch(fresh, {.sees_customers = true}, {}));
  ASSERT_EQ(stream->sent("event").size(), 1u);
  EXPECT_EQ(stream->sent("event")[0].id, std::to_string(second + 1));
  EXPECT_TRUE(fresh->sent("event").empty());
}

TEST_F(LiveTest, NoMoreWatchersThanThereIsRoomFor) {
  std::vector<std::shared_ptr<Stream>> streams;
  for (size_t i = 0; i < Live::kWatchersMax; ++i) {
    streams.push_back(std::make_shared<Stream>());
    ASSERT_TRUE(live_->watch(streams.back(), {}, {}));
  }
  EXPECT_EQ(live_->check_room().error().code, Code::overloaded);
  streams[0]->close();
  clock_.advance(seconds(1));
  hand_.run();
  EXPECT_TRUE(live_->check_room());
}

TEST_F(LiveTest, AFloodOfStrangersIsCountedNotShown) {
  for (int i = 0; i < 1000; ++i) live_->turned_away("", "not JSON", "203.0.113.9");
  hand_.run();
  clock_.advance(seconds(1));
  json::Object all = snapshot();
  EXPECT_EQ(all["turned_away"].as_array().size(), 20u);
  EXPECT_EQ(all["counts"].as_object()["turned_away"], 1000);
}

TEST(MaskQuotes, WhatIsQuotedIsGone) {
  EXPECT_EQ(mask_quotes("'x' is no time"), "'•••' is no time");
  EXPECT_EQ(mask_quotes("'it's ada' is no time"), "'•••' is no time");
  EXPECT_EQ(mask_quotes(R"(found text "abc")"), R"(found text "•••")");
  EXPECT_EQ(mask_quotes("nothing quoted"), "nothing quoted");
  EXPECT_EQ(mask_quotes("an open 'end ada"), "an open '•••'");
}

}  // namespace
}  // namespace cairn::ingest

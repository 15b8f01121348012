#include "events/log.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/random.h"
#include "events/brand.h"
#include "support/on_stores.h"

namespace cairn::events {
namespace {

/// Everyone is known by the hash of their first identifier; `blocked` is refused.
class ByHash final : public Identify {
 public:
  Result<CustomerId> identify(db::Transaction&, const std::vector<Identifier>& ids, const Context&) override {
    if (ids.front().value == "blocked") return fail_at("user_id", "this one is blocked");
    return CustomerId{static_cast<int64_t>(hash64(ids.front().value) >> 1)};
  }
};

struct Kept {
  int64_t seq;
  std::string kind, key, identifiers, properties;
  Time occurred_at, known_at;
  uint32_t flags;
  CustomerId customer;
  int shard;
};

class LogTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (!IsSkipped()) open_log();
  }
  void open_log() {
    log_.reset();
    auto opened = Log::open(world_, store(), directory());
    ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
    log_ = std::move(*opened);
    auto source = log_->ensure_source("shop");
    ASSERT_TRUE(source) << source.error().message;
    shop_ = *source;
  }
  void restart() {
    log_.reset();
    open_store();
    open_log();
  }
  static NewEvent event(std::string key, std::string user = "ada", std::string kind = "Page Viewed") {
    NewEvent e;
    e.kind = std::move(kind);
    e.occurred_at = Time{1'000'000};
    e.source_key = std::move(key);
    e.identifiers = {{"user_id", std::move(user)}};
    e.properties = R"({"path":"/"})";
    return e;
  }
  std::vector<Outcome> append(std::vector<NewEvent> events, AppendOptions options = {}) {
    if (!options.source.is_set()) options.source = shop_;
    auto out = std::make_shared<std::vector<Outcome>>();
    auto done = store().write_now(db::Lane::ingestion, [=, this](db::Transaction& tx) -> Result<void> {
      *out = TRY(log_->append(tx, identify_, events, options));
      return {};
    });
    EXPECT_TRUE(done) << done.error().message << " " << done.error().detail;
    return *out;
  }
  AppendOptions imported(RunId run = {}) const { return {shop_, run, true}; }
  std::vector<Kept> rows() {
    std::vector<Kept> out;
    auto swept = log_->sweep({0}, [&](const LogRow& r) {
      out.push_back({r.seq.value, log_->kind_name(r.kind), std::string(r.source_key), std::string(r.identifiers),
                     std::string(r.properties), r.occurred_at, r.known_at, r.flags, r.customer, r.shard});
      return true;
    });
    EXPECT_TRUE(swept) << swept.error().message;
    return out;
  }

  ByHash identify_;
  std::unique_ptr<Log> log_;
  SourceId shop_;
};
CAIRN_ON_STORES(LogTest);

TEST_P(LogTest, names_of_events_that_have_no_end_are_refused_at_some_point) {
  std::vector<NewEvent> many;
  for (size_t i = 0; i < kKindsMax + 2; ++i)
    many.push_back(event(fmt::format("k{}", i), "ada", fmt::format("Viewed {}", i)));
  many.push_back(event("declared", "ada", "Order Completed"));
  many.push_back(event("known", "ada", "Viewed 7"));
  auto out = append(many);
  auto refused = std::count_if(out.begin(), out.end(), [](const Outcome& o) { return o.fate == Fate::refused; });
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(out[kKindsMax].fate, Fate::refused);
  EXPECT_EQ(out[kKindsMax].error.field, "event");
  EXPECT_EQ(out[kKindsMax + 2].fate, Fate::kept);
  EXPECT_EQ(out[kKindsMax + 3].fate, Fate::kept);
}

TEST_P(LogTest, keeps_what_came_with_both_clocks_and_its_own_identifiers) {
  NewEvent e = event("m1");
  e.identifiers.push_back({"anonymous_id", "b1"});
  auto out = append({e});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].fate, Fate::kept);
  auto kept = rows();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].seq, 1);
  EXPECT_EQ(kept[0].kind, "Page Viewed");
  EXPECT_EQ(kept[0].occurred_at, Time{1'000'000});
  EXPECT_EQ(kept[0].known_at, clock_.now());
  EXPECT_EQ(kept[0].identifiers, "user_id=ada\nanonymous_id=b1");
  EXPECT_EQ(split_identifiers(kept[0].identifiers), e.identifiers);
  EXPECT_EQ(kept[0].properties, R"({"path":"/"})");
  EXPECT_EQ(kept[0].customer, out[0].customer);
  EXPECT_EQ(kept[0].shard, shard_of(out[0].customer));
  EXPECT_EQ(log_->last(), Seq{1});
}

TEST_P(LogTest, imported_past_is_known_when_it_happened) {
  append({event("m1")}, imported());
  auto kept = rows();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].known_at, kept[0].occurred_at);
  EXPECT_EQ(kept[0].flags, kHistorical);
}

TEST_P(LogTest, keeps_each_key_once_in_a_batch_between_batches_and_after_a_restart) {
  auto first = append({event("a"), event("b"), event("a")});
  EXPECT_EQ(first[2].fate, Fate::already_there);
  EXPECT_EQ(first[2].seq, first[0].seq);
  auto second = append({event("b"), event("c")});
  EXPECT_EQ(second[0].fate, Fate::already_there);
  EXPECT_EQ(second[0].seq, first[1].seq);
  EXPECT_EQ(second[1].fate, Fate::kept);
  restart();
  EXPECT_EQ(log_->last(), Seq{3});
  auto third = append({event("a"), event("d"), event("c")});
  EXPECT_EQ(third[0].fate, Fate::already_there);
  EXPECT_EQ(third[1].seq, Seq{4});
  EXPECT_EQ(third[2].fate, Fate::already_there);
  EXPECT_EQ(rows().size(), 4u);
}

TEST_P(LogTest, a_key_belongs_to_its_source_alone) {
  auto till = log_->ensure_source("till");
  ASSERT_TRUE(till);
  append({event("a")});
  EXPECT_EQ(append({event("a")}, {*till, {}, false})[0].fate, Fate::kept);
  EXPECT_EQ(log_->source_name(*till), "till");
  EXPECT_EQ(*log_->ensure_source("till"), *till);
}

TEST_P(LogTest, events_without_a_key_are_never_the_same) {
  append({event(""), event("")});
  EXPECT_EQ(rows().size(), 2u);
}

TEST_P(LogTest, refuses_one_bad_event_and_keeps_the_others) {
  NewEvent nameless = event("x");
  nameless.kind = "";
  NewEvent nobodys = event("y");
  nobodys.identifiers.clear();
  NewEvent control = event("z", "a\nb");
  auto out = append({event("a"), nameless, nobodys, control, event("w", "blocked"), event("b")});
  EXPECT_EQ(out[0].fate, Fate::kept);
  EXPECT_EQ(out[1].error.field, "event");
  EXPECT_EQ(out[2].error.field, "identifiers");
  EXPECT_EQ(out[3].error.field, "user_id");
  EXPECT_EQ(out[4].error.message, "this one is blocked");
  EXPECT_EQ(out[5].fate, Fate::kept);
  EXPECT_EQ(out[5].seq, Seq{2}) << "a refused event takes no place";
  EXPECT_EQ(append({event("w")})[0].fate, Fate::kept) << "and burns no key";
}

TEST_P(LogTest, a_rolled_back_append_leaves_no_trace) {
  append({event("a")});
  auto failed = store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
    TRY(log_->append(tx, identify_, std::vector{event("b", "eve", "Never Seen Before")}, {shop_, {}, false}));
    return fail(Code::conflict, "no");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(log_->last(), Seq{1});
  auto again = append({event("b", "eve", "Never Seen Before")});
  EXPECT_EQ(again[0].fate, Fate::kept);
  EXPECT_EQ(again[0].seq, Seq{2});
  EXPECT_EQ(rows().back().kind, "Never Seen Before");
}

TEST_P(LogTest, undoing_a_run_lets_the_same_keys_in_again) {
  RunId run{1};
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("events.set_setting", {{"name", "x"}, {"value", "y"}}));
    return {};
  });
  append({event("live")});
  append({event("a"), event("b")}, imported(run));
  append({event("live2")});
  append({event("c")}, imported(run));
  auto removed = log_->remove_run(run);
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(*removed, 3);
  EXPECT_EQ(rows().size(), 2u);
  restart();
  auto again = append({event("a"), event("b"), event("c"), event("live")}, {shop_, RunId{2}, false});
  EXPECT_EQ(again[0].fate, Fate::kept);
  EXPECT_EQ(again[0].seq, Seq{6}) << "no seq is given twice";
  EXPECT_EQ(again[2].fate, Fate::kept);
  EXPECT_EQ(again[3].fate, Fate::already_there);
}

TEST_P(LogTest, random_batches_agree_with_a_set_through_restarts) {
  Random random(11);
  std::set<std::string> model;
  for (int round = 0; round < 60; ++round) {
    std::vector<NewEvent> batch;
    size_t fresh = 0;
    for (uint64_t i = 0, n = random.below(40); i < n; ++i) {
      std::string key = fmt::format("k{}", random.below(600));
      fresh += model.insert(key).second;
      batch.push_back(event(key));
    }
    auto out = append(batch);
    EXPECT_EQ(static_cast<size_t>(
                  std::count_if(out.begin(), out.end(), [](const Outcome& o) { return o.fate == Fate::kept; })),
              fresh);
    if (round % 20 == 19) restart();
  }
  EXPECT_EQ(rows().size(), model.size());
}

TEST_P(LogTest, sweeps_from_a_place_and_stops_when_told) {
  std::vector<NewEvent> many;
  for (int i = 0; i < 50; ++i) many.push_back(event(fmt::format("{}", i)));
  append(many);
  int64_t seen = 0;
  auto last = log_->sweep({40}, [&](const LogRow& row) { return ++seen, row.seq.value < 45; });
  ASSERT_TRUE(last);
  EXPECT_EQ(*last, Seq{45});
  EXPECT_EQ(seen, 5);
}

TEST_P(LogTest, the_first_import_tells_currency_and_zone_and_a_later_one_does_not) {
  auto brl = *Currency::parse("BRL");
  auto usd = *Currency::parse("USD");
  write([&](db::Transaction& tx) { return adopt_brand(tx, brl, "America/Sao_Paulo"); });
  write([&](db::Transaction& tx) { return adopt_brand(tx, usd, "America/New_York"); });
  auto done = store().read([&](db::Session& session) -> Result<void> {
    Brand brand = TRY(read_brand(session));
    EXPECT_EQ(brand.currency, brl);
    EXPECT_EQ(brand.zone().name(), "America/Sao_Paulo");
    EXPECT_EQ(brand.first_weekday, 1);
    return {};
  });
  EXPECT_TRUE(done);
}

TEST_P(LogTest, a_brand_says_where_its_weeks_begin) {
  EXPECT_EQ(weekday_named(" Sunday").value(), 7);
  EXPECT_EQ(weekday_named("sat").value(), 6);
  EXPECT_EQ(weekday_named("someday").error().field, "first_weekday");
  write([&](db::Transaction& tx) -> Result<void> {
    Brand brand = TRY(read_brand(tx));
    brand.first_weekday = 7;
    TRY(write_brand(tx, brand));
    brand = TRY(read_brand(tx));
    EXPECT_EQ(brand.first_weekday, 7);
    EXPECT_FALSE(brand.currency.is_set());
    return {};
  });
}

}  // namespace
}  // namespace cairn::events

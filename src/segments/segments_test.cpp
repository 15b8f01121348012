// What is kept and recorded, on the real log and history, on both stores.
#include <gtest/gtest.h>

#include <algorithm>

#include "events/brand.h"
#include "people/identities.h"
#include "people/merges.h"
#include "segments/service.h"
#include "support/on_stores.h"

namespace cairn::segments {
namespace {

const accounts::Actor kSomebody = accounts::Actor::operator_of_machine();

TEST(Roster, GivesNumbersAndSets) {
  Roster roster;
  Members members;
  for (int64_t id = -500; id < 500; ++id) EXPECT_EQ(roster.ensure({id * 7919}), static_cast<uint32_t>(id + 500));
  for (int64_t id = -500; id < 500; ++id) EXPECT_EQ(roster.find({id * 7919}), static_cast<uint32_t>(id + 500));
  EXPECT_EQ(roster.find({1}), kNobody);
  for (uint32_t i : {3u, 900u, 64u, 3u}) members.set(i, true);
  members.set(64, false);
  members.set(5000, false);
  std::vector<uint32_t> found;
  members.each([&](uint32_t i) { found.push_back(i); });
  EXPECT_EQ(found, (std::vector<uint32_t>{3, 900}));
  EXPECT_EQ(members.count(), 2u);
}

/// Against a map, with moments that move there and back.
TEST(Wakes, ComeInOrder) {
  Random random(3);
  Wakes wakes;
  std::map<uint32_t, int64_t> model;
  int64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto who = static_cast<uint32_t>(random.below(50));
    int64_t at = random.chance(0.1) ? Wakes::kNever : now + 1 + static_cast<int64_t>(random.below(20'000'000'000));
    wakes.set(who, at);
    model[who] = at;
    if (!random.chance(0.2)) continue;
    now += static_cast<int64_t>(random.below(9'000'000'000));
    std::vector<std::pair<int64_t, uint32_t>> wanted, found;
    for (auto& [number, due] : model)
      if (due <= now) wanted.emplace_back(due, number), due = Wakes::kNever;
    std::sort(wanted.begin(), wanted.end());
    while (auto due = wakes.pop(now)) found.push_back(*due);
    ASSERT_EQ(found, wanted);
    int64_t next = Wakes::kNever;
    for (auto& [number, due] : model) next = std::min(next, due);
    ASSERT_LE(wakes.next(), next);
  }
}

TEST(Baselines, PackIds) {
  std::vector<CustomerId> ids = {{INT64_MIN}, {-5}, {0}, {1}, {129}, {INT64_MAX}};
  EXPECT_EQ(unpack_ids(pack_ids(ids)), ids);
  EXPECT_TRUE(unpack_ids(pack_ids({})).empty());
}

class SegmentsTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    write([&](db::Transaction& tx) {
      return events::write_brand(tx, {"Shop", Currency::parse("EUR").value(), "Europe/Paris"});
    });
    open();
  }
  void TearDown() override { close(); }
  void open() {
    log_ = events::Log::open(world_, store(), directory()).value();
    shop_ = log_->ensure_source("shop").value();
    history_ = history::History::open(world_, store(), *log_, directory()).value();
    questions_ = std::make_unique<questions::Service>(world_, *history_);
    service_ = Service::open(world_, store(), *log_, *history_, *questions_).value();
    history_->start();
    ASSERT_TRUE(service_->start());
  }
  void close() {
    service_.reset();
    questions_.reset();
    history_.reset();
    log_.reset();
  }
  void order(const std::string& who, Time at, bool is_historical = false) {
    events::NewEvent event;
    event.kind = "Order Completed";
    event.occurred_at = at;
    event.identifiers = {{"user_id", who}};
    event.properties = fmt::format(R"({{"order_id":"{}","total":20}})", ++orders_);
    people::Identities identities(world_);
    write([&](db::Transaction& tx) -> Result<void> {
      auto done = TRY(log_->append(tx, identities, {&event, 1}, {.source = shop_, .historical = is_historical}));
      customers_[who] = done[0].customer;
      return {};
    });
  }
  void settle() {
    auto done = service_->catch_up();
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(history_->catch_up());
  }
  int64_t add(const std::string& name, const std::string& query) {
    auto made = service_->add(kSomebody, {name, query});
    EXPECT_TRUE(made) << made.error().message;
    settle();
    return made->definition.id;
  }
  /// `ann in 2023-11-14T22:13:20Z` for every passage, the oldest first.
  std::vector<std::string> passages(int64_t id) {
    std::vector<std::string> out;
    auto found = service_->passages(id, {}, Seq{INT64_MAX}, 100);
    EXPECT_TRUE(found);
    for (const auto& p : *found)
      for (const auto& [name, customer] : customers_)
        if (customer == p.customer)
          out.push_back(fmt::format("{} {} {}", name, p.is_in ? "in" : "out", to_rfc3339(p.at)));
    std::reverse(out.begin(), out.end());
    return out;
  }
  std::vector<std::string> members(int64_t id) {
    std::vector<std::string> out;
    auto found = service_->members(id, {INT64_MIN}, 1000);
    EXPECT_TRUE(found) << found.error().message;
    for (const auto& [name, customer] : customers_)
      if (std::find(found->begin(), found->end(), customer) != found->end()) out.push_back(name);
    return out;
  }
  using Names = std::vector<std::string>;

  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  std::unique_ptr<questions::Service> questions_;
  std::unique_ptr<Service> service_;
  SourceId shop_;
  int orders_ = 0;
  std::map<std::string, CustomerId> customers_;
};
CAIRN_ON_STORES(SegmentsTest);

TEST_P(SegmentsTest, EnteringAndLeavingAreEvents) {
  Time t = clock_.now();
  order("ann", t);
  settle();
  int64_t id = add("fresh", "exists(order_completed last 9 days)");
  EXPECT_EQ(members(id), Names{"ann"});
  EXPECT_EQ(passages(id), Names{}) << "the first computation is silent";
  clock_.advance(hours(1));
  order("bob", clock_.now());
  settle();
  EXPECT_EQ(passages(id), Names{"bob in " + to_rfc3339(t + hours(1))});
  // Nobody looks, and time passes.
  clock_.advance(days(9) + seconds(7) - hours(1));
  settle();
  EXPECT_EQ(members(id), Names{"bob"});
  EXPECT_EQ(passages(id), (Names{"bob in " + to_rfc3339(t + hours(1)), "ann out " + to_rfc3339(t + days(9))}));
}

TEST_P(SegmentsTest, WhatFellDueInAStopIsToldOnceWithItsMoment) {
  Time t = clock_.now();
  int64_t id = add("fresh", "exists(order_completed last 9 days)");
  order("ann", t);
  settle();
  close();
  clock_.advance(days(30));
  open();
  settle();
  Names wanted = {"ann in " + to_rfc3339(t), "ann out " + to_rfc3339(t + days(9))};
  EXPECT_EQ(passages(id), wanted);
  close();
  open();
  settle();
  EXPECT_EQ(passages(id), wanted);
  Seq last = log_->last();
  int told = 0;
  ASSERT_TRUE(log_->sweep(Seq{}, [&](const events::LogRow& row) {
    if (log_->kind_name(row.kind) == kLeft) {
      ++told;
      EXPECT_EQ(row.occurred_at, t + days(9));
      EXPECT_EQ(row.known_at, t + days(30));
      EXPECT_EQ(log_->source_name(row.source), "segments");
    }
    return row.seq < last;
  }));
  EXPECT_EQ(told, 1);
}

TEST_P(SegmentsTest, AnImportedPastIsSilent) {
  int64_t id = add("buyers", "count(order_completed) >= 1");
  order("ann", clock_.now() - days(400), true);
  settle();
  EXPECT_EQ(members(id), Names{"ann"});
  EXPECT_EQ(passages(id), Names{});
  close();
  open();
  settle();
  EXPECT_EQ(members(id), Names{"ann"});
  EXPECT_EQ(passages(id), Names{});
  auto days = service_->counts(id, 10);
  ASSERT_TRUE(days);
  ASSERT_EQ(days->size(), 1u);
  EXPECT_EQ(days->back().silent, 1);
  EXPECT_EQ(days->back().count, 1);
}

TEST_P(SegmentsTest, EventsBetweenTheCursorAndAStopAreTakenUp) {
  int64_t id = add("buyers", "count(order_completed) >= 1");
  order("ann", clock_.now());
  settle();
  // As if it had been killed: the log has a row that nobody looked at.
  service_.reset();
  order("bob", clock_.now());
  questions_.reset();
  history_.reset();
  log_.reset();
  open();
  settle();
  EXPECT_EQ(members(id), (Names{"ann", "bob"}));
  EXPECT_EQ(passages(id).size(), 2u);
}

TEST_P(SegmentsTest, CountsAreOfEachDay) {
  int64_t id = add("fresh", "exists(order_completed last 2 days)");
  order("ann", clock_.now());
  order("bob", clock_.now());
  settle();
  clock_.advance(days(4));
  settle();
  auto found = service_->counts(id, 100);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 5u);
  std::vector<int64_t> counts;
  for (const auto& day : *found) counts.push_back(day.count);
  EXPECT_EQ(counts, (std::vector<int64_t>{2, 2, 0, 0, 0}));
  EXPECT_EQ((*found)[0].entered, 2);
  EXPECT_EQ((*found)[2].left, 2);
}

/// Orders, time and stops by chance, some in the middle of the work; what is recorded is worked out by hand.
TEST_P(SegmentsTest, StopsChangeNothing) {
  Random random(GetParam() == db::Driver::sqlite ? 5 : 6);
  int64_t id = add("fresh", "exists(order_completed last 2 days)");
  std::map<std::string, Time> until;
  Names wanted;
  auto pass = [&] {
    for (auto it = until.begin(); it != until.end();) {
      bool is_over = it->second <= clock_.now();
      if (is_over) wanted.push_back(it->first + " out " + to_rfc3339(it->second));
      it = is_over ? until.erase(it) : std::next(it);
    }
  };
  for (int i = 0; i < 40; ++i) {
    clock_.advance(minutes(random.between(1, 2000)));
    if (random.chance(0.7)) settle();
    pass();
    for (int64_t n = random.between(0, 3); n > 0; --n) {
      std::string who = fmt::format("c{}", random.between(1, 6));
      order(who, clock_.now());
      if (!until.contains(who)) wanted.push_back(who + " in " + to_rfc3339(clock_.now()));
      until[who] = clock_.now() + days(2);
    }
    // Either this clock stands still until the events were looked at, or nobody comes to look at them.
    if (random.chance(0.5)) {
      settle();
      continue;
    }
    close();
    open();
  }
  settle();
  Names found = passages(id);
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(found, wanted);
  for (auto& [name, customer] : customers_)
    EXPECT_EQ(service_->reason(id, customer, true)->is_in, until.contains(name)) << name;
}

TEST_P(SegmentsTest, PeopleWhoAreMergedAreOneMemberAndTwoAgain) {
  for (const char* who : {"ann", "ann2", "bob"}) order(who, clock_.now());
  settle();
  int64_t buyers = add("buyers", "count(orders) >= 1"), loyal = add("loyal", "count(orders) >= 2");
  EXPECT_EQ(members(buyers), (Names{"ann", "ann2", "bob"}));
  EXPECT_EQ(members(loyal), Names{});
  people::Identities identities(world_);
  ASSERT_TRUE(store().read([&](db::Session& session) { return identities.load(session); }));
  people::Merging merging(world_, store(), *log_, identities);
  clock_.advance(hours(1));
  auto merge = merging.merge(customers_["ann2"], customers_["ann"], {"test", "one"});
  ASSERT_TRUE(merge) << merge.error().message;
  settle();
  EXPECT_EQ(members(buyers), (Names{"ann", "bob"}));
  EXPECT_EQ(members(loyal), Names{"ann"});
  EXPECT_EQ(passages(buyers), Names{}) << "nobody has left: two were one";
  EXPECT_EQ(passages(loyal), Names{"ann in " + to_rfc3339(clock_.now())});

  // A stop in between, in which it is taken back.
  close();
  log_ = events::Log::open(world_, store(), directory()).value();
  clock_.advance(hours(1));
  people::Merging later(world_, store(), *log_, identities);
  ASSERT_TRUE(later.unmerge(merge->tie.merge, {"test", "two"}));
  close();
  open();
  settle();
  EXPECT_EQ(members(buyers), (Names{"ann", "ann2", "bob"}));
  EXPECT_EQ(members(loyal), Names{});
  EXPECT_EQ(passages(buyers), Names{});
  ASSERT_EQ(passages(loyal).size(), 2u);
  EXPECT_TRUE(passages(loyal)[1].starts_with("ann out "));
  // And nothing twice.
  close();
  open();
  settle();
  EXPECT_EQ(passages(loyal).size(), 2u);
  order("ann2", clock_.now());
  settle();
  EXPECT_EQ(members(loyal), Names{"ann2"});
}

TEST_P(SegmentsTest, RefusesWhatCannotBe) {
  auto field = [&](const std::string& name, const std::string& query) {
    auto made = service_->add(kSomebody, {name, query});
    return made ? std::string("made") : made.error().field;
  };
  EXPECT_EQ(field("", "true"), "name");
  EXPECT_EQ(field("a", "count(order_complete) > 1"), "query");
  EXPECT_EQ(field("a", "count(orders)"), "query") << "no condition";
  EXPECT_EQ(field("a", "exists(segment_entered)"), "query");
  EXPECT_EQ(field("a", "now() - customer.last_seen_at > 9 days"), "query");
  int64_t a = add("a", "count(orders)>=1");
  int64_t b = add("b", "segment(\"a\") and count(tickets) = 0");
  EXPECT_EQ(service_->find(a)->definition.query, "count(orders) >= 1");
  EXPECT_EQ(service_->add(kSomebody, {"a", "true"}).error().code, Code::conflict);
  Service::Change change;
  change.query = "segment(\"b\")";
  EXPECT_EQ(service_->change(kSomebody, a, change).error().field, "query") << "a circle";
  Service::Change away;
  away.is_archived = true;
  EXPECT_EQ(service_->change(kSomebody, a, away).error().code, Code::conflict);
  EXPECT_TRUE(service_->change(kSomebody, b, away));
  EXPECT_TRUE(service_->change(kSomebody, a, away));
}

TEST_P(SegmentsTest, AnotherQueryChangesThoseThatNameIt) {
  order("ann", clock_.now());
  order("bob", clock_.now());
  order("bob", clock_.now());
  settle();
  int64_t a = add("a", "count(order_completed) >= 1");
  int64_t b = add("b", "not segment(\"a\")");
  EXPECT_EQ(members(b), Names{});
  Service::Change change;
  change.query = "count(order_completed) >= 2";
  ASSERT_TRUE(service_->change(kSomebody, a, change));
  settle();
  EXPECT_EQ(members(a), Names{"bob"});
  EXPECT_EQ(members(b), Names{"ann"});
  EXPECT_EQ(passages(a).size() + passages(b).size(), 0u);
  auto reason = service_->reason(b, customers_["ann"], true);
  ASSERT_TRUE(reason);
  EXPECT_TRUE(reason->is_in);
  EXPECT_FALSE(reason->answer.why.empty());
  auto preview = service_->preview("segment(\"a\") or segment(\"b\")", 1);
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->count, 2u);
  EXPECT_EQ(preview->sample.size(), 1u);
  // A count alone would tell, letter by letter.
  auto hidden = service_->check_personal("count(order_completed) >= 1 and customer.email contains \"a\"", false);
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().code, Code::forbidden);
  EXPECT_TRUE(service_->check_personal("customer.email contains \"a\"", true));
  EXPECT_TRUE(service_->check_personal("count(order_completed) >= 1", false));
}

/// One who bought once, long ago or lately; and a few who bought often.
TEST_P(SegmentsTest, WhoFollowsAPresetHasTheThresholdsOfTheMonth) {
  for (int i = 0; i < 20; ++i)
    for (int k = 0; k <= i / 5; ++k) order(fmt::format("c{}", i), clock_.now() - days(10 + i + k));
  settle();
  auto made = service_->add(kSomebody, {.preset = "champions", .language = i18n::Language::fr});
  ASSERT_TRUE(made) << made.error().message;
  auto own = service_->add(kSomebody, {.name = "mine", .description = "Best of all", .preset = "at_risk"});
  ASSERT_TRUE(own) << own.error().message;
  auto frozen = service_->add(kSomebody, {.name = "then", .preset = "rfm_55"});
  ASSERT_TRUE(frozen) << frozen.error().message;
  auto country = service_->add(kSomebody, {.name = "loyal", .preset = "stage_loyalty"});
  ASSERT_TRUE(country) << country.error().message;
  EXPECT_FALSE(country->definition.thresholds_at) << "it means the same always";
  Service::Change freeze;
  freeze.preset = "";
  ASSERT_TRUE(service_->change(kSomebody, frozen->definition.id, freeze));
  settle();
  auto before = made->definition;
  EXPECT_EQ(before.name, "Champions");
  EXPECT_EQ(before.preset, "champions");
  EXPECT_EQ(service_->refresh_presets().value(), 0) << "they are of this month";
  // A month passes, in which all of them but the best buy.
  clock_.advance(days(32));
  for (int i = 0; i < 15; ++i) order(fmt::format("c{}", i), clock_.now() - days(1));
  settle();
  size_t told = service_->passages(before.id, {}, Seq{INT64_MAX}, 100).value().size();
  EXPECT_EQ(service_->refresh_presets().value(), 2);
  settle();
  auto now = service_->find(before.id).value().definition;
  EXPECT_NE(now.query, before.query);
  EXPECT_EQ(now.thresholds_at, clock_.now());
  EXPECT_NE(now.description, before.description) << "it says of which day they are";
  EXPECT_EQ(service_->find("mine").value().definition.description, "Best of all");
  auto then = service_->find("then").value().definition;
  EXPECT_EQ(then.query, frozen->definition.query);
  EXPECT_EQ(then.description, frozen->definition.description);
  Service::Change again;
  again.preset = "rfm_55";
  auto thawed = service_->change(kSomebody, then.id, again);
  ASSERT_TRUE(thawed) << thawed.error().message;
  EXPECT_NE(thawed->definition.description, then.description) << "the day is another";
  settle();
  EXPECT_EQ(service_->refresh_presets().value(), 0);
  // Nothing happened to those who are in it now: it was silent.
  EXPECT_EQ(service_->passages(before.id, {}, Seq{INT64_MAX}, 100).value().size(), told);
  EXPECT_EQ(service_->find(before.id).value().count, service_->preview(now.query, 0).value().count);
  // A text of its own follows nothing.
  Service::Change change;
  change.query = "count(orders) >= 3";
  auto changed = service_->change(kSomebody, before.id, change);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->definition.preset, "");
  close();
  open();
  settle();
  EXPECT_EQ(service_->find("mine").value().definition.preset, "at_risk") << "it is kept";
  auto both = service_->add(kSomebody, {.name = "x", .query = "count(orders) >= 3", .preset = "champions"});
  EXPECT_EQ(both.error().field, "query");
  EXPECT_EQ(service_->add(kSomebody, {.name = "x", .preset = "best"}).error().code, Code::not_found);
}

TEST_P(SegmentsTest, PresetsAreRightConditions) {
  // Four of five ordered once: fifths of frequency would be one and the same.
  for (int i = 0; i < 25; ++i)
    for (int k = 0; k <= (i % 5 == 0 ? i / 5 : 0); ++k) order(fmt::format("c{}", i), clock_.now() - days(i % 20));
  settle();
  for (i18n::Language language : {i18n::Language::en, i18n::Language::fr}) {
    auto found = service_->presets(language);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_GT(found->size(), 30u);
    uint64_t cells = 0;
    for (const Preset& preset : *found) {
      EXPECT_NE(preset.name.substr(0, 9), "segments.") << preset.name;
      auto preview = service_->preview(preset.query, 0);
      ASSERT_TRUE(preview) << preset.query << ": " << preview.error().message;
      if (!preset.id.starts_with("rfm_")) continue;
      cells += preview->count;
      int orders = preset.id.back() - '0';
      EXPECT_NE(preset.query.find(fmt::format("\"cancelled\") {} {}", orders == 5 ? ">" : "<=", std::min(orders, 4))),
                preset.query.npos)
          << preset.query;
    }
    EXPECT_EQ(cells, 25u) << "every buyer is in one cell";
  }
  // Its text tells who somebody is, whether it is written or named.
  auto running = std::make_shared<questions::Running>();
  EXPECT_EQ(service_->check_personal_preset("birthday_soon", false, running).error().code, Code::forbidden);
  EXPECT_TRUE(service_->check_personal_preset("birthday_soon", true, running));
  EXPECT_TRUE(service_->check_personal_preset("stage_loyalty", false, running));
}

}  // namespace
}  // namespace cairn::segments

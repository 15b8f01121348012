#include "history/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <optional>

#include "base/hash.h"
#include "base/log.h"
#include "base/random.h"
#include "events/aliases.h"
#include "events/brand.h"
#include "history/followers.h"
#include "support/on_stores.h"
#include "timeline/by_hand.h"

namespace cairn::history {
namespace {

using testing::HasSubstr;

/// Everyone is known by the hash of their first identifier.
class ByHash final : public events::Identify {
 public:
  Result<CustomerId> identify(db::Transaction&, const std::vector<events::Identifier>& ids, const Context&) override {
    return CustomerId{static_cast<int64_t>(hash64(ids.front().value) >> 1)};
  }
};

/// All that a version says; a snapshot's bytes are verified before they are read.
std::map<int64_t, std::vector<std::string>> told_by(const timeline::Version& version) {
  for (int s = 0; s < kShards; ++s)
    for (const auto& part : version.shard(s).parts()) {
      auto touched = part->touch({0, part->size()});
      EXPECT_TRUE(touched) << touched.error().message;
      if (!touched) return {};
    }
  return timeline::everything(version);
}

using Told = std::map<int64_t, std::vector<std::string>>;

/// Says the first difference, not all of both.
testing::AssertionResult same(const Told& a, const Told& b) {
  if (a == b && !a.empty()) return testing::AssertionSuccess();
  for (const auto& [customer, lines] : a) {
    auto other = b.find(customer);
    if (other == b.end()) return testing::AssertionFailure() << customer << " is not in the second";
    for (size_t i = 0; i < std::max(lines.size(), other->second.size()); ++i) {
      std::string line = i < lines.size() ? lines[i] : "nothing";
      std::string in_other = i < other->second.size() ? other->second[i] : "nothing";
      if (line != in_other) return testing::AssertionFailure() << customer << ":\n  " << line << "\n  " << in_other;
    }
  }
  return testing::AssertionFailure() << a.size() << " customers and " << b.size();
}

class HistoryTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped()) return;
    set_log_level(LogLevel::error);
    set_currency("EUR");
    open_log();
  }
  void TearDown() override {
    history_.reset();
    log_.reset();
    set_log_level(LogLevel::info);
  }
  void open_log() {
    log_ = std::move(events::Log::open(world_, store(), directory()).value());
    shop_ = log_->ensure_source("shop").value();
    till_ = log_->ensure_source("till", 200).value();
  }
  void set_currency(std::string_view code) {
    write([&](db::Transaction& tx) {
      return events::write_brand(tx, {"Shop", Currency::parse(code).value(), "Europe/Paris"});
    });
  }
  /// Small enough that a few hundred rows make every step, fold and snapshot happen.
  static Options small() { return {.rows_a_step = 64, .rows_a_snapshot = 300, .writes_snapshots = true}; }
  static Options no_snapshots() { return {.rows_a_step = 64, .rows_a_snapshot = 300, .writes_snapshots = false}; }
  /// Reads what is there, writes nothing at its end.
  static Options mapped_only() { return {.rows_a_step = 64, .rows_a_snapshot = 1'000'000, .writes_snapshots = true}; }
  History& open(Options options = small()) {
    history_.reset();
    history_ = std::move(History::open(world_, store(), *log_, directory(), options).value());
    return *history_;
  }
  History& reopened() {
    History& out = open();
    caught_up(out);
    return out;
  }
  static void caught_up(History& history) {
    auto done = history.catch_up();
    ASSERT_TRUE(done) << done.error().message << " " << done.error().detail;
  }

  void append(int count, events::AppendOptions options = {}) {
    std::vector<events::NewEvent> events;
    for (int i = 0; i < count; ++i) {
      timeline::OwnRow row = rows_.next();
      events::NewEvent e;
      e.kind = row.kind;
      e.occurred_at = row.at;
      e.known_at = row.known_at;
      e.identifiers = {{"user_id", std::to_string(row.customer)}};
      e.properties = row.properties;
      e.flags = rows_.random().chance(0.05) ? uint32_t{events::kBot} : 0;
      events.push_back(std::move(e));
    }
    if (!options.source.is_set()) options.source = rows_.random().chance(0.5) ? shop_ : till_;
    write([&](db::Transaction& tx) -> Result<void> {
      auto outcomes = TRY(log_->append(tx, identify_, events, options));
      for (const events::Outcome& outcome : outcomes) EXPECT_EQ(outcome.fate, events::Fate::kept);
      return {};
    });
  }
  void import(int64_t run, int count) {
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(tx.run("import.add_run", {{"id", run},
                                    {"preset", "events"},
                                    {"files", "x"},
                                    {"fingerprint", std::to_string(run)},
                                    {"state", "done"},
                                    {"started_at", clock_.now()}}));
      return {};
    });
    append(count, {till_, RunId{run}, true});
  }
  static CustomerId customer(int number) {
    return CustomerId{static_cast<int64_t>(hash64(std::to_string(number)) >> 1)};
  }
  Seq tell(std::string_view kind, int number) {
    auto out = std::make_shared<Seq>();
    write([&, out](db::Transaction& tx) -> Result<void> {
      events::NewEvent e;
      e.kind = kind;
      e.occurred_at = clock_.now();
      e.identifiers = {{"user_id", std::to_string(number)}};
      *out = TRY(log_->append(tx, identify_, {&e, 1}, {.source = shop_})).at(0).seq;
      return {};
    });
    return *out;
  }
  /// Two customers are one from here on; its number.
  Seq merge(int a, int b) { return merge(a, b, customer(b)); }
  Seq merge(int a, int b, CustomerId into) {
    Seq seq = tell("Customers Merged", a);
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(tx.run("people.add_merge", {{"shard", shard_of(customer(a))},
                                      {"seq", seq},
                                      {"a", customer(a)},
                                      {"b", customer(b)},
                                      {"into", into},
                                      {"at", clock_.now()},
                                      {"rule", "by_hand"},
                                      {"evidence", "{}"},
                                      {"source", shop_},
                                      {"cause", std::nullopt},
                                      {"actor", std::nullopt},
                                      {"run", std::nullopt}}));
      return {};
    });
    return seq;
  }
  void unmerge(Seq merge, int a) {
    Seq seq = tell("Customers Unmerged", a);
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(tx.run("people.end_merge",
                 {{"merge", merge}, {"seq", seq}, {"at", clock_.now()}, {"by", "test"}, {"why", ""}}));
      return {};
    });
  }
  /// What a history says that is made from nothing.
  Told from_nothing() {
    auto history = std::move(History::open(world_, store(), *log_, directory(), no_snapshots()).value());
    caught_up(*history);
    EXPECT_EQ(history->version()->events(), rows_that_count());
    return told_by(*history->version());
  }
  uint64_t rows_that_count() {
    uint64_t out = 0;
    EXPECT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
      if (!(row.flags & events::kSetApart)) ++out;
      return true;
    }));
    return out;
  }
  std::string path(std::string_view file) const { return join_path(join_path(directory(), "timeline"), file); }
  std::vector<std::string> snapshot_files() {
    auto listed = world_.files.list(join_path(directory(), "timeline"));
    return listed ? *listed : std::vector<std::string>();
  }
  void add_undeclared(const char* kind, const char* property) {
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(tx.run("events.add_undeclared", {{"kind", kind},
                                           {"property", property},
                                           {"type", "text"},
                                           {"example", "red"},
                                           {"source", shop_},
                                           {"first_at", clock_.now()},
                                           {"run", std::nullopt}}));
      return {};
    });
    clock_.advance(seconds(60));
  }

  ByHash identify_;
  timeline::RandomRows rows_{7, 40};
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<History> history_;
  SourceId shop_, till_;
};
CAIRN_ON_STORES(HistoryTest);

TEST_P(HistoryTest, costs_nothing_while_it_is_closed) {
  append(500);
  History& history = open();
  EXPECT_EQ(history.standing().state, Standing::State::closed);
  EXPECT_EQ(history.version(), nullptr);
  EXPECT_EQ(history.standing().log_last, Seq{500});
  history_.reset();
  EXPECT_TRUE(snapshot_files().empty());
}

TEST_P(HistoryTest, an_empty_log_has_a_version) {
  History& history = reopened();
  ASSERT_NE(history.version(), nullptr);
  EXPECT_EQ(history.version()->events(), 0u);
  append(10);
  caught_up(history);
  EXPECT_EQ(history.version()->last(), Seq{10});
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
}

TEST_P(HistoryTest, followed_from_a_snapshot_and_rebuilt_are_the_same) {
  append(200);
  History& history = open();
  history.start();
  for (int i = 0; i < 40; ++i) append(1 + i);
  caught_up(history);
  EXPECT_EQ(history.version()->last(), log_->last());
  EXPECT_EQ(history.standing().state, Standing::State::following);
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));

  // The snapshot that was written at the end, and a tail.
  open(small());
  history_.reset();
  append(75);
  History& again = reopened();
  EXPECT_EQ(again.standing().finding, "");
  EXPECT_TRUE(same(told_by(*again.version()), from_nothing()));
}

TEST_P(HistoryTest, a_snapshot_gives_the_first_version_at_once) {
  append(600);
  reopened();
  history_.reset();
  ASSERT_FALSE(snapshot_files().empty());
  append(100);
  History& history = open();
  auto first = std::make_shared<std::vector<Seq>>();
  auto told = world_.executor.make_signal();
  int number = history.follow([&](const Step& step) {
    first->push_back(step.version->last());
    if (step.version->last() == Seq{700}) told->set();
  });
  caught_up(history);
  told->wait();
  history.unfollow(number);
  EXPECT_EQ(first->front(), Seq{600}) << "as the snapshot has it, before the tail was read";
  EXPECT_EQ(first->back(), Seq{700});
}

TEST_P(HistoryTest, what_is_damaged_is_built_anew_and_said) {
  if (GetParam() == db::Driver::postgres) GTEST_SKIP() << "the store has no part in it";
  append(600);
  reopened();
  history_.reset();
  append(30);
  auto expected = from_nothing();
  // By the end of the name: every kind of file that there is.
  for (std::string_view kind : {"-00-core.tl", "-17-columns.tl", "-63-derived.tl", "manifest", "origin"}) {
    std::string file;
    for (const std::string& name : snapshot_files())
      if (name.ends_with(kind)) file = path(name);
    ASSERT_FALSE(file.empty()) << kind;
    std::string whole = world_.files.read(file).value();
    // The list of a file's blocks stands at its end.
    std::string wrong_end = whole;
    for (size_t i = 1; i <= 16; ++i) wrong_end.end()[-static_cast<int>(i)] ^= 0x15;
    struct Damage {
      std::string_view what;
      std::optional<std::string> bytes;
    };
    const Damage damages[] = {
        {"wrong end", wrong_end}, {"half of it", whole.substr(0, whole.size() / 2)}, {"gone", std::nullopt}};
    for (const auto& [what, bytes] : damages) {
      if (bytes) ASSERT_TRUE(world_.files.write(file, *bytes));
      else ASSERT_TRUE(world_.files.remove(file));
      auto history = std::move(History::open(world_, store(), *log_, directory(), mapped_only()).value());
      caught_up(*history);
      EXPECT_TRUE(same(told_by(*history->version()), expected)) << kind << " " << what;
      EXPECT_NE(history->standing().finding, "") << kind << " " << what;
    }
    ASSERT_TRUE(world_.files.write(file, whole));
  }
  EXPECT_EQ(reopened().standing().finding, "") << "whole again";
}

TEST_P(HistoryTest, damage_that_a_reader_meets_is_mended) {
  append(600);
  reopened();
  history_.reset();
  append(30);
  auto expected = from_nothing();
  for (const std::string& name : snapshot_files()) {
    if (!name.ends_with("-core.tl")) continue;
    std::string bytes = world_.files.read(path(name)).value();
    for (size_t at = bytes.size() / 2; at < bytes.size() / 2 + 64 && at < bytes.size(); ++at)
      bytes[at] = static_cast<char>(bytes[at] ^ 0x15);
    ASSERT_TRUE(world_.files.write(path(name), bytes));
  }
  History& history = open();
  caught_up(history);
  Error damage;
  auto version = history.version();
  for (int s = 0; s < kShards && damage.message.empty(); ++s)
    for (const timeline::Run& run : version->shard(s).runs())
      if (auto touched = run.part->touch({0, run.part->size()}); !touched) damage = touched.error();
  // The tail's customers were read, so it may have been found already.
  if (damage.message.empty()) EXPECT_NE(history.standing().finding, "");
  else history.mend(damage);
  caught_up(history);
  EXPECT_TRUE(same(told_by(*history.version()), expected));
  EXPECT_NE(history.standing().finding, "");
  EXPECT_TRUE(reopened().standing().finding.empty()) << "another snapshot was written since";
}

TEST_P(HistoryTest, a_snapshot_of_another_log_is_not_used) {
  append(600);
  reopened();
  history_.reset();
  write([](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("events.remove_between", {{"low", 1}, {"high", 600}}));
    return {};
  });
  log_.reset();
  ASSERT_TRUE(world_.files.remove_all(join_path(directory(), "fingerprints")));
  open_log();
  append(700);
  History& history = reopened();
  EXPECT_THAT(history.standing().finding, HasSubstr("another log"));
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
}

TEST_P(HistoryTest, another_currency_means_another_timeline) {
  append(400);
  History& history = reopened();
  auto before = told_by(*history.version());
  set_currency("JPY");
  append(1);
  caught_up(history);
  EXPECT_NE(told_by(*history.version()), before);
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
  set_currency("EUR");
  ASSERT_TRUE(history.remake({})) << "without a new row";
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
}

/// What followers were told, and whether it hangs together.
struct Follower {
  std::mutex mutex;
  std::vector<Step> steps;
  void operator()(const Step& step) {
    std::lock_guard lock(mutex);
    steps.push_back(step);
  }
  bool has(Seq last) {
    std::lock_guard lock(mutex);
    return !steps.empty() && steps.back().version->last() == last;
  }
};

TEST_P(HistoryTest, followers_see_every_step_once) {
  append(100);
  History& history = open();
  Follower told;
  int number = history.follow([&](const Step& step) { told(step); });
  history.start();
  for (int i = 0; i < 30; ++i) {
    if (i % 7 == 3) import(i, 20);
    else append(1 + 5 * i);
  }
  caught_up(history);
  while (!told.has(log_->last())) world_.executor.make_signal()->wait_for(milliseconds(1));
  history.unfollow(number);
  append(10);
  caught_up(history);
  EXPECT_LT(told.steps.back().version->last(), log_->last()) << "not told after unfollow";

  Seq at = told.steps.front().version->last();
  EXPECT_EQ(told.steps.front().after, at);
  EXPECT_TRUE(told.steps.front().touched.empty());
  for (size_t i = 1; i < told.steps.size(); ++i) {
    const Step& step = told.steps[i];
    EXPECT_EQ(step.after, at);
    at = step.version->last();
    std::map<std::pair<CustomerId, timeline::KindIndex>, bool> expected;
    EXPECT_TRUE(log_->sweep(step.after, [&](const events::LogRow& row) {
      if (row.seq > at) return false;
      if (row.flags & events::kSetApart) return true;
      auto kind = *step.version->schema().find_kind(log_->kind_name(row.kind));
      bool& is_past = expected.try_emplace({row.customer, kind}, true).first->second;
      is_past = is_past && (row.flags & events::kHistorical);
      return true;
    }));
    std::vector<Touched> listed;
    for (const auto& [pair, is_past] : expected) listed.push_back({pair.first, pair.second, is_past});
    EXPECT_EQ(step.touched, listed) << "step " << i;
  }
}

/// Until the timeline has what the log has, without asking for it; the time goes on.
void wait_until_present(const History& history, const events::Log& log, FakeClock& clock) {
  auto pause = system_executor().make_signal();
  for (int i = 0; i < 2000 && history.standing().last < log.last(); ++i) {
    (void)pause->wait_for(milliseconds(5));
    clock.advance(milliseconds(5));
  }
  ASSERT_EQ(history.standing().last, log.last());
}

TEST_P(HistoryTest, in_a_flood_that_nobody_asks_about_rows_wait_for_who_does) {
  append(100);
  History& history = open({.rows_a_step = 100'000, .rows_a_snapshot = 1'000'000, .writes_snapshots = false});
  history.start();
  wait_until_present(history, *log_, clock_);
  EXPECT_EQ(history.version()->last(), log_->last()) << "somebody asks";
  // 20,000 rows a second and more, half a minute later.
  auto flood = [&](Duration for_so_long, int rows) {
    clock_.advance(for_so_long);
    append(rows);
  };
  flood(seconds(60), 1);
  wait_until_present(history, *log_, clock_);
  flood(milliseconds(150), 6'000);
  wait_until_present(history, *log_, clock_);
  // Far more than make a flood: the clock also went on while the rows before were waited for.
  flood(milliseconds(120), 15'000);
  auto pause = world_.executor.make_signal();
  (void)pause->wait_for(milliseconds(700));
  EXPECT_LT(history.present()->last(), log_->last());
  EXPECT_EQ(history.present()->last(), history.standing().last);
  // It goes on, and who asks gets what came before rows are too old to wait.
  Seq wanted = log_->last();
  for (int i = 0; i < 200 && history.version()->last() < wanted; ++i) {
    flood(milliseconds(10), 300);
    (void)pause->wait_for(milliseconds(10));
  }
  EXPECT_GE(history.present()->last(), wanted);
  // Once it is over, nobody needs to ask.
  flood(seconds(31), 6'000);
  clock_.advance(seconds(1));
  wait_until_present(history, *log_, clock_);
}

TEST_P(HistoryTest, steps_for_a_slow_follower_are_joined) {
  Step first{nullptr, Seq{1}, {{CustomerId{1}, 3, true}, {CustomerId{4}, 1, false}}, false};
  Step second{nullptr, Seq{5}, {{CustomerId{1}, 3, false}, {CustomerId{2}, 0, true}}, true};
  Step both = joined(first, second);
  EXPECT_EQ(both.after, Seq{1});
  EXPECT_TRUE(both.is_remade);
  std::vector<Touched> touched = {{CustomerId{1}, 3, false}, {CustomerId{2}, 0, true}, {CustomerId{4}, 1, false}};
  EXPECT_EQ(both.touched, touched);
}

TEST_P(HistoryTest, an_undone_import_is_out_of_it) {
  append(100);
  import(1, 150);
  append(50);
  History& history = open();
  history.start();
  caught_up(history);
  Follower told;
  int number = history.follow([&](const Step& step) { told(step); });
  ASSERT_TRUE(log_->remove_run(RunId{1}));
  std::vector<timeline::SeqRange> none;
  ASSERT_TRUE(history.remake(none));
  EXPECT_EQ(history.version()->events(), rows_that_count());
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
  history.unfollow(number);
  ASSERT_FALSE(told.steps.empty());
  EXPECT_TRUE(told.steps.back().is_remade);
}

TEST_P(HistoryTest, an_undo_behind_a_snapshot_is_seen_at_the_next_start) {
  append(100);
  import(1, 150);
  import(2, 150);
  append(200);
  reopened();
  history_.reset();
  ASSERT_TRUE(log_->remove_run(RunId{2}));
  // Of the other, a crash left half.
  write([](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("events.mark_run", {{"run", 1}, {"state", "undoing"}}));
    TRY(tx.run("events.remove_between", {{"low", 101}, {"high", 160}}));
    return {};
  });
  append(10);
  History& history = reopened();
  EXPECT_EQ(history.standing().finding, "") << "the snapshot is used";
  auto before = told_by(*history.version());
  ASSERT_TRUE(log_->remove_run(RunId{1})) << "the undo goes on";
  ASSERT_TRUE(history.remake({}));
  EXPECT_TRUE(same(told_by(*history.version()), before)) << "rows of an undo that began count no more";
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
  history_.reset();
  EXPECT_TRUE(same(told_by(*reopened().version()), from_nothing()));
}

TEST_P(HistoryTest, rows_removed_by_others_do_not_come_back_from_a_snapshot) {
  append(600);
  History& history = reopened();
  write([](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("events.remove_between", {{"low", 100}, {"high", 200}}));
    return {};
  });
  std::vector<timeline::SeqRange> removed = {{Seq{100}, Seq{200}}};
  ASSERT_TRUE(history.remake(removed));
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
  history_.reset();
  EXPECT_TRUE(same(told_by(*reopened().version()), from_nothing()));
}

TEST_P(HistoryTest, people_who_are_merged_are_one_and_two_again) {
  append(300);
  History& history = open();
  history.start();
  caught_up(history);
  auto events_of = [](const History& h, CustomerId id) {
    auto place = h.version()->find(id);
    if (!place) return uint32_t{0};
    const auto& offsets = place->part->order().offsets();
    return offsets.end(place->customer) - offsets.begin(place->customer);
  };
  uint32_t one = events_of(history, customer(1)), two = events_of(history, customer(2));
  ASSERT_GT(one, 0u);
  ASSERT_GT(two, 0u);
  Seq merged = merge(1, 2);
  caught_up(history);
  EXPECT_EQ(history.root(customer(1)), customer(2));
  EXPECT_EQ(events_of(history, customer(2)), one + two + 1) << "and the event that tells of it";
  EXPECT_FALSE(history.version()->find(customer(1)));
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
  tell("Product Viewed", 1);
  caught_up(history);
  EXPECT_EQ(events_of(history, customer(2)), one + two + 2);

  // A stop with the merge in the snapshot, and its end behind it.
  history_.reset();
  unmerge(merged, 1);
  append(20);
  History& again = reopened();
  EXPECT_EQ(again.standing().finding, "");
  EXPECT_EQ(again.root(customer(1)), customer(1));
  EXPECT_TRUE(again.version()->find(customer(1)));
  EXPECT_TRUE(same(told_by(*again.version()), from_nothing()));
}

TEST_P(HistoryTest, who_is_merged_while_it_is_built_is_one_when_it_stands) {
  append(200);
  History& history = open();
  bool is_merged = false;
  ASSERT_TRUE(history.catch_up([&](uint64_t, uint64_t) {
    if (!is_merged) merge(1, 2);
    return is_merged = true;
  }));
  ASSERT_TRUE(is_merged);
  EXPECT_EQ(history.version()->last(), log_->last());
  EXPECT_FALSE(history.version()->find(customer(1)));
  EXPECT_TRUE(same(told_by(*history.version()), from_nothing()));
}

TEST_P(HistoryTest, random_merges_and_their_ends_are_as_built_from_nothing) {
  append(200);
  auto history = &open();
  history->start();
  Random random(3);
  std::vector<std::pair<Seq, int>> merges;
  events::Aliases aliases;
  for (int round = 0; round < 30; ++round) {
    append(static_cast<int>(1 + random.below(30)));
    int a = static_cast<int>(1 + random.below(40)), b = static_cast<int>(1 + random.below(40));
    if (!merges.empty() && random.chance(0.4)) {
      size_t at = random.below(merges.size());
      unmerge(merges[at].first, merges[at].second);
      aliases.remove(events::MergeId{merges[at].first.value});
      merges.erase(merges.begin() + static_cast<ptrdiff_t>(at));
    } else if (aliases.root(customer(a)) != aliases.root(customer(b))) {
      // As people::Merging does it: the person of the second remains.
      CustomerId into = aliases.root(customer(b));
      Seq seq = merge(a, b, into);
      merges.emplace_back(seq, a);
      aliases.add({events::MergeId{seq.value}, customer(a), customer(b), into});
    }
    if (random.chance(0.3)) caught_up(*history);
    if (random.chance(0.15)) history = &reopened();
    if (random.chance(0.15)) history->start();
  }
  caught_up(*history);
  EXPECT_TRUE(same(told_by(*history->version()), from_nothing()));
  for (int i = 1; i <= 40; ++i) EXPECT_EQ(history->root(customer(i)), aliases.root(customer(i)));
}

class ErasedTest : public HistoryTest {
 protected:
  static constexpr CustomerId kFresh{4711};
  void tell_a_secret(const char* kind, const char* properties) {
    events::NewEvent e;
    e.kind = kind;
    e.occurred_at = clock_.now();
    e.identifiers = {{"user_id", "5"}};
    e.properties = properties;
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(log_->append(tx, identify_, {&e, 1}, {.source = shop_}));
      return {};
    });
  }
  bool is_somewhere() {
    for (const std::string& file : snapshot_files())
      if (world_.files.read(path(file)).value_or("").find("Zyxwvut") != std::string::npos) return true;
    return false;
  }
  /// As rights::Eraser does it with customer 5.
  void erase_from(History& history) {
    std::vector<Seq> rows;
    ASSERT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
      if (row.customer == customer(5)) rows.push_back(row.seq);
      return true;
    }));
    write([&](db::Transaction& tx) -> Result<void> {
      for (Seq seq : rows)
        TRY(tx.run("events.erase_row", {{"seq", seq},
                                        {"shard", shard_of(kFresh)},
                                        {"customer", kFresh},
                                        {"key", std::nullopt},
                                        {"flags", uint32_t{events::kErased}},
                                        {"properties", R"({"sku":"T1"})"}}));
      return {};
    });
    std::vector<CustomerId> gone = {customer(5)};
    ASSERT_TRUE(history.forget(gone, rows));
  }
};
CAIRN_ON_STORES(ErasedTest);

TEST_P(ErasedTest, who_was_erased_is_in_no_byte_of_it) {
  append(400);
  tell_a_secret("Product Viewed", R"({"name":"Zyxwvut the Unmistakable","sku":"T1"})");
  reopened();
  history_.reset();
  ASSERT_TRUE(is_somewhere()) << "the snapshot has the name";
  History& again = reopened();
  erase_from(again);
  EXPECT_FALSE(again.version()->find(customer(5)));
  EXPECT_TRUE(again.version()->find(kFresh));
  EXPECT_FALSE(is_somewhere());
  EXPECT_TRUE(same(told_by(*again.version()), from_nothing()));
  history_.reset();
  EXPECT_FALSE(is_somewhere());
  EXPECT_TRUE(same(told_by(*reopened().version()), from_nothing()));
}

TEST_P(ErasedTest, who_is_erased_while_a_column_is_made_does_not_come_back_with_it) {
  append(400);
  tell_a_secret("Product Viewed", R"({"note":"Zyxwvut the Unmistakable","sku":"T1"})");
  History& history = open();
  history.start();
  caught_up(history);
  add_undeclared("Product Viewed", "note");
  bool is_erased = false;
  ASSERT_TRUE(history.make_column("product_viewed", "note", [&](uint64_t done, uint64_t all) {
    if (done == all && !std::exchange(is_erased, true)) erase_from(history);
    return true;
  }));
  EXPECT_TRUE(is_erased);
  history_.reset();
  EXPECT_FALSE(snapshot_files().empty());
  EXPECT_FALSE(is_somewhere());
}

TEST_P(ErasedTest, what_somebody_else_s_rows_said_is_in_no_byte_of_it) {
  append(400);
  tell_a_secret("Product Viewed", R"({"name":"Zyxwvut the Unmistakable","sku":"T1"})");
  append(100);
  reopened();
  history_.reset();
  ASSERT_TRUE(is_somewhere());
  History& again = reopened();
  write([&](db::Transaction& tx) -> Result<void> {
    Seq secret;
    TRY(tx.each("events.rows_after", {{"after", 0}, {"limit", 10'000}}, [&](const db::Row& row) {
      if (row.text(12).find("Zyxwvut") != std::string_view::npos) secret = row.id<Seq>(0);
      return true;
    }));
    TRY(tx.run("events.rewrite_row",
               {{"seq", secret}, {"identifiers", "user_id=5"}, {"properties", R"({"sku":"T1"})"}}));
    return {};
  });
  // More came meanwhile, of the same customer.
  append(100);
  std::vector<CustomerId> others = {customer(5)};
  ASSERT_TRUE(again.read_again(others));
  EXPECT_FALSE(is_somewhere());
  caught_up(again);
  EXPECT_TRUE(again.version()->find(customer(5)));
  EXPECT_TRUE(same(told_by(*again.version()), from_nothing()));
  history_.reset();
  EXPECT_FALSE(is_somewhere());
  EXPECT_TRUE(same(told_by(*reopened().version()), from_nothing()));
}

TEST_P(HistoryTest, a_column_is_made_when_it_is_asked_for) {
  append(300);
  History& history = open();
  history.start();
  caught_up(history);
  auto none = history.make_column("order_completed", "no such thing");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::not_found);
  add_undeclared("Order Completed", "colour");
  const query::Property* named = history.catalogue()->find_stream("order_completed")->find("colour");
  ASSERT_NE(named, nullptr);
  EXPECT_FALSE(named->declared);
  auto stopped = history.make_column("order_completed", "colour", [](uint64_t, uint64_t) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::conflict);
  uint64_t told = 0;
  ASSERT_TRUE(history.make_column("order_completed", "colour", [&](uint64_t done, uint64_t all) {
    EXPECT_LE(done, all);
    told = done;
    return true;
  }));
  EXPECT_EQ(told, 300u);
  append(100);
  caught_up(history);
  ASSERT_TRUE(history.make_column("order_completed", "colour")) << "it is there";

  std::map<int64_t, bool> has_colour;
  EXPECT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
    if (log_->kind_name(row.kind) == "Order Completed" && !(row.flags & events::kSetApart))
      has_colour[row.seq.value] = row.properties.find("\"colour\"") != row.properties.npos;
    return true;
  }));
  auto check = [&](const timeline::Version& version) {
    auto kind = *version.schema().find_stream("order_completed");
    auto column = *version.schema().kinds()[kind].find("colour");
    size_t rows = 0;
    for (int s = 0; s < kShards; ++s)
      for (const timeline::Run& run : version.shard(s).runs()) {
        const timeline::Stream* stream = run.part->stream(kind);
        if (!stream) continue;
        stream->offsets().each(run.first, run.last, [&](uint32_t, uint32_t begin, uint32_t end) {
          for (uint32_t row = begin; row < end; ++row, ++rows) {
            bool known = stream->column(column) && stream->column(column)->is_known(row);
            EXPECT_EQ(known, has_colour.at(stream->seq()[row]));
          }
        });
      }
    EXPECT_EQ(rows, has_colour.size());
  };
  check(*history.version());
  check(*reopened().version());
}

}  // namespace
}  // namespace cairn::history

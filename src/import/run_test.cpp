#include "import/run.h"

#include <gmock/gmock.h>

#include "events/brand.h"
#include "import/rejects.h"
#include "import/store.h"
#include "support/imports.h"
#include "support/on_stores.h"

namespace cairn::import {
namespace {

using testing::HasSubstr;
using testing::Not;

class ImportTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (!IsSkipped()) open_log();
  }
  void open_log() {
    log_.reset();
    log_ = std::move(events::Log::open(world_, store(), directory()).value());
    identities_ = std::make_unique<people::Identities>(world_);
    undeclared_ = std::move(events::Undeclared::open(world_, store()).value());
  }
  void restart() {
    log_.reset();
    open_store();
    open_log();
  }
  Context context() { return {world_, store(), *log_, *identities_, *undeclared_}; }
  Options options(std::string preset, std::vector<std::string> paths) {
    Options out;
    out.preset = std::move(preset);
    out.paths = std::move(paths);
    out.directory = directory();
    return out;
  }
  Summary import(const Options& options, const OnProgress& progress = {}) {
    Context with = context();
    auto summary = run(with, options, progress);
    EXPECT_TRUE(summary) << summary.error().message << " " << summary.error().detail;
    return summary ? *summary : Summary{};
  }
  std::vector<import::Run> all_runs() {
    std::vector<import::Run> out;
    auto read = store().read([&](db::Session& session) -> Result<void> {
      out = TRY(runs(session));
      return {};
    });
    EXPECT_TRUE(read);
    return out;
  }
  int64_t count_customers() {
    int64_t out = -1;
    auto read = store().read([&](db::Session& session) -> Result<void> {
      out = TRY(people::count_customers(session));
      return {};
    });
    EXPECT_TRUE(read);
    return out;
  }
  /// Undeclared names as they are stored.
  std::vector<std::string> names() {
    std::vector<std::string> out;
    auto listed = undeclared_->list();
    EXPECT_TRUE(listed) << listed.error().message << " " << listed.error().detail;
    if (!listed) return out;
    for (const events::UndeclaredProperty& name : listed->names)
      out.push_back(
          fmt::format("{}.{}={} {} run {}", name.kind, name.property, name.type, name.example, name.run.value));
    std::sort(out.begin(), out.end());
    return out;
  }
  std::vector<std::string> logged() {
    std::vector<std::string> out;
    auto swept = log_->sweep({0}, [&](const events::LogRow& row) {
      out.push_back(fmt::format("{} {} {} {} {}", log_->kind_name(row.kind), row.source_key, row.occurred_at.micros,
                                row.flags, row.properties));
      return true;
    });
    EXPECT_TRUE(swept);
    std::sort(out.begin(), out.end());
    return out;
  }
  /// 3,000 rows of 500 people, every tenth the same as the one before, some of no use.
  std::string many_rows() {
    std::string text = "event,time,user_id,path\n";
    for (int i = 0; i < 3000; ++i) {
      int n = i % 10 == 9 ? i - 1 : i;
      text += fmt::format("Page Viewed,2020-01-01 00:00:{:02},u{},/p{}\n", n % 60, n % 500, n);
      if (i % 1000 == 500) text += "Page Viewed,never,u1,/\n";
    }
    return text;
  }
  static Counts counts(int64_t read, int64_t kept, int64_t already, int64_t rejected) {
    return {read, kept, already, rejected};
  }

  test::TempDir files_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<events::Undeclared> undeclared_;
};
CAIRN_ON_STORES(ImportTest);

#define EXPECT_COUNTS(found, r, k, a, j) \
  do {                                   \
    const Counts& found_ = (found);      \
    EXPECT_EQ(found_.read, r);           \
    EXPECT_EQ(found_.kept, k);           \
    EXPECT_EQ(found_.already_there, a);  \
    EXPECT_EQ(found_.rejected, j);       \
  } while (false)

TEST_P(ImportTest, KeepsOlistRowsOnceAndAccountsForEach) {
  put_olist(files_.path());
  Options olist = options("olist", {files_.path()});
  olist.batch_rows = 3;
  Summary first = import(olist);
  EXPECT_EQ(first.state, RunState::done);
  EXPECT_COUNTS(first.rows, 31, 20, 0, 11);
  std::map<std::string, Counts> by_file;
  for (const FileSummary& file : first.files)
    if (file.use == "facts") {
      by_file[file.what] = file.rows;
      EXPECT_EQ(file.rows.read, file.rows.kept + file.rows.already_there + file.rows.rejected) << file.what;
    }
  EXPECT_COUNTS(by_file["orders"], 8, 5, 0, 3);
  EXPECT_COUNTS(by_file["items"], 6, 3, 0, 3);
  EXPECT_COUNTS(by_file["payments"], 4, 4, 0, 0);
  EXPECT_COUNTS(by_file["reviews"], 6, 3, 0, 3);
  EXPECT_COUNTS(by_file["customers"], 7, 5, 0, 2);
  EXPECT_EQ(first.events, (std::map<std::string, int64_t>{{"Order Completed", 5},
                                                          {"Order Paid", 4},
                                                          {"Order Shipped", 3},
                                                          {"Order Delivered", 1},
                                                          {"Order Updated", 2},
                                                          {"Order Cancelled", 2},
                                                          {"Customer Updated", 5},
                                                          {"Survey Answered", 3}}));
  EXPECT_EQ(first.events_kept, 25);
  EXPECT_EQ(*first.first_at, "2017-07-10T00:57:05Z");
  EXPECT_EQ(*first.last_at, "2018-02-04T02:00:00Z");
  EXPECT_EQ(count_customers(), 4);
  auto rows = logged();
  EXPECT_EQ(rows.size(), 25u);
  EXPECT_THAT(rows[0], HasSubstr(fmt::format(" {} ", static_cast<uint32_t>(events::kHistorical))));

  Summary second = import(olist);
  EXPECT_EQ(second.run, first.run + 1);
  EXPECT_COUNTS(second.rows, 31, 0, 20, 11);
  EXPECT_EQ(second.events_kept, 0);
  EXPECT_EQ(logged(), rows);
  auto runs = all_runs();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[1].state, RunState::done);
  EXPECT_EQ(runs[1].events, 25);
  EXPECT_EQ(runs[1].rows.kept, 20);
}

TEST_P(ImportTest, TakesCurrencyAndZoneOfTheFirstImport) {
  put_olist(files_.path());
  import(options("olist", {files_.path()}));
  events::Brand brand;
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    brand = TRY(events::read_brand(session));
    return {};
  }));
  EXPECT_EQ(brand.currency.code(), "BRL");
  EXPECT_EQ(brand.zone_name, "America/Sao_Paulo");
}

TEST_P(ImportTest, WritesWhatItCouldNotUseToTheRejectsFile) {
  put(files_ / "e.csv",
      "event,time,user_id,text\na,2020-01-01,1,fine\n,2020-01-01,1,\"two\nlines, "
      "\"\"quoted\"\"\"\na,2020-01-01,\x01,x\n");
  Summary summary = import(options("events", {files_ / "e.csv"}));
  EXPECT_COUNTS(summary.rows, 3, 1, 0, 2);
  EXPECT_EQ(summary.rejects_path, join_path(directory(), fmt::format("rejects/{}.csv", summary.run)));
  std::string text = system_files().read(summary.rejects_path).value();
  EXPECT_THAT(text, testing::StartsWith("file,line,column,reason,row\n"));
  EXPECT_THAT(text, HasSubstr("e.csv,3,event,it does not say what happened,\",2020-01-01,1,\"\"two\nlines, "
                              "\"\"\"\"quoted\"\"\"\"\"\"\"\n"));
  EXPECT_THAT(text, HasSubstr("e.csv,5,"));
  ASSERT_EQ(summary.examples.size(), 2u);
  EXPECT_EQ(summary.examples[0].line, 3);
}

TEST_P(ImportTest, KeepsIdenticalRowsOfAFileAndChangesNothingTheSecondTime) {
  put(files_ / "e.csv", many_rows());
  Options events = options("events", {files_ / "e.csv"});
  events.batch_rows = 100;
  Summary first = import(events);
  EXPECT_COUNTS(first.rows, 3003, 3000, 0, 3);
  EXPECT_EQ(count_customers(), 500 - 50) << "every tenth row repeats the one before, person and all";
  auto rows = logged();
  restart();
  Summary second = import(events);
  EXPECT_COUNTS(second.rows, 3003, 0, 3000, 3);
  EXPECT_EQ(logged(), rows);
}

TEST_P(ImportTest, CancelledAndRunAgainIsRunOnce) {
  put(files_ / "e.csv", many_rows());
  Options events = options("events", {files_ / "e.csv"});
  events.batch_rows = 100;
  int told = 0;
  Summary stopped = import(events, [&](const Progress& progress) {
    EXPECT_LE(progress.bytes_done, progress.bytes_total);
    return ++told < 12;
  });
  EXPECT_EQ(stopped.state, RunState::stopped);
  EXPECT_GT(stopped.rows.kept, 0);
  EXPECT_LT(stopped.rows.kept, 3000);
  restart();
  Summary second = import(events);
  EXPECT_EQ(second.run, stopped.run);
  EXPECT_TRUE(second.continued);
  EXPECT_COUNTS(second.rows, 3003, 3000, 0, 3);
  EXPECT_EQ(second.events_kept, 3000);
  EXPECT_EQ(all_runs().size(), 1u);
  EXPECT_EQ(all_runs()[0].state, RunState::done);
  Summary third = import(events);
  EXPECT_NE(third.run, stopped.run);
  EXPECT_COUNTS(third.rows, 3003, 0, 3000, 3);
}

TEST_P(ImportTest, ARowThatRepeatsAMessageIdCountsOnceInTwoAttemptsToo) {
  put(files_ / "e.csv", "event,time,user_id,message_id\na,2020-01-01,1,m1\nb,2020-01-01,1,m2\na,2020-01-01,1,m1\n");
  Options events = options("events", {files_ / "e.csv"});
  events.batch_rows = 1;
  int told = 0;
  import(events, [&](const Progress&) { return ++told < 2; });
  Summary summary = import(events);
  EXPECT_TRUE(summary.continued);
  EXPECT_COUNTS(summary.rows, 3, 2, 1, 0);
}

TEST_P(ImportTest, WhatTheStoreRefusesLeavesTheRunToBeContinued) {
  put(files_ / "e.csv", many_rows());
  Options events = options("events", {files_ / "e.csv"});
  events.batch_rows = 100;
  /// A disk that is full from the fifth event on.
  class Full final : public events::Log {
   public:
    explicit Full(events::Log& log) : log_(log) {}
    Result<std::vector<events::Outcome>> append(db::Transaction& tx, events::Identify& identify,
                                                std::span<const events::NewEvent> list,
                                                const events::AppendOptions& append) override {
      if (++calls_ >= 5) return fail(Code::unavailable, "the disk is full");
      return log_.append(tx, identify, list, append);
    }
    Result<SourceId> ensure_source(std::string_view name, int precedence) override {
      return log_.ensure_source(name, precedence);
    }
    std::string kind_name(KindId kind) const override { return log_.kind_name(kind); }
    std::string source_name(SourceId source) const override { return log_.source_name(source); }
    int source_precedence(SourceId source) const override { return log_.source_precedence(source); }
    Result<Seq> sweep(Seq after, const std::function<bool(const events::LogRow&)>& visit) override {
      return log_.sweep(after, visit);
    }
    Seq last() const override { return log_.last(); }
    void on_growth(std::function<void()> growth) override { log_.on_growth(std::move(growth)); }
    Result<void> verify(const std::function<void(std::string)>& finding) override { return log_.verify(finding); }
    Result<int64_t> remove_run(RunId run) override { return log_.remove_run(run); }

   private:
    events::Log& log_;
    int calls_ = 0;
  };
  Full full(*log_);
  Context with{world_, store(), full, *identities_, *undeclared_};
  auto failed = run(with, events);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::unavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("the disk is full (import 1: what was imported stays"));
  EXPECT_GT(logged().size(), 0u);
  Summary again = import(events);
  EXPECT_EQ(again.run, 1);
  EXPECT_COUNTS(again.rows, 3003, 3000, 0, 3);
}

TEST_P(ImportTest, UndoneLeavesNothingAndImportsInFullAgain) {
  put_olist(files_.path());
  Summary first = import(options("olist", {files_.path()}));
  ASSERT_TRUE(system_files().exists(first.rejects_path));
  Context with = context();
  auto undone = undo(with, RunId{first.run}, directory());
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(undone->events, 25);
  EXPECT_EQ(undone->customers, 4);
  EXPECT_EQ(undone->identifiers, 9) << "four people, five ids of orders";
  EXPECT_TRUE(logged().empty());
  EXPECT_EQ(count_customers(), 0);
  EXPECT_FALSE(system_files().exists(first.rejects_path));
  EXPECT_EQ(all_runs()[0].state, RunState::undone);
  EXPECT_EQ(undo(with, RunId{first.run}, directory()).error().code, Code::conflict);
  EXPECT_EQ(undo(with, RunId{77}, directory()).error().code, Code::not_found);

  Summary again = import(options("olist", {files_.path()}));
  EXPECT_NE(again.run, first.run);
  EXPECT_COUNTS(again.rows, 31, 20, 0, 11);
  EXPECT_EQ(count_customers(), 4);
}

TEST_P(ImportTest, NamesThatNobodyDeclaredAreNotedOnce) {
  std::string csv = join_path(files_.path(), "e.csv"), json = join_path(files_.path(), "e.jsonl");
  put(csv,
      "event,time,user_id,total,shoe_size,gift,never\nOrder Completed,2020-01-01,u1,5,,true,\n"
      "Order Completed,2020-01-02,u1,5,42,,\nDance,2020-01-03,u2,,44,,\n");
  put(json,
      R"({"event":"Order Completed","time":"2020-01-04","user_id":"u1","total":5,"shoe_size":"43","laces":{"n":2}})"
      "\n"
      R"({"type":"track","event":"Dance","timestamp":"2020-01-04T00:00:00Z","userId":"u9","properties":{"beat":true}})"
      "\n");
  Options dry = options("events", {csv, json});
  dry.dry_run = true;
  import(dry);
  EXPECT_TRUE(names().empty());
  import(options("events", {csv, json}));
  std::vector<std::string> expected = {"Dance.=  run 1",
                                       "Dance.beat=boolean true run 1",
                                       "Dance.shoe_size=number 44 run 1",
                                       "Order Completed.gift=boolean true run 1",
                                       "Order Completed.laces=object {\"n\":2} run 1",
                                       "Order Completed.shoe_size=number 42 run 1"};
  EXPECT_EQ(names(), expected);
  import(options("events", {csv, json}));
  restart();
  put(csv, "event,time,user_id,shoe_size\nOrder Completed,2021-01-01,u1,42\n");
  import(options("events", {csv}));
  EXPECT_EQ(names(), expected) << "as they were first seen";
}

TEST_P(ImportTest, RowsThatAreThereAlreadyGiveNoExample) {
  put(files_ / "a.csv", "event,time,user_id,message_id\nOrder Completed,2020-01-01,u1,m1\n");
  put(files_ / "b.csv",
      "event,time,user_id,message_id,scent\nOrder Completed,2020-01-01,u1,m1,of-the-copy\n"
      "Order Completed,,u1,m2,of-no-use\nOrder Completed,2020-01-02,u1,m3,kept\n");
  put(files_ / "c.jsonl",
      R"({"event":"Order Completed","time":"2020-01-01","user_id":"u1","message_id":"m1","hue":"of-the-copy"})"
      "\n"
      R"({"event":"Order Completed","time":"2020-01-03","user_id":"u1","message_id":"m4","hue":"kept"})"
      "\n");
  for (const char* name : {"a.csv", "b.csv", "c.jsonl"}) {
    Options events = options("events", {files_ / name});
    events.source = "shop";
    (void)import(events);
  }
  EXPECT_EQ(logged().size(), 3u);
  EXPECT_EQ(names(),
            (std::vector<std::string>{"Order Completed.hue=text kept run 3", "Order Completed.scent=text kept run 2"}));
}

TEST_P(ImportTest, RejectedRowsOfAnImportThatWasCutOffAreNobodys) {
  std::string text = "ann@example.org,never\nben@example.org,never\n";
  put(files_ / "a.csv", text);
  std::vector<FileState> sources = {{files_ / "a.csv", Use::facts, "events"}};
  std::string path = Rejects::path_of(directory(), RunId{1});
  std::vector<events::Identifier> ann = {{"email", "ann@example.org"}};
  events::Needles needles(ann, {});
  auto write = [&](Rejects& rejects) {
    ASSERT_TRUE(rejects.begin());
    auto waits = forget_rejects(world_.files, directory(), needles);
    EXPECT_EQ(waits.error().code, Code::overloaded) << "it may have a row of theirs that is not written yet";
    ASSERT_TRUE(rejects.add(sources, {{0, 21, 1, 0}, "time", "it is no time"}));
    ASSERT_TRUE(rejects.add(sources, {{0, 21, 2, 22}, "time", "it is no time"}));
    ASSERT_TRUE(rejects.finish());
  };
  {
    Rejects earlier(world_.files, path);
    write(earlier);
  }
  {
    // The next attempt, as it is cut off: nothing was finished, and the store's run says `running` for ever.
    auto running = world_.files.lock(path);
    ASSERT_TRUE(running);
    auto waits = forget_rejects(world_.files, directory(), needles);
    ASSERT_FALSE(waits) << "it is being written";
    EXPECT_EQ(waits.error().code, Code::overloaded);
  }
  EXPECT_EQ(forget_rejects(world_.files, directory(), needles).value(), 1);
  std::string left = world_.files.read(path).value();
  EXPECT_THAT(left, Not(HasSubstr("ann@")));
  EXPECT_THAT(left, HasSubstr("ben@example.org"));
  EXPECT_EQ(forget_rejects(world_.files, directory(), needles).value(), 0);
  Rejects rejects(world_.files, path);
  ASSERT_TRUE(rejects.add(sources, {{0, 21, 1, 0}, "time", "it is no time"}));
  auto held = world_.files.lock(path);
  ASSERT_FALSE(held) << "who writes it holds it";
  EXPECT_EQ(held.error().code, Code::conflict);
  ASSERT_TRUE(rejects.finish());
  EXPECT_TRUE(world_.files.lock(path));
}

TEST_P(ImportTest, UndoingTakesTheNamesAlongThatNoOtherEventHas) {
  std::string a = join_path(files_.path(), "a.csv"), b = join_path(files_.path(), "b.csv");
  put(a, "event,time,user_id,shoe_size,shoesize\nOrder Completed,2020-01-01,u1,42,1\nDance,2020-01-01,u1,42,\n");
  put(b, "event,time,user_id,shoe_size\nOrder Completed,2020-01-02,u1,43\n");
  Summary first = import(options("events", {a}));
  EXPECT_EQ(names().size(), 4u);
  Summary second = import(options("events", {b}));
  uint64_t before = undeclared_->generation();
  Context with = context();
  ASSERT_TRUE(undo(with, RunId{first.run}, directory()));
  EXPECT_EQ(names(), std::vector<std::string>{"Order Completed.shoe_size=number  run 1"}) << "without the example";
  EXPECT_NE(undeclared_->generation(), before);
  ASSERT_TRUE(store().write_now(db::Lane::import, [&](db::Transaction& tx) {
    std::vector<events::NewName> met = {events::Undeclared::name_of("shoesize", json::Value(7))};
    std::vector<events::NewEvent> live(1);
    live[0].kind = "Order Completed";
    std::vector<events::Outcome> outcomes(1);
    outcomes[0].fate = events::Fate::kept;
    return undeclared_->note(tx, met, live, outcomes, {SourceId{1}});
  }));
  EXPECT_EQ(names().size(), 2u) << "what went is noted when it comes again";
  ASSERT_TRUE(undo(with, RunId{second.run}, directory()));
  EXPECT_EQ(names(), std::vector<std::string>{"Order Completed.shoesize=number 7 run 0"}) << "what came live stays";
}

TEST_P(ImportTest, UndoingKeepsThePeopleThatOtherEventsName) {
  put(files_ / "a.csv", "event,time,user_id,email\na,2020-01-01,1,one@x.y\na,2020-01-01,2,two@x.y\na,2020-01-01,3,\n");
  put(files_ / "b.csv", "event,time,user_id,email\nb,2020-01-02,1,\nb,2020-01-02,4,\nb,2020-01-02,3,three@x.y\n");
  Summary a = import(options("events", {files_ / "a.csv"}));
  Summary b = import(options("events", {files_ / "b.csv"}));
  ASSERT_EQ(count_customers(), 4);
  Context with = context();
  UndoSummary undone = undo(with, RunId{a.run}, directory()).value();
  EXPECT_EQ(undone.events, 3);
  EXPECT_EQ(undone.customers, 1) << "only 2";
  EXPECT_EQ(undone.identifiers, 3) << "2 and both e-mails";
  EXPECT_EQ(count_customers(), 3);
  EXPECT_EQ(logged().size(), 3u);
  Summary again = import(options("events", {files_ / "a.csv"}));
  EXPECT_COUNTS(again.rows, 3, 3, 0, 0);
  EXPECT_EQ(count_customers(), 4) << "1 and 3 are who they were";
  EXPECT_COUNTS(import(options("events", {files_ / "b.csv"})).rows, 3, 0, 3, 0);
  UndoSummary last = undo(with, RunId{b.run}, directory()).value();
  EXPECT_EQ(last.events, 3);
  EXPECT_EQ(last.customers, 1) << "only 4";
}

TEST_P(ImportTest, UndoingKeepsIdentifiersThatOtherEventsNameInAnotherWay) {
  put(files_ / "a.csv", "event,time,phone\na,2020-01-01,+33612345678\n");
  put(files_ / "b.csv", "event,time,phone\nb,2020-01-02,+33 6 12 34 56 78\n");
  put(files_ / "c.csv", "event,time,phone\nc,2020-01-03,0033612345678\n");
  Summary a = import(options("events", {files_ / "a.csv"}));
  import(options("events", {files_ / "b.csv"}));
  ASSERT_EQ(count_customers(), 1);
  Context with = context();
  UndoSummary undone = undo(with, RunId{a.run}, directory()).value();
  EXPECT_EQ(undone.identifiers, 0);
  import(options("events", {files_ / "c.csv"}));
  EXPECT_EQ(count_customers(), 1) << "who called before is who calls now";
}

TEST_P(ImportTest, UndoingKeepsOfWhomSomebodyHasWritten) {
  put(files_ / "a.csv", "event,time,user_id\na,2020-01-01,1\na,2020-01-01,2\n");
  Summary a = import(options("events", {files_ / "a.csv"}));
  CustomerId first;
  ASSERT_TRUE(log_->sweep({}, [&](const events::LogRow& row) {
    first = row.customer;
    return false;
  }));
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("profile.add_tag", {{"shard", shard_of(first)},
                                   {"customer", first},
                                   {"tag", "vip"},
                                   {"author", "operator"},
                                   {"at", clock_.now()}}));
    return {};
  });
  Context with = context();
  EXPECT_EQ(undo(with, RunId{a.run}, directory()).value().customers, 1);
  EXPECT_EQ(count_customers(), 1);
}

TEST_P(ImportTest, UndoingEveryImportLeavesNobody) {
  put(files_ / "a.csv", "event,time,user_id,email\na,2020-01-01,1,one@x.y\na,2020-01-01,2,two@x.y\n");
  put(files_ / "b.csv", "event,time,user_id,email\nb,2020-01-02,1,one@x.y\nb,2020-01-02,4,\n");
  Summary a = import(options("events", {files_ / "a.csv"}));
  Summary b = import(options("events", {files_ / "b.csv"}));
  Context with = context();
  EXPECT_EQ(undo(with, RunId{a.run}, directory()).value().customers, 1) << "2; b names 1";
  UndoSummary last = undo(with, RunId{b.run}, directory()).value();
  EXPECT_EQ(last.customers, 2) << "4, and 1 whom a had brought";
  EXPECT_EQ(last.identifiers, 3);
  EXPECT_EQ(count_customers(), 0);
}

TEST_P(ImportTest, FilesOfAHalfUndoneRunAreRefused) {
  put(files_ / "a.csv", "event,time,user_id\na,2020-01-01,1\n");
  Summary a = import(options("events", {files_ / "a.csv"}));
  write([&](db::Transaction& tx) { return set_state(tx, RunId{a.run}, RunState::undoing); });
  Context with = context();
  auto refused = run(with, options("events", {files_ / "a.csv"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("cairn import --undo 1"));
  EXPECT_TRUE(undo(with, RunId{a.run}, directory()));
  EXPECT_COUNTS(import(options("events", {files_ / "a.csv"})).rows, 1, 1, 0, 0);
}

TEST_P(ImportTest, ADryRunWritesNothing) {
  put_olist(files_.path());
  Options dry = options("olist", {files_.path()});
  dry.dry_run = true;
  Summary summary = import(dry);
  EXPECT_TRUE(summary.dry_run);
  EXPECT_COUNTS(summary.rows, 31, 20, 0, 11);
  EXPECT_EQ(summary.events_kept, 25);
  EXPECT_EQ(summary.rejects_path, "");
  EXPECT_EQ(summary.examples.size(), 10u);
  EXPECT_TRUE(logged().empty());
  EXPECT_TRUE(all_runs().empty());
  EXPECT_FALSE(system_files().exists(join_path(directory(), "rejects")));
}

TEST_P(ImportTest, AFileOfNoUseWritesNothing) {
  put(files_ / "a.csv", "who,what\n1,2\n");
  Context with = context();
  for (std::string_view path : {"a.csv", "none.csv"}) EXPECT_FALSE(run(with, options("events", {files_ / path})));
  EXPECT_FALSE(run(with, options("nothing", {files_ / "a.csv"})));
  EXPECT_TRUE(all_runs().empty());
}

}  // namespace
}  // namespace cairn::import

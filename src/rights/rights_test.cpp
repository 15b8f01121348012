#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"
#include "base/log.h"
#include "base/random.h"
#include "crypto/encode.h"
#include "crypto/hash.h"
#include "events/brand.h"
#include "events/mentions.h"
#include "events/undeclared.h"
#include "people/merges.h"
#include "people/normal.h"
#include "rights/service.h"
#include "rights/store.h"
#include "support/bytes.h"
#include "support/on_stores.h"
#include "timeline/by_hand.h"
#include "timeline/rows_of.h"

namespace cairn::rights {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::Not;

/// What tells who Zelda is, wherever it was written.
const std::vector<std::string> kHers = {"zelda.quux",     "Zelda.Quux",      "zq-4711-user",
                                        "+33698765432",   "Zeldaquuxington", "my secret wish",
                                        "anon-zq-device", "zq-message-1",    "zq-undeclared-text"};

events::NewEvent event(std::string kind, std::string key, std::vector<events::Identifier> ids, std::string properties,
                       Time at = Time{1'690'000'000'000'000}, uint32_t flags = 0) {
  events::NewEvent out;
  out.kind = std::move(kind);
  out.occurred_at = at;
  out.source_key = std::move(key);
  out.identifiers = std::move(ids);
  out.properties = std::move(properties);
  out.flags = flags;
  return out;
}

class RightsTest : public test::OnStores {
 protected:
  void SetUp() override {
    if (GetParam() == db::Driver::postgres) {
      auto url = test::fresh_postgres();
      if (!url) GTEST_SKIP() << "PostgreSQL is not installed";
      url_ = *url;
    }
    set_log_level(LogLevel::error);
    open_all();
  }
  void TearDown() override {
    close_all();
    set_log_level(LogLevel::info);
  }
  void open_all() {
    db::StoreOptions options;
    options.directory = dir_.path();
    options.url = url_;
    options.extra_queries = test::kTablesWith;
    store_ = std::move(db::Store::open(world_, options).value());
    ASSERT_TRUE(store().write_now(db::Lane::people, [](db::Transaction& tx) {
      return events::write_brand(tx, {"Shop", Currency::parse("EUR").value(), "Europe/Paris", "FR"});
    }));
    log_ = std::move(events::Log::open(world_, store(), directory()).value());
    identities_ = std::make_unique<people::Identities>(world_);
    ASSERT_TRUE(store().write_now(db::Lane::people, [&](db::Transaction& tx) { return identities_->load(tx); }));
    shop_ = log_->ensure_source("shop").value();
    history_ = std::move(
        history::History::open(world_, store(), *log_, directory(), {.rows_a_step = 4096, .rows_a_snapshot = 100})
            .value());
    ASSERT_TRUE(history_->catch_up());
    Holder holder{.module = "module"};
    holder.remove_kept = [this](db::Transaction&, Time before) {
      return Result<int64_t>(std::erase_if(kept_, [&](Time at) { return at < before; }));
    };
    holder.take_out = [this](std::span<const CustomerId> customers, std::span<const events::Identifier>) {
      taken_out_.assign(customers.begin(), customers.end());
      return Result<void>();
    };
    Trace elsewhere{"elsewhere", [this](const events::Needles& needles) { return trace(needles); }};
    service_ = std::make_unique<Service>(
        Parts{world_, store(), *log_, *identities_, *history_, {std::move(holder)}, {std::move(elsewhere)}});
  }
  void close_all() {
    service_.reset();
    history_.reset();
    identities_.reset();
    log_.reset();
    store_.reset();
  }
  Result<int64_t> trace(const events::Needles& needles) {
    if (--failures_ >= 0) return fail(Code::unavailable, "the disk is away");
    return needles.are_in(elsewhere_) ? (elsewhere_.clear(), 1) : 0;
  }

  std::vector<events::Outcome> append(const std::vector<events::NewEvent>& events) {
    std::vector<events::Outcome> out;
    auto done = store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
      out = TRY(log_->append(tx, *identities_, events, {.source = shop_}));
      return {};
    });
    EXPECT_TRUE(done) << done.error().message << " " << done.error().detail;
    return out;
  }
  /// Others, in no order, so that pages of indexes split.
  void add_crowd(int count) {
    Random random(11);
    for (int begin = 0; begin < count; begin += 200) {
      std::vector<events::NewEvent> some;
      for (int i = begin; i < std::min(count, begin + 200); ++i) {
        std::string name = fmt::format("{:016x}", random.next());
        some.push_back(event("Order Completed", "k" + name, {{"user_id", "u" + name}, {"email", name + "@example.org"}},
                             fmt::format(R"({{"order_id":"o{}","total":{},"note":"of {}"}})", i, i % 90, name)));
      }
      append(some);
    }
  }
  CustomerId add_zelda() {
    std::vector<events::Identifier> known = {
        {"user_id", "zq-4711-user"}, {"email", "Zelda.Quux@example.com"}, {"anonymous_id", "anon-zq-device"}};
    auto out = append({
        event("Page Viewed", "zq-message-1", {{"anonymous_id", "anon-zq-device"}},
              R"({"path":"/account/zelda.quux@example.com","title":"Tea","zq":"zq-undeclared-text"})"),
        event("Customer Updated", "zq-message-2", known,
              R"({"first_name":"Zeldaquuxington","email":"zelda.quux@example.com","phone":"+33698765432",)"
              R"("city":"Zeldaquuxington","region":"ARA"})"),
        event("Order Completed", "zq-message-3", known,
              R"({"order_id":"zelda.quux@example.com-1","total":12.50,"channel":"web","gift_note":"my secret wish",)"
              R"("products":[{"sku":"T1","price":"12.50","quantity":1,"engraving":"Zeldaquuxington"}]})"),
        event("Survey Answered", "zq-message-4", known,
              R"({"survey":"nps","response_id":"r1","score":3,"comment":"my secret wish"})"),
        event("Page Viewed", "zq-message-5", {{"phone", "+33698765432"}, {"user_id", "zq-4711-user"}},
              R"({"path":"/bot","referrer":"zelda.quux"})", Time{1'690'000'000'000'000}, events::kBot),
    });
    for (const auto& outcome : out) EXPECT_EQ(outcome.fate, events::Fate::kept) << outcome.error.message;
    elsewhere_ = "zelda.quux@example.com was here";
    EXPECT_TRUE(history_->catch_up());
    return out[2].customer;
  }
  Result<Request> erase(CustomerId customer) { return service_->erase({customer, "api", {}, {"session", UserId{7}}}); }

  /// Her brother, who gives the family's e-mail, sits at her device, and is somebody else all the same.
  CustomerId add_tom() {
    events::Identifier own{"user_id", "tom-77"};
    auto out = append({
        event("Customer Updated", "tom-1", {own, {"email", "mailto:Zelda.Quux@example.com"}},
              R"({"first_name":"Tomtom","email":"Zelda.Quux@example.com","phone":"+33611111111",)"
              R"("contact":"tom@example.org or ZELDA.QUUX@example.com","zq":{"from":"anon-zq-device"}})"),
        event("Order Completed", "tom-2",
              {own, {"email", "zelda.quux@example.com"}, {"anonymous_id", "anon-zq-device"}},
              R"({"order_id":"zelda.quux@example.com-9","total":7.50,"device_id":"anon-zq-device","user_id":"tom-77",)"
              R"("list":["zelda.quux@example.com",1e2]})"),
        event("Page Viewed", "tom-3", {own, {"phone", "+33698765432"}}, R"({"path":"/x","phone":"06 98 76 54 32"})",
              Time{1'690'000'000'000'000}, events::kBot),
        event("Page Viewed", "tom-4", {own}, R"({"path":"/tea"})"),
    });
    for (const auto& outcome : out) EXPECT_EQ(outcome.fate, events::Fate::kept) << outcome.error.message;
    EXPECT_TRUE(history_->catch_up());
    return out[0].customer;
  }
  struct Row {
    std::string identifiers, properties;
  };
  std::map<std::string, Row> rows_by_key(CustomerId customer) {
    std::map<std::string, Row> out;
    EXPECT_TRUE(log_->sweep(Seq{0}, [&](const events::LogRow& row) {
      if (row.customer == customer)
        out[std::string(row.source_key)] = {std::string(row.identifiers), std::string(row.properties)};
      return true;
    }));
    return out;
  }

  std::vector<std::string> places_of(std::string_view needle) {
    auto out = test::files_with(directory(), needle);
    if (GetParam() == db::Driver::postgres)
      for (std::string& table : test::tables_with(store(), needle)) out.push_back(std::move(table));
    return out;
  }
  std::vector<std::string> all_places() {
    std::vector<std::string> out;
    for (const std::string& needle : kHers)
      for (const std::string& place : places_of(needle)) out.push_back(needle + " in " + place);
    return out;
  }
  using Rows = std::vector<std::pair<int64_t, std::string>>;
  /// What counts of every row: not whose it is.
  Rows totals() {
    Rows out;
    EXPECT_TRUE(log_->sweep(Seq{0}, [&](const events::LogRow& row) {
      out.emplace_back(row.seq.value, fmt::format("{} {} {} {}", log_->kind_name(row.kind), row.occurred_at.micros,
                                                  row.known_at.micros, row.source.value));
      return true;
    }));
    return out;
  }
  std::map<std::string, std::string> rows_of_erased() {
    std::map<std::string, std::string> out;
    EXPECT_TRUE(log_->sweep(Seq{0}, [&](const events::LogRow& row) {
      if (row.flags & events::kErased) out[log_->kind_name(row.kind)] = std::string(row.properties);
      return true;
    }));
    return out;
  }
  /// Of a version without the names that it gives customers.
  std::vector<std::vector<std::string>> told() {
    std::vector<std::vector<std::string>> out;
    for (int s = 0; s < kShards; ++s)
      for (const auto& part : history_->version()->shard(s).parts()) EXPECT_TRUE(part->touch({0, part->size()}));
    for (auto& [customer, lines] : timeline::everything(*history_->version())) {
      for (std::string& line : lines)
        if (size_t at = line.find(std::to_string(customer)); at != line.npos)
          line.erase(at, std::to_string(customer).size());
      out.push_back(std::move(lines));
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  SourceId shop_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<history::History> history_;
  std::unique_ptr<Service> service_;
  std::string elsewhere_;
  std::vector<CustomerId> taken_out_;
  std::vector<Time> kept_;  ///< Of people who were erased, each with the last that was learnt of them.
  int failures_ = 0;
};
CAIRN_ON_STORES(RightsTest);

TEST_P(RightsTest, nothing_of_a_person_is_left_anywhere) {
  add_crowd(600);
  CustomerId zelda = add_zelda();
  add_crowd(10);
  close_all();
  open_all();
  for (const std::string& needle : kHers)
    EXPECT_THAT(places_of(needle), Not(IsEmpty())) << needle << " was never stored: this test proves nothing";
  auto preview = service_->preview(zelda);
  ASSERT_TRUE(preview) << preview.error().message;
  EXPECT_EQ(preview->events.at("Order Completed"), 1);
  EXPECT_GE(preview->identifiers, 3);

  auto request = erase(zelda);
  ASSERT_TRUE(request) << request.error().message << " " << request.error().detail;
  EXPECT_EQ(request->state, State::begun);
  EXPECT_FALSE(erase(zelda)) << "hidden at commit: nobody finds them a second time";
  auto finished = service_->finish_now();
  ASSERT_TRUE(finished) << finished.error().message << " " << finished.error().detail;

  auto done = service_->find(request->id).value();
  EXPECT_EQ(done.state, State::done);
  EXPECT_FALSE(done.fresh.is_set());
  EXPECT_EQ(done.counts["events: Order Completed"], 1);
  EXPECT_EQ(done.counts["events: Page Viewed"], 2) << "one of them was set apart";
  EXPECT_EQ(done.counts["elsewhere"], 1);
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_FALSE(history_->version()->find(zelda));
  close_all();
  open_all();
  EXPECT_THAT(all_places(), IsEmpty());
}

TEST_P(RightsTest, what_came_with_others_goes_with_its_owner) {
  add_crowd(300);
  CustomerId zelda = add_zelda(), tom = add_tom();
  ASSERT_NE(identities_->aliases().root(tom), identities_->aliases().root(zelda));
  add_crowd(10);
  ASSERT_TRUE(history_->catch_up());
  Rows before = totals();
  close_all();
  open_all();
  auto request = erase(zelda);
  ASSERT_TRUE(request) << request.error().message << " " << request.error().detail;
  auto finished = service_->finish_now();
  ASSERT_TRUE(finished) << finished.error().message << " " << finished.error().detail;
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_EQ(service_->find(request->id).value().counts["rows of others"], 3);
  EXPECT_THAT(taken_out_, testing::ElementsAre(tom));

  // What is his own is as it was, but for an order's id that held her e-mail.
  auto rows = rows_by_key(tom);
  for (const char* key : {"tom-1", "tom-2", "tom-3", "tom-4"})
    EXPECT_EQ(rows[key].identifiers, "user_id=tom-77") << key;
  EXPECT_EQ(rows["tom-1"].properties,
            R"({"first_name":"Tomtom","phone":"+33611111111","contact":"tom@example.org or [erased]","zq":{}})");
  EXPECT_THAT(
      rows["tom-2"].properties,
      testing::MatchesRegex(R"(\{"order_id":"erased-[0-9a-f]{16}","total":7.50,"device_id":"erased-[0-9a-f]{16}",)"
                            R"("user_id":"tom-77","list":\[null,1e2\]\})"));
  EXPECT_EQ(rows["tom-3"].properties, R"({"path":"/x"})");
  EXPECT_EQ(rows["tom-4"].properties, R"({"path":"/tea"})");
  EXPECT_EQ(totals(), before);
  ASSERT_TRUE(history_->version()->find(tom));
  auto live = told();
  close_all();
  open_all();
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_EQ(told(), live);
  close_all();
  ASSERT_TRUE(system_files().remove_all(join_path(directory(), "timeline")));
  open_all();
  EXPECT_EQ(told(), live) << "built from nothing it is the same";
}

TEST_P(RightsTest, what_others_bring_behind_an_erasure_is_their_own) {
  CustomerId zelda = add_zelda(), tom = add_tom();
  ASSERT_TRUE(erase(zelda));
  append({event("Customer Updated", "tom-5", {{"user_id", "tom-77"}, {"email", "zelda.quux@example.com"}},
                R"({"email":"zelda.quux@example.com"})")});
  ASSERT_TRUE(service_->finish_now());
  auto rows = rows_by_key(tom);
  EXPECT_EQ(rows["tom-1"].identifiers, "user_id=tom-77");
  EXPECT_EQ(rows["tom-5"].identifiers, "user_id=tom-77\nemail=zelda.quux@example.com");
  EXPECT_EQ(rows["tom-5"].properties, R"({"email":"zelda.quux@example.com"})");
}

TEST_P(RightsTest, what_came_while_two_were_one_goes_with_its_owner) {
  CustomerId zelda = add_zelda();
  events::Identifier his{"user_id", "tom-77"};
  CustomerId tom = append({event("Order Completed", "tom-1", {his}, "{}")})[0].customer;
  people::Merging merging(world_, store(), *log_, *identities_);
  auto merge = merging.merge(tom, zelda, {"ann", "one household"});
  ASSERT_TRUE(merge) << merge.error().message;
  append({event("Order Completed", "tom-2", {his, {"email", "zelda.quux@example.com"}},
                R"({"total":5,"email":"zelda.quux@example.com"})")});
  ASSERT_TRUE(merging.unmerge(merge->tie.merge, {"ann", "they are two"}));
  ASSERT_TRUE(history_->catch_up());
  ASSERT_EQ(rows_by_key(tom)["tom-2"].identifiers, "user_id=tom-77\nemail=zelda.quux@example.com")
      << "nothing is proved";
  ASSERT_TRUE(erase(zelda));
  ASSERT_TRUE(service_->finish_now());
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_EQ(rows_by_key(tom)["tom-2"].identifiers, "user_id=tom-77");
  EXPECT_EQ(rows_by_key(tom)["tom-2"].properties, R"({"total":5})");
}

TEST_P(RightsTest, many_people_in_pages_that_were_split) {
  add_crowd(600);
  std::vector<std::pair<std::string, CustomerId>> some;
  EXPECT_TRUE(history_->catch_up());
  EXPECT_TRUE(log_->sweep(Seq{0}, [&](const events::LogRow& row) {
    if (row.seq.value % 60 == 0)
      some.emplace_back(events::split_identifiers(row.identifiers).front().value.substr(1), row.customer);
    return true;
  }));
  ASSERT_EQ(some.size(), 10u);
  for (const auto& [name, customer] : some) ASSERT_TRUE(erase(customer));
  auto finished = service_->finish_now();
  ASSERT_TRUE(finished) << finished.error().message << " " << finished.error().detail;
  for (const auto& [name, customer] : some) EXPECT_THAT(places_of(name), IsEmpty()) << name;
}

TEST_P(RightsTest, totals_stay_also_when_all_is_built_anew) {
  add_crowd(300);
  CustomerId zelda = add_zelda();
  Rows before = totals();
  uint64_t events = history_->version()->events(), customers = history_->version()->customers();
  ASSERT_TRUE(erase(zelda));
  ASSERT_TRUE(service_->finish_now());
  EXPECT_EQ(totals(), before);
  EXPECT_EQ(history_->version()->events(), events);
  EXPECT_EQ(history_->version()->customers(), customers);
  auto live = told();
  close_all();
  ASSERT_TRUE(system_files().remove_all(join_path(directory(), "timeline")));
  open_all();
  EXPECT_EQ(told(), live);
  auto rows = rows_of_erased();
  EXPECT_EQ(rows["Survey Answered"], R"({"survey":"nps","response_id":"r1","score":3,"comment":"[erased]"})");
  EXPECT_EQ(rows["Customer Updated"], R"({"region":"ARA"})");
  EXPECT_THAT(rows["Order Completed"],
              testing::MatchesRegex(R"(\{"order_id":"erased-[0-9a-f]{16}","total":12.50,"channel":"web",)"
                                    R"("products":\[\{"sku":"T1","price":"12.50","quantity":1\}\]\})"));
}

TEST_P(RightsTest, a_late_retry_brings_nobody_back) {
  CustomerId zelda = add_zelda();
  ASSERT_TRUE(erase(zelda));
  ASSERT_TRUE(service_->finish_now());
  auto last = log_->last();
  for (bool is_reopened : {false, true}) {
    if (is_reopened) {
      close_all();
      ASSERT_TRUE(system_files().remove_all(join_path(directory(), "fingerprints")));
      open_all();
    }
    auto again =
        append({event("Order Completed", "zq-message-3", {{"user_id", "zq-4711-user"}}, R"({"total":12.50})")});
    EXPECT_EQ(again[0].fate, events::Fate::already_there);
    EXPECT_EQ(log_->last(), last);
    EXPECT_THAT(all_places(), IsEmpty());
  }
  // Who comes again is somebody new.
  auto anew = append({event("Order Completed", "new", {{"user_id", "zq-4711-user"}}, "{}")});
  EXPECT_NE(anew[0].customer, zelda);
  EXPECT_TRUE(log_->verify([](const std::string& finding) { ADD_FAILURE() << finding; }));
}

TEST_P(RightsTest, what_was_cut_off_is_taken_up_again) {
  add_crowd(50);
  CustomerId zelda = add_zelda();
  Rows before = totals();
  auto request = erase(zelda).value();
  // Cut off behind the commit that hides her.
  close_all();
  open_all();
  // Cut off with some rows rewritten and the timelines told nothing.
  Request begun = service_->find(request.id).value();
  ASSERT_EQ(begun.state, State::begun);
  auto rows = timeline::rows_of(*history_->version(), begun.ids).value();
  ASSERT_GE(rows.size(), 4u);
  std::vector<events::Identifier> known = {{"email", "zelda.quux@example.com"}};
  events::Needles needles(known, begun.ids);
  ASSERT_TRUE(store().write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(events::erase_rows(tx, *log_, {begun.ids, begun.fresh, needles}, std::span(rows).first(2)));
    return {};
  }));
  close_all();
  open_all();
  // Cut off behind the rows.
  failures_ = 1;
  EXPECT_FALSE(service_->finish_now());
  close_all();
  open_all();
  auto finished = service_->finish_now();
  ASSERT_TRUE(finished) << finished.error().message << " " << finished.error().detail;
  EXPECT_EQ(service_->find(request.id).value().state, State::done);
  EXPECT_EQ(totals(), before);
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_EQ(elsewhere_, "");
}

TEST_P(RightsTest, what_was_cut_off_in_others_rows_is_taken_up_again) {
  add_crowd(50);
  CustomerId zelda = add_zelda(), tom = add_tom();
  add_crowd(150);
  ASSERT_TRUE(history_->catch_up());
  auto request = erase(zelda).value();
  // Cut off with his rows rewritten and the timelines told nothing: a snapshot has what they said.
  ASSERT_TRUE(store().write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    events::Mentions mentions(
        TRY(noted_own_identifiers(tx, request.id)),
        [](std::string_view kind, std::string_view value) { return people::normal(kind, value, "FR"); });
    auto rows = TRY(timeline::rows_of(*history_->version(), std::vector{tom}));
    for (CustomerId customer : TRY(events::take_out(tx, *log_, mentions, rows)).customers)
      TRY(tx.run(
          "rights.mention_changed",
          {{"request", request.id}, {"shard", shard_of(customer)}, {"customer", customer}, {"last", log_->last()}}));
    return {};
  }));
  ASSERT_EQ(rows_by_key(tom)["tom-1"].identifiers, "user_id=tom-77");
  close_all();
  open_all();
  ASSERT_THAT(places_of("Zelda.Quux@example.com"), Not(IsEmpty()));
  // Cut off behind others' rows.
  failures_ = 1;
  EXPECT_FALSE(service_->finish_now());
  close_all();
  open_all();
  auto finished = service_->finish_now();
  ASSERT_TRUE(finished) << finished.error().message << " " << finished.error().detail;
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_THAT(taken_out_, testing::ElementsAre(tom)) << "also of who read his rows before the crash";
}

TEST_P(RightsTest, one_that_cannot_be_carried_out_keeps_nobody_waiting) {
  CustomerId zelda = add_zelda();
  CustomerId other = append({event("Order Completed", "o1", {{"user_id", "other"}}, "{}")})[0].customer;
  ASSERT_TRUE(history_->catch_up());
  RequestId first = erase(zelda)->id, second = erase(other)->id;
  failures_ = 1;
  auto finished = service_->finish_now();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message, "the disk is away") << "it is told all the same";
  EXPECT_EQ(service_->find(first)->state, State::begun);
  EXPECT_EQ(service_->find(second)->state, State::done);
  ASSERT_TRUE(service_->finish_now());
  EXPECT_EQ(service_->find(first)->state, State::done);
}

TEST_P(RightsTest, nobody_is_erased_again_by_another_id_that_was_theirs) {
  auto apart = append({event("Page Viewed", "p1", {{"anonymous_id", "device"}}, "{}"),
                       event("Order Completed", "o1", {{"user_id", "7"}}, "{}")});
  append({event("Order Completed", "o2", {{"user_id", "7"}, {"anonymous_id", "device"}}, "{}")});
  CustomerId a = apart[0].customer, b = apart[1].customer;
  ASSERT_NE(a, b);
  ASSERT_EQ(identities_->aliases().root(a), identities_->aliases().root(b)) << "they are not merged: nothing is proved";
  ASSERT_TRUE(history_->catch_up());
  ASSERT_TRUE(erase(a));
  for (bool is_done : {false, true}) {
    // Now nothing tells any more that they were one, and rows of both are there until it is done.
    close_all();
    open_all();
    ASSERT_NE(identities_->aliases().root(a), identities_->aliases().root(b));
    for (CustomerId id : {a, b}) {
      auto again = erase(id);
      ASSERT_FALSE(again);
      EXPECT_EQ(again.error().code, Code::conflict) << again.error().message;
    }
    EXPECT_EQ(service_->list(RequestId{INT64_MAX}, 10)->size(), 1u);
    if (!is_done) {
      ASSERT_TRUE(service_->finish_now());
    }
  }
}

TEST_P(RightsTest, no_example_of_an_undeclared_name_outlives_its_event) {
  auto names = events::Undeclared::open(world_, store()).value();
  auto send = [&](const std::string& key, const char* property, const char* value) {
    auto fate = events::Fate::refused;
    EXPECT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
      std::vector<events::NewEvent> one = {event("Order Completed", key, {{"user_id", "zq-4711-user"}},
                                                 fmt::format(R"({{"{}":"{}"}})", property, value))};
      std::vector<events::NewName> met = {events::Undeclared::name_of(property, json::Value(value))};
      auto outcomes = TRY(log_->append(tx, *identities_, one, {.source = shop_}));
      TRY(names->note(tx, met, one, outcomes, {shop_}));
      fate = outcomes[0].fate;
      return {};
    }));
    return fate;
  };
  CustomerId zelda = add_zelda();
  ASSERT_EQ(send("last", "scent", "zq-undeclared-text"), events::Fate::kept);
  EXPECT_EQ(names->list()->names.at(0).example, "zq-undeclared-text") << "it is there as soon as its event is";
  ASSERT_TRUE(history_->catch_up());
  ASSERT_TRUE(erase(zelda));
  ASSERT_TRUE(service_->finish_now());
  EXPECT_EQ(names->list()->names.at(0).example, "");
  for (const char* property : {"scent", "hue"})
    EXPECT_EQ(send("last", property, "zq-undeclared-text"), events::Fate::already_there);
  EXPECT_EQ(names->list()->names.size(), 1u) << "nothing is taken from what is sent again";
  EXPECT_THAT(all_places(), IsEmpty());
}

TEST_P(RightsTest, no_example_of_an_undeclared_name_outlives_a_rule) {
  auto names = events::Undeclared::open(world_, store()).value();
  for (auto [key, at] : {std::pair("old", clock_.now() - days(61)), std::pair("new", clock_.now())})
    ASSERT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
      std::vector<events::NewEvent> one = {
          event("Page Viewed", key, {{"user_id", "7"}}, fmt::format(R"({{"{}":"zq-undeclared-text"}})", key), at)};
      std::vector<events::NewName> met = {events::Undeclared::name_of(key, json::Value("zq-undeclared-text"))};
      auto outcomes = TRY(log_->append(tx, *identities_, one, {.source = shop_}));
      return names->note(tx, met, one, outcomes, {shop_});
    }));
  ASSERT_TRUE(service_->set({"operator", {}}, {{"Page Viewed", 60}}, {}));
  EXPECT_EQ(service_->run_retention().value(), 1);
  auto listed = names->list()->names;
  ASSERT_EQ(listed.size(), 2u);
  for (const events::UndeclaredProperty& name : listed)
    EXPECT_EQ(name.example, name.property == "old" ? "" : "zq-undeclared-text") << name.property;
}

TEST_P(RightsTest, a_row_that_came_behind_is_taken_out_too) {
  CustomerId zelda = add_zelda();
  ASSERT_TRUE(erase(zelda));
  ASSERT_TRUE(service_->finish_now());
  class Hers final : public events::Identify {
   public:
    explicit Hers(CustomerId id) : id_(id) {}
    Result<CustomerId> identify(db::Transaction&, const std::vector<events::Identifier>&, const Context&) override {
      return id_;
    }

   private:
    CustomerId id_;
  } hers(zelda);
  ASSERT_TRUE(store().write_now(db::Lane::reactor, [&](db::Transaction& tx) -> Result<void> {
    TRY(log_->append(tx, hers,
                     std::vector{event("Segment Left", "late", {{"external:cairn", "1"}}, R"({"segment":"x"})")},
                     {.source = shop_}));
    return {};
  }));
  ASSERT_TRUE(history_->catch_up());
  ASSERT_TRUE(history_->version()->find(zelda));
  Eraser eraser(service_->parts());
  EXPECT_EQ(eraser.sweep_stragglers(Time{}).value(), 1);
  EXPECT_FALSE(history_->version()->find(zelda));
  EXPECT_EQ(eraser.sweep_stragglers(Time{}).value(), 0);
}

TEST_P(RightsTest, rows_of_an_import_whose_undo_was_cut_off_are_erased_too) {
  CustomerId zelda = add_zelda();
  ASSERT_TRUE(store().write_now(db::Lane::ingestion, [&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("import.add_run", {{"id", 1},
                                  {"preset", "events"},
                                  {"files", "x"},
                                  {"fingerprint", "1"},
                                  {"state", "undoing"},
                                  {"started_at", clock_.now()}}));
    std::vector<events::NewEvent> bought = {event("Order Completed", "past", {{"user_id", "zq-4711-user"}},
                                                  R"({"order_id":"zq-past","gift_note":"my secret wish"})")};
    TRY(log_->append(tx, *identities_, bought, {.source = shop_, .run = RunId{1}}));
    return {};
  }));
  ASSERT_TRUE(history_->remake({}));
  ASSERT_TRUE(erase(zelda));
  ASSERT_TRUE(service_->finish_now());
  EXPECT_THAT(all_places(), IsEmpty());
}

TEST_P(RightsTest, rules_remove_what_is_old_and_nothing_else) {
  Time now = clock_.now();
  std::vector<events::NewEvent> list;
  for (int i = 0; i < 100; ++i)
    list.push_back(event(i % 2 ? "Page Viewed" : "Order Completed", fmt::format("m{}", i),
                         {{"user_id", fmt::format("u{}", i % 7)}}, "{}", now - days(i),
                         i % 10 == 1 ? events::kBot : 0u));
  append(list);
  ASSERT_TRUE(history_->catch_up());
  accounts::Actor actor{"operator", {}};
  EXPECT_FALSE(service_->set(actor, {{"Page Viewed", 0}}, {}));
  EXPECT_FALSE(service_->set(actor, {{"Page Viewed", 3}, {"Page Viewed", 4}}, {}));
  std::vector<Rule> rules = {{"Page Viewed", 60}, {"Never Seen", 1}};
  ASSERT_TRUE(service_->set(actor, rules, {{"Invoices: 10 years"}, 35}));
  auto due = service_->preview_rules(rules).value();
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].rows, 20) << "61, 63, … 99";
  EXPECT_EQ(due[1].rows, 0);
  uint64_t events = history_->version()->events();
  EXPECT_EQ(service_->run_retention().value(), 20);
  EXPECT_EQ(history_->version()->events(), events - 16) << "four of them were set apart";
  int64_t left = 0;
  EXPECT_TRUE(log_->sweep(Seq{0}, [&](const events::LogRow& row) {
    ++left;
    EXPECT_TRUE(log_->kind_name(row.kind) != "Page Viewed" || row.occurred_at >= now - days(60));
    return true;
  }));
  EXPECT_EQ(left, 80);
  auto live = told();
  close_all();
  open_all();
  EXPECT_EQ(told(), live) << "no snapshot brings them back";
  EXPECT_EQ(service_->run_retention().value(), 0);
  auto runs = service_->runs(10).value();
  ASSERT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs[2].removed, 20);
  EXPECT_TRUE(runs[2].is_done);
  EXPECT_EQ(service_->settings().value().duties, std::vector<std::string>{"Invoices: 10 years"});
}

TEST_P(RightsTest, proofs_of_who_was_erased_have_an_end) {
  Time now = clock_.now();
  kept_ = {now - days(1827), now - days(1825), now - days(31), now};
  EXPECT_EQ(service_->run_retention().value(), 1) << "five years, unless somebody says otherwise";
  accounts::Actor actor{"operator", {}};
  EXPECT_FALSE(service_->set(actor, {}, {.proof_days = 0}));
  ASSERT_TRUE(service_->set(actor, {}, {.proof_days = 30}));
  EXPECT_EQ(service_->settings()->proof_days, 30);
  EXPECT_EQ(service_->run_retention().value(), 2);
  EXPECT_THAT(kept_, testing::ElementsAre(now));
}

TEST_P(RightsTest, a_shop_asks_for_its_customers) {
  CustomerId zelda = add_zelda();
  std::string body = R"({"shop_id":1,"customer":{"id":900,"email":"ZELDA.QUUX@example.com","phone":""}})";
  auto asked = read_shop_request("customers/data_request", "w1", body, "shop").value();
  auto exported = service_->take(asked, "shopify:shop").value();
  EXPECT_EQ(exported.state, State::waiting);
  EXPECT_EQ(exported.customer, identities_->aliases().root(zelda));
  EXPECT_EQ(service_->take(asked, "shopify:shop").value().id, exported.id) << "the same key is the same request";
  ASSERT_TRUE(service_->note_exported({"session", UserId{1}}, zelda));
  EXPECT_EQ(service_->find(exported.id).value().state, State::done);

  auto redact = read_shop_request("customers/redact", "w2", body, "shop").value();
  auto erased = service_->take(redact, "shopify:shop").value();
  EXPECT_EQ(erased.act, Act::erase);
  ASSERT_TRUE(service_->finish_now());
  EXPECT_THAT(all_places(), IsEmpty());
  EXPECT_EQ(service_->take(redact, "shopify:shop").value().state, State::done);
  EXPECT_EQ(
      service_->take(read_shop_request("customers/redact", "w3", body, "shop").value(), "shopify:shop").value().state,
      State::done)
      << "nobody is there any more";
  auto shop =
      service_->take(read_shop_request("shop/redact", "w4", R"({"shop_id":1})", "shop").value(), "shopify:shop");
  EXPECT_EQ(shop.value().state, State::waiting) << "a person decides on that";
  EXPECT_EQ(service_->close({"session", UserId{1}}, shop->id).value().state, State::done);
  EXPECT_FALSE(read_shop_request("orders/create", "w5", body, "shop"));
  EXPECT_FALSE(read_shop_request("customers/redact", "w6", "[]", "shop"));
}

TEST_P(RightsTest, an_export_answers_what_was_asked_before_a_merge) {
  auto out = append({event("Order Completed", "o1", {{"external:shop", "900"}}, "{}"),
                     event("Order Completed", "o2", {{"user_id", "7"}}, "{}"),
                     event("Order Completed", "o3", {{"external:shop", "901"}}, "{}")});
  auto ask = [&](const char* key, int number) {
    std::string body = fmt::format(R"({{"shop_id":1,"customer":{{"id":{}}}}})", number);
    return service_->take(read_shop_request("customers/data_request", key, body, "shop").value(), "shopify:shop")->id;
  };
  RequestId before = ask("w1", 900), of_another = ask("w2", 901);
  people::Merging merging(world_, store(), *log_, *identities_);
  ASSERT_TRUE(merging.merge(out[0].customer, out[1].customer, {"ann", "the same"}));
  ASSERT_EQ(service_->find(before)->state, State::waiting);
  ASSERT_NE(service_->find(before)->customer, identities_->aliases().root(out[0].customer)) << "nothing is proved";
  ASSERT_TRUE(service_->note_exported({"session", UserId{1}}, out[1].customer));
  EXPECT_EQ(service_->find(before)->state, State::done);
  EXPECT_EQ(service_->find(of_another)->state, State::waiting);
}

TEST(ShopRequest, is_signed_with_the_secret_over_the_bytes) {
  // RFC 4231, test case 2, in base64.
  std::string mac =
      crypto::to_base64(crypto::from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843").value());
  EXPECT_TRUE(is_signed("Jefe", "what do ya want for nothing?", mac));
  EXPECT_FALSE(is_signed("Jefe", "what do ya want for nothing!", mac));
  EXPECT_FALSE(is_signed("jefe", "what do ya want for nothing?", mac));
  EXPECT_FALSE(is_signed("Jefe", "what do ya want for nothing?", ""));
}

}  // namespace
}  // namespace cairn::rights

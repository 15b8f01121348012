#include "questions/service.h"

#include <gmock/gmock.h>

#include "questions/by_hand.h"
#include "questions/csv.h"
#include "questions/form.h"
#include "json/value.h"

namespace cairn::questions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class QuestionsTest : public testing::Test {
 protected:
  void SetUp() override {
    fill(history_);
    history_.build();
  }
  Result<Answer> try_ask(Asked asked) { return service_.ask(asked, std::make_shared<Running>()); }
  Answer ask(Asked asked) {
    auto out = try_ask(asked);
    EXPECT_TRUE(out) << asked.text << ": " << out.error().message;
    return out ? std::move(*out) : Answer{};
  }
  Answer ask(std::string text, std::string as_of = "") { return ask(Asked{std::move(text), std::move(as_of)}); }
  std::string csv(std::string text, std::string_view table = "") {
    Answer answer = ask(std::move(text));
    const Table* found = table.empty() ? (answer.tables.empty() ? nullptr : &answer.tables[0]) : answer.find(table);
    return found ? to_csv(*found, answer.zone) : facts_csv(answer);
  }
  Error error(Asked asked) {
    auto out = try_ask(asked);
    EXPECT_FALSE(out) << asked.text;
    return out ? Error{} : out.error();
  }
  static std::string fact(const Answer& answer, std::string_view name) {
    const query::Value* value = answer.fact(name);
    return value ? query::to_text(*value) : "(none)";
  }

  FakeClock clock_{parse_moment("2026-04-01T00:00:00Z", Zone()).value()};
  World world_{clock_, system_entropy(), system_executor(), system_files()};
  HandHistory history_;
  Service service_{world_, history_};
};

// ---- composing ----

TEST_F(QuestionsTest, AConditionIsAskedOfEverybody) {
  Answer answer = ask("exists( orders )");
  EXPECT_EQ(answer.form, "condition");
  EXPECT_EQ(answer.text, "exists(orders)");
  EXPECT_EQ(fact(answer, "customers"), "2");
  EXPECT_EQ(fact(answer, "of"), "3");
  EXPECT_THAT(answer.tables[0].customers, ElementsAre(CustomerId{1}, CustomerId{2}));
  EXPECT_EQ(answer.last, Seq{9});
  EXPECT_EQ(answer.as_of, clock_.now());
}

TEST_F(QuestionsTest, TheMomentIsTheQuestions) {
  Answer then = ask("exists(orders)", "2026-01-15");
  EXPECT_EQ(fact(then, "customers"), "1");
  EXPECT_EQ(fact(then, "of"), "1") << "the others had not come yet";
  EXPECT_EQ(to_rfc3339(then.as_of), "2026-01-15T00:00:00Z");
  EXPECT_EQ(fact(ask("select(exists(orders)) as of 2026-01-15"), "of"), "1");
  EXPECT_EQ(ask("select(exists(orders))", "2026-01-15").text, "select(exists(orders)) as of 2026-01-15");
  EXPECT_EQ(ask("select(exists(orders))", "2026-01-15T12:00:00+02:00").text,
            "select(exists(orders)) as of 2026-01-15T10:00:00Z");
}

TEST_F(QuestionsTest, AsKnownHidesWhatWasLearntLater) {
  history_.add(3, "Order Completed", "2026-03-02T00:00:00Z", R"({"order_id":"9","total":1})").known_at =
      parse_moment("2026-03-20", Zone()).value();
  history_.build();
  EXPECT_EQ(fact(ask("exists(orders)", "2026-03-10"), "customers"), "3");
  Answer known = ask(Asked{"exists(orders)", "2026-03-10", true});
  EXPECT_EQ(fact(known, "customers"), "2");
  EXPECT_TRUE(known.as_known);
}

TEST_F(QuestionsTest, PastMomentsOfACondition) {
  Asked asked{"exists(orders)"};
  asked.moments = {"2026-01-15", "2026-03-15"};
  Answer answer = ask(asked);
  EXPECT_EQ(to_csv(*answer.find("moments"), answer.zone),
            "as_of,customers,of\r\n2026-01-15T00:00:00Z,1,1\r\n2026-03-15T00:00:00Z,2,3\r\n");
}

TEST_F(QuestionsTest, HowValuesAreDistributed) {
  Answer answer = ask("sum(orders.total)");
  EXPECT_EQ(answer.form, "expression");
  EXPECT_EQ(fact(answer, "known"), "3");
  EXPECT_EQ(fact(answer, "min"), "0 EUR");
  EXPECT_EQ(fact(answer, "median"), "10 EUR");
  EXPECT_EQ(fact(answer, "p75"), "42.75 EUR");
  EXPECT_EQ(fact(answer, "max"), "75.50 EUR");
  EXPECT_EQ(fact(answer, "mean"), "28.50 EUR");
  EXPECT_EQ(fact(answer, "sum"), "85.50 EUR");
  EXPECT_EQ(csv("count(orders)"),
            "value,customers,share\r\n0,1,0.3333333333333333\r\n1,1,0.3333333333333333\r\n"
            "2,1,0.3333333333333333\r\n");
  EXPECT_EQ(csv("last(product_viewed.channel)"),
            "value,customers,share\r\nweb,2,0.6666666666666666\r\napp,1,0.3333333333333333\r\n")
      << "the most frequent first";
  EXPECT_EQ(fact(ask("days_since(orders)"), "unknown"), "1");
  EXPECT_EQ(fact(ask("sequence(order_completed then order_delivered on order_id).duration"), "median"), "2 days");
}

TEST_F(QuestionsTest, EveryQuestionAsATable) {
  struct Case {
    const char* text;
    const char* wanted;
  };
  for (const Case& c : std::vector<Case>{
           {"select(count(orders) >= 2)", "customer\r\n1\r\n"},
           {"values(count(orders), sum(orders.total)) for exists(orders)",
            "customer,count(orders),sum(orders.total),sum(orders.total).minor,sum(orders.total).currency\r\n"
            "1,2,75.50,7550,EUR\r\n2,1,10.00,1000,EUR\r\n"},
           {"values(first(survey_answered.score), max(orders.total)) for not exists(orders)",
            "customer,first(survey_answered.score),max(orders.total),max(orders.total).minor,max(orders.total)."
            "currency\r\n3,,,,\r\n"},
           {"series(sum(orders.total) by month)",
            "month,value,value.minor,value.currency,rows,skipped\r\n2026-01,40.00,4000,EUR,1,0\r\n"
            "2026-02,45.50,4550,EUR,2,0\r\n"},
           {"series(count(order_completed) by quarter, channel)",
            "quarter,channel,value,rows,skipped\r\n2026-Q1,app,1,1,0\r\n2026-Q1,web,2,2,0\r\n"},
           {"series(count(order_completed))", "value,rows,skipped\r\n3,3,0\r\n"},
           {"funnel(product_viewed then order_completed where channel = \"web\" within 1 day)",
            "step,event,customers,of_start,of_previous,delay_p25.seconds,delay_median.seconds,delay_p75.seconds\r\n"
            "1,product_viewed,3,1,,,,\r\n"
            "2,\"order_completed where channel = \"\"web\"\"\",1,0.3333333333333333,0.3333333333333333,3600,3600,3600"
            "\r\n"},
           {"retention(order_completed then order_completed by month) as of 2026-02-28",
            "month,period,customers,returned,share\r\n2026-01,0,1,0,0\r\n2026-01,1,1,1,1\r\n2026-02,0,1,0,0\r\n"},
           {"retention(order_completed then order_completed every 30 days) as of 2026-02-28",
            "period,customers,returned,share\r\n0,1,0,0\r\n"},
           {"paths(from product_viewed depth 2)",
            "way,customers,share\r\n"
            "product_viewed,1,0.3333333333333333\r\n"
            "product_viewed > order_completed > order_delivered,1,0.3333333333333333\r\n"
            "product_viewed > order_completed > ticket_opened,1,0.3333333333333333\r\n"},
           {"paths(to order_completed depth 1)",
            "way,customers,share\r\norder_delivered > order_completed,1,0.5\r\n"
            "product_viewed > order_completed,1,0.5\r\n"},
           {"transitions() for count(orders) = 1",
            "from,to,count,share,delay_mean.seconds,delay_min.seconds,delay_max.seconds\r\n"
            "order_completed,ticket_opened,1,1,183600,183600,183600\r\n"
            "product_viewed,order_completed,1,1,3600,3600,3600\r\n"
            "ticket_opened,survey_answered,1,1,86400,86400,86400\r\n"},
       }) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(csv(c.text), c.wanted);
  }
}

TEST_F(QuestionsTest, PathsAsNodesAndLinks) {
  EXPECT_EQ(csv("paths(to order_completed depth 1)", "nodes"),
            "step,event,customers\r\n0,order_completed,2\r\n-1,order_delivered,1\r\n-1,product_viewed,1\r\n");
  EXPECT_THAT(csv("paths(from product_viewed depth 1)", "links"), HasSubstr("product_viewed,order_completed,2\r\n"));
  EXPECT_THAT(csv("paths(to order_completed depth 1)", "links"), HasSubstr("product_viewed,order_completed,1\r\n"));
}

// ---- errors ----

TEST_F(QuestionsTest, ErrorsSayWhereAndWhatToDo) {
  struct Case {
    Asked asked;
    const char* field;
    const char* message;
  };
  Asked twice{"select(exists(orders)) as of 2026-01-01", "2026-02-01"};
  Asked no_time{"exists(orders)", "soon"};
  Asked no_moment{"count(orders)"};
  no_moment.moments = {"2026-01-01"};
  Asked many{"exists(orders)"};
  many.moments.assign(kMomentsMax + 1, "2026-01-01");
  Asked bad_moment{"exists(orders)"};
  bad_moment.moments = {"2026-13-01"};
  for (const Case& c : std::vector<Case>{
           {{""}, "text", "col 1: "},
           {{"sum(orders.totl) > 3"}, "text", "col 12: orders have no 'totl'. Did you mean 'total'?"},
           {{"exists(orders) and segment(\"vip\")"}, "text", "vip"},
           {{"event.total > 3"}, "text", "col 1: "},
           {{"sum(orders.total) > 3 USD"}, "text", "USD"},
           {twice, "as_of", "names its moment itself"},
           {no_time, "as_of", "soon"},
           {no_moment, "moments", "condition"},
           {many, "moments", "at most 60"},
           {bad_moment, "moments", "2026-13-01"},
       }) {
    SCOPED_TRACE(c.asked.text);
    Error got = error(c.asked);
    EXPECT_EQ(got.code, Code::invalid);
    EXPECT_EQ(got.field, c.field);
    EXPECT_THAT(got.message, HasSubstr(c.message));
  }
}

TEST(QuestionsBuilding, SayHowFarTheTimelinesAre) {
  HandHistory history;
  history.now_standing = {history::Standing::State::building, Seq{43}, Seq{100}, {}};
  World world = system_world();
  Service service(world, history);
  auto answer = service.ask({"exists(orders)"}, std::make_shared<Running>());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("43 %"));
  EXPECT_TRUE(service.check("exists(orders)")) << "a text can be checked meanwhile";
  history.now_standing.state = history::Standing::State::failed;
  history.now_standing.finding = "the disk is full";
  EXPECT_THAT(service.ask_one({"count(orders)", CustomerId{1}}).error().message, HasSubstr("the disk is full"));
}

// ---- columns, plans ----

TEST_F(QuestionsTest, AColumnThatNobodyDeclaredIsMadeOnce) {
  history_.declare("Order Completed", {"gift", query::PropertyType::text, true, false});
  EXPECT_EQ(fact(ask("exists(order_completed where gift = \"yes\")"), "customers"), "1");
  EXPECT_EQ(history_.columns_made, 1);
  EXPECT_EQ(fact(ask("exists(order_completed where gift = \"yes\")"), "customers"), "1");
  EXPECT_EQ(history_.columns_made, 1);
}

TEST_F(QuestionsTest, MakingAColumnCanBeStopped) {
  history_.declare("Order Completed", {"gift", query::PropertyType::text, true, false});
  auto running = std::make_shared<Running>();
  std::string line;
  history_.while_reading = [&] {
    line = running->line();
    if (line.ends_with("30 %")) running->cancel();
  };
  auto answer = service_.ask({"exists(order_completed where gift = \"yes\")"}, running);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::conflict);
  EXPECT_EQ(answer.error().message, "the question was cancelled");
  EXPECT_EQ(line, "reading order_completed.gift from the log … 30 %");
  EXPECT_EQ(history_.columns_made, 0);
}

TEST_F(QuestionsTest, ACancelledQuestionSaysSo) {
  for (const char* text : {"exists(orders)", "count(orders)", "transitions()", "series(count(orders) by month)"}) {
    auto running = std::make_shared<Running>();
    running->cancel();
    auto answer = service_.ask({text}, running);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().message, "the question was cancelled");
    EXPECT_EQ(running->state().stage, Running::Stage::done);
  }
}

/// Shards one after the other; before the second somebody wants it to end.
class StoppingExecutor final : public Executor {
 public:
  std::shared_ptr<Running> running;
  std::unique_ptr<Queue> make_queue(std::string_view name) override { return system_executor().make_queue(name); }
  std::shared_ptr<Signal> make_signal() override { return system_executor().make_signal(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return system_executor().start(name, std::move(loop));
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    for (size_t i = 0; i < count; ++i) {
      if (i == 1) running->cancel();
      body(i);
    }
  }
  unsigned parallelism() const override { return 1; }
};

TEST(QuestionsCancel, AScanEndsWithinItsBlock) {
  HandHistory history;
  // In four shards, some blocks in each.
  uint64_t customers = 0;
  for (int64_t id = 1; customers < 12'000; ++id) {
    if (shard_of(CustomerId{id}) >= 4) continue;
    ++customers;
    history.add(id, "Order Completed", "2026-01-01T06:00:00Z", R"({"order_id":"1","total":40})");
  }
  history.build();
  StoppingExecutor executor;
  FakeClock clock{parse_moment("2026-04-01T00:00:00Z", Zone()).value()};
  World world{clock, system_entropy(), executor, system_files()};
  Service service(world, history);
  for (const char* text :
       {"count(orders) = 1", "sum(orders.total)", "series(count(orders) by month)", "values(count(orders))",
        "funnel(order_completed then order_completed)", "retention(order_completed then order_completed by month)"}) {
    executor.running = std::make_shared<Running>();
    auto answer = service.ask({text}, executor.running);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().code, Code::conflict);
    EXPECT_EQ(answer.error().message, "the question was cancelled");
    EXPECT_LT(executor.running->progress().customers_done.load(), 7000u) << text << ": no more than the block at hand";
  }
}

TEST_F(QuestionsTest, WhatTakesTooLongIsStopped) {
  history_.declare("Order Completed", {"gift", query::PropertyType::text, true, false});
  auto running = std::make_shared<Running>();
  auto pause = system_executor().make_signal();
  // It reads until the clock stops it.
  history_.while_reading = [&] {
    while (!running->is_stopped()) (void)pause->wait_for(milliseconds(1));
  };
  auto answer = service_.ask({"exists(order_completed where gift = \"yes\")"}, running, milliseconds(5));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::too_large);
  EXPECT_THAT(answer.error().message, HasSubstr("as a job"));
}

TEST_F(QuestionsTest, SegmentsAreThoseThatThereAre) {
  auto set = std::make_shared<Segments>();
  set->generation = 1;
  set->checked.emplace("buyers", *service_.check("exists(orders)"));
  std::shared_ptr<const Segments> now = set;
  service_.use_segments([&] { return now; });
  EXPECT_EQ(fact(ask("segment(\"buyers\")"), "customers"), "2");
  EXPECT_THAT(service_.segment_names(), ElementsAre("buyers"));
  auto other = std::make_shared<Segments>(*set);
  other->generation = 2;
  other->checked.at("buyers") = *service_.check("count(orders) >= 2");
  now = other;
  EXPECT_EQ(fact(ask("segment(\"buyers\")"), "customers"), "1") << "the plan before is forgotten";
}

// ---- who may see what ----

TEST_F(QuestionsTest, WhoMaySeeNobodyLearnsOfNobody) {
  auto asked = [](std::string text) {
    Asked out{std::move(text)};
    out.sees_customers = false;
    return out;
  };
  Answer counted = ask(asked("exists(orders)"));
  EXPECT_EQ(fact(counted, "customers"), "2");
  EXPECT_TRUE(counted.tables.empty());
  EXPECT_EQ(fact(ask(asked("series(count(orders))")), "rows"), "3");
  for (const char* text : {"values(count(orders))", "exists(ticket_opened where url = \"x\")",
                           "series(count(ticket_opened) by url)", "last(ticket_opened.url)"}) {
    Error refused = error(asked(text));
    EXPECT_EQ(refused.code, Code::forbidden) << text;
    EXPECT_THAT(refused.message, HasSubstr("view_customers"));
    EXPECT_TRUE(try_ask({text})) << text;
  }
}

// ---- one customer ----

TEST_F(QuestionsTest, OneCustomerAndWhy) {
  AskedOfOne asked{"count(orders last 60 days) > 0 and exists(ticket_opened)", CustomerId{2}};
  asked.as_of = "2026-02-10";
  asked.explains = true;
  auto answer = service_.ask_one(asked);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(query::to_text(answer->value), "true");
  EXPECT_EQ(to_rfc3339(*answer->valid_until), "2026-04-02T06:00:00Z") << "60 days after the order";
  ASSERT_GE(answer->why.size(), 3u);
  EXPECT_EQ(answer->why[0].text, answer->text);
  const Why* count = nullptr;
  for (const Why& why : answer->why)
    if (why.text == "count(orders last 60 days)") count = &why;
  ASSERT_NE(count, nullptr);
  ASSERT_EQ(count->events.size(), 1u);
  EXPECT_EQ(count->events[0].seq, Seq{6});
  EXPECT_EQ(count->events[0].kind, "order_completed");
  EXPECT_EQ(to_rfc3339(count->events[0].occurred_at), "2026-02-01T06:00:00Z");

  EXPECT_EQ(service_.ask_one({"count(orders)", CustomerId{99}}).error().code, Code::not_found);
  EXPECT_THAT(service_.ask_one({"transitions()", CustomerId{1}}).error().message, HasSubstr("expression"));
  EXPECT_EQ(service_.ask_one({"count(orders)", CustomerId{1}, "soon"}).error().field, "as_of");
}

// ---- forms ----

TEST_F(QuestionsTest, NoFormulaReachesASpreadsheet) {
  std::string text = csv("values(last(product_viewed.sku), last(ticket_opened.url), -count(orders))");
  EXPECT_THAT(text, HasSubstr("\r\n3,'=1+1,,0\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\n2,C7,\"https://shop.example/a,b\",-1\r\n")) << "a number is no formula";
  EXPECT_TRUE(text.starts_with("customer,last(product_viewed.sku),last(ticket_opened.url),'-count(orders)\r\n"));
  Table odd{"odd", {{"=a", query::BaseType::text}}, {}, {{query::Value("\t\"x\"\n")}, {query::Value("@b")}, {{}}}};
  EXPECT_EQ(to_csv(odd, Zone()), "'=a\r\n\"'\t\"\"x\"\"\n\"\r\n'@b\r\n\r\n");
}

TEST_F(QuestionsTest, TheJsonOfAnAnswer) {
  Answer answer = ask("values(sum(orders.total), last_time(orders), exists(tickets)) for count(orders) = 1");
  EXPECT_EQ(
      to_json(answer, {}),
      R"J({"text":"values(sum(orders.total), last_time(orders), exists(tickets)) for count(orders) = 1",)J"
      R"J("form":"values","as_of":"2026-04-01T00:00:00Z","as_known":false,"last_seq":"9","zone":"UTC",)J"
      R"J("facts":{"customers":1},"tables":[{"name":"values","columns":[)J"
      R"J({"name":"customer","type":"text","unit":"customer"},{"name":"sum(orders.total)","type":"money"},)J"
      R"J({"name":"last_time(orders)","type":"time"},{"name":"exists(tickets)","type":"boolean"}],"row_count":1,)J"
      R"J("rows":[["2",{"minor":1000,"currency":"EUR","text":"10.00"},"2026-02-01T06:00:00Z",true]]}]})J");
  Answer days = ask("select(true)");
  EXPECT_THAT(to_json(days, {1, 1}), HasSubstr(R"J("row_count":3,"rows":[["2"]])J"));
  EXPECT_THAT(to_json(ask("sequence(order_completed then order_delivered).duration"), {}),
              HasSubstr(R"J("median":{"micros":172800000000,"text":"2 days"})J"));
  EXPECT_THAT(to_json(ask("series(count(orders) by month)"), {}),
              HasSubstr(R"J({"name":"month","type":"time","bucket":"month"})J"));
}

TEST_F(QuestionsTest, TheJsonOfACheck) {
  std::string right = to_json(service_.check("exists( orders.total last 90 days)"), "…");
  EXPECT_TRUE(json::parse_object(right)) << right;
  EXPECT_THAT(right,
              HasSubstr(R"J("is_valid":true,"canonical":"exists(orders.total last 90 days)","form":"condition",)J"
                        R"J("type":"boolean")J"));
  EXPECT_THAT(right, HasSubstr(R"J("fields":["orders.total"])J"));
  EXPECT_THAT(right, HasSubstr(R"J("moment":true)J"));
  std::string text = "customer.country = \"é\" and\n  sum(orders.totl) > 3";
  std::string wrong = to_json(service_.check(text), text);
  EXPECT_THAT(wrong, HasSubstr(R"J("is_valid":false)J"));
  EXPECT_THAT(wrong, HasSubstr(R"J("line":2,"column":14,"length":4)J"));
  EXPECT_THAT(wrong, HasSubstr(R"J("suggestion":"total")J"));
  EXPECT_THAT(to_json(service_.check("count(orders)", true), "count(orders)"), HasSubstr(R"J("is_valid":false)J"));
}

TEST(QuestionsForm, TheCatalogueAndTheWords) {
  auto all = json::parse_object(catalogue_json(timeline::small_catalogue(), {"vip"}));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->at("kinds").as_array().size(), timeline::small_catalogue().kinds().size());
  EXPECT_EQ(all->at("segments").as_array()[0].as_string(), "vip");
  auto words = json::parse_object(words_json());
  ASSERT_TRUE(words) << words.error().message;
  EXPECT_EQ(words->at("words").as_array().size(), query::all_words().size());
}

TEST(Buckets, AreNamedAsTheZonesCalendarHasThem) {
  Zone paris = Zone::find("Europe/Paris").value();
  Time t = parse_moment("2025-12-31T23:00:00Z", Zone()).value();
  EXPECT_EQ(bucket_text(query::Bucket::month, t, paris), "2026-01");
  EXPECT_EQ(bucket_text(query::Bucket::quarter, t, paris), "2026-Q1");
  EXPECT_EQ(bucket_text(query::Bucket::year, t, Zone()), "2025");
  EXPECT_EQ(bucket_text(query::Bucket::hour, t, Zone()), "2025-12-31 23:00");
  EXPECT_EQ(bucket_text(query::Bucket::week, t, paris), "2026-01-01");
}

}  // namespace
}  // namespace cairn::questions

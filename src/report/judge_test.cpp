// The plain pass over the log is the judge of measures over timelines: on random logs both say the same, to the bit.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.h"
#include "base/random.h"
#include "events/brand.h"
#include "events/kinds.h"
#include "measures/computer.h"
#include "measures/joins.h"
#include "measures/properties.h"
#include "measures/version_timelines.h"
#include "report/report.h"
#include "support/by_number.h"
#include "support/on_stores.h"

namespace cairn::report {
namespace {

using measures::Event;
using measures::Name;
using query::PropertyType;

/// Runs the last first, one at a time.
class Backwards final : public Executor {
 public:
  std::unique_ptr<Queue> make_queue(std::string_view name) override { return system_executor().make_queue(name); }
  std::shared_ptr<Signal> make_signal() override { return system_executor().make_signal(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return system_executor().start(name, std::move(loop));
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    while (count > 0) body(--count);
  }
  unsigned parallelism() const override { return 1; }
};

std::optional<PropertyType> type_of(measures::KindRef kind, Name name) {
  switch (name) {
    case Name::refund:
      return kind == measures::KindRef::order_refunded ? std::optional(PropertyType::money) : std::nullopt;
    case Name::refund_all:
      return kind == measures::KindRef::order_refunded ? std::optional(PropertyType::boolean) : std::nullopt;
    case Name::comment:
      return kind == measures::KindRef::survey_answered ? std::optional(PropertyType::boolean) : std::nullopt;
    case Name::lines:
      return kind == measures::KindRef::return_requested ? std::optional(PropertyType::money) : std::nullopt;
    case Name::units:
    case Name::elsewhere: {
      bool has_lines = kind == measures::KindRef::order_completed || kind == measures::KindRef::order_updated ||
                       kind == measures::KindRef::return_requested;
      if (name == Name::units) return has_lines ? std::optional(PropertyType::integer) : std::nullopt;
      bool has_amount = has_lines || kind == measures::KindRef::order_paid || kind == measures::KindRef::order_refunded;
      return has_amount ? std::optional(PropertyType::boolean) : std::nullopt;
    }
    default: break;
  }
  const query::Kind* declared = events::declared_kinds().find_stream(measures::name_of(kind));
  const query::Property* property = declared ? declared->find(json::enum_name(name)) : nullptr;
  return property ? std::optional(property->type) : std::nullopt;
}

/// What an event tells of one property, whichever place it is read from. False and unknown are one to measures where
/// the property is derived.
std::string told(const Event& event, const measures::Properties& p, Name name) {
  auto type = type_of(event.kind, name);
  if (!type) return {};
  auto shown = [&](const auto& value) { return value ? fmt::format(" {}={}", json::enum_name(name), *value) : ""; };
  switch (*type) {
    case PropertyType::text: {
      std::string_view text = p.text(name);
      return text.empty() ? "" : fmt::format(" {}='{}'", json::enum_name(name), text);
    }
    case PropertyType::number: return shown(p.number(name));
    case PropertyType::boolean:
      if (name >= Name::refund) return p.truth(name).value_or(false) ? fmt::format(" {}", json::enum_name(name)) : "";
      return shown(p.truth(name));
    case PropertyType::time: {
      auto at = p.time(name);
      return at ? fmt::format(" {}={}", json::enum_name(name), at->micros) : "";
    }
    default: return shown(p.whole(name));
  }
}

/// Everything that measures can read, a line an event.
class Everything final : public measures::Visitor {
 public:
  explicit Everything(measures::Reading reading) : reading_(std::move(reading)) {}
  void begin(const measures::Census& census) override {
    std::string text =
        fmt::format("{} events, {} apart, {} to {}", census.events, census.set_apart,
                    census.first_event.value_or(Time{}).micros, census.newest_event.value_or(Time{}).micros);
    for (int64_t count : census.by_kind) text += fmt::format(" {}", count);
    shards_[kShards].push_back(text);
  }
  void customer(CustomerId id, std::span<const Event> events) override {
    std::vector<std::string>& out = shards_[static_cast<size_t>(shard_of(id))];
    for (const Event& e : events) {
      std::string line = fmt::format("{}: {} {}", id.value, e.occurred_at.micros, measures::name_of(e.kind));
      if (measures::reads_properties(e.kind)) {
        measures::Properties p(e, reading_);
        line += fmt::format(" #{} known {}", e.seq.value, e.known_at.micros);
        const query::Kind* kind = events::declared_kinds().find_stream(measures::name_of(e.kind));
        if (kind && !kind->business_key.empty()) line += fmt::format(" of {} {}", e.source, e.precedence);
        for (Name name : json::enum_values<Name>()) line += told(e, p, name);
      }
      out.push_back(std::move(line));
    }
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& shard : shards_) out.insert(out.end(), shard.begin(), shard.end());
    return out;
  }

 private:
  measures::Reading reading_;
  std::array<std::vector<std::string>, kShards + 1> shards_;
};

/// Random events: of every kind that measures read, and of others, told rightly, oddly and wrongly.
class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {
    for (const query::Kind& kind : events::declared_kinds().kinds()) {
      bool is_read = measures::kind_ref(kind.name) != measures::KindRef::other;
      for (int i = 0; i < (kind.entity == "orders" ? 6 : is_read ? 3 : 1); ++i) kinds_.push_back(&kind);
    }
  }
  Random& random() { return random_; }

  /// Of one of the sources: each knows half of the things under a customer of its own, so that they are joined.
  events::NewEvent event(int64_t source) {
    thing_ = random_.between(1, 150);
    int64_t customer = thing_ % 60 + 1;
    if (thing_ % 2) customer = (thing_ + 17 * source) % 60 + 1;
    const query::Kind& kind = *kinds_[random_.below(kinds_.size())];
    events::NewEvent out;
    out.kind = random_.chance(0.02) ? "Meteor Seen" : kind.name;
    // Whole hours, so that many fall together.
    out.occurred_at = Time{kStart + random_.between(0, 24 * 500) * hours(1).micros};
    out.known_at = out.occurred_at + (random_.chance(0.7) ? Duration{} : hours(random_.between(0, 2000)));
    out.identifiers = {{"user_id", std::to_string(customer)}};
    out.properties = random_.chance(0.01) ? "{}" : properties(kind);
    if (random_.chance(0.05)) out.flags = random_.chance(0.5) ? events::kBot : events::kStaff;
    return out;
  }

  static constexpr int64_t kStart = 1'735'689'600'000'000;  // 2025

 private:
  std::string one_of(std::initializer_list<const char*> values) {
    return *(values.begin() + random_.below(values.size()));
  }
  std::string properties(const query::Kind& kind) {
    std::string out = "{";
    auto add = [&](std::string_view name, const std::string& value) {
      out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", name, value);
    };
    for (const query::Property& property : kind.properties)
      if (property.name != "currency" && random_.chance(0.75))
        add(property.name, property.name == kind.business_key && random_.chance(0.95)
                               ? fmt::format("\"thing {}\"", thing_)
                               : value(property));
    // What the kind does not declare.
    if (random_.chance(0.1)) add("stray", "\"x\"");
    if (!kind.find("status") && random_.chance(0.1)) add("status", "\"delivered\"");
    if (random_.chance(0.3)) add("currency", one_of({"\"EUR\"", "\"eur\"", "\"USD\"", "\"\"", "5", "null"}));
    return out + "}";
  }
  std::string value(const query::Property& property) {
    if (random_.chance(0.04)) return one_of({"null", "{}", "[]", "true", "\"\"", "\" \"", "7.5", "\"\\u00e9\""});
    const std::string& name = property.name;
    if (name == "survey")
      return one_of({"\"nps\"", "\"NPS\"", "\"order_csat\"", "\"ticket_csat\"", "\"ces\"", "\"need_met\"", "\"own\""});
    if (name == "status")
      return one_of({"\"Canceled\"", "\"delivered\"", "\"new\"", "\"unavailable\"", "\"realised\""});
    if (name == "by") return one_of({"\"shop\"", "\"Customer\"", "\"agent\"", "\"automatic\""});
    if (name == "cause") return one_of({"\"late\"", "\" Late \"", "\"broken\""});
    if (name == "role") return one_of({"\"Referrer\"", "\"invited\""});
    if (name == "comment") return one_of({"\"good\"", "\"  \"", "5", "\"\""});
    if (name == "automation" || name == "automation_id" || name == "placement") return one_of({"\"a\"", "\"b\"", "1"});
    if (name == "score") return one_of({"1", "2", "\"3\"", "4", "5.0", "6", "9", "10", "4.5", "\"x\"", "-0.0", "-1"});
    if (name == "score_max") return one_of({"5", "10", "\"7\""});
    switch (property.type) {
      case PropertyType::text: {
        int64_t id = random_.between(1, 25);
        return random_.chance(0.3) ? std::to_string(id) : fmt::format("\"{}\"", id);
      }
      case PropertyType::number: return one_of({"1", "2.5", "\"1e1\"", "\" 4 \"", "\"four\"", "1e400", "-0.0"});
      case PropertyType::integer: return one_of({"0", "1", "\"2\"", "3.0", "2.5", "\"x\"", "9007199254740993", "-1"});
      case PropertyType::money:
        return one_of(
            {"10", "12.34", "\"99.99\"", "\" 5 \"", "\"1,5\"", "\"abc\"", "0", "-3", "12.345", "1e30", "1e2"});
      case PropertyType::boolean: return one_of({"true", "false", "\"YES\"", "\"no\"", "1", "0", "2", "\"maybe\""});
      case PropertyType::time:
        return one_of({"\"2025-06-01\"", "\"2025-08-01T10:00:00Z\"", "\"2025-03-30T02:30:00\"", "\"soon\"", "5",
                       "\"0001-01-01T00:00:00+05:00\"", "\"2026-02-01T00:00:00-05:00\""});
      case PropertyType::list: return lines();
      default: return "{}";
    }
  }
  std::string lines() {
    std::string out;
    for (int64_t left = random_.between(0, 3); left > 0; --left)
      out += (out.empty() ? "" : ",") +
             one_of({"{\"price\":10,\"quantity\":2}", "{\"price\":\"1.50\"}", "{\"quantity\":\"3\",\"price\":2}",
                     "{\"quantity\":1.5}", "{\"price\":3,\"currency\":\"USD\"}", "5", "null", "\"x\"",
                     "{\"price\":1,\"quantity\":-4}", "{\"price\":1,\"quantity\":99999999}"});
    return "[" + out + "]";
  }

  Random random_;
  int64_t thing_ = 0;
  std::vector<const query::Kind*> kinds_;
};

class Judged : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped()) return;
    set_log_level(LogLevel::error);
    brand_ = {"Shop", Currency::parse("EUR").value(), "Europe/Paris"};
    write([&](db::Transaction& tx) { return events::write_brand(tx, brand_); });
    log_ = std::move(events::Log::open(world_, store(), directory()).value());
    for (auto [name, precedence] : {std::pair("browser", 50), {"shop", 200}, {"till", 200}})
      sources_.push_back(log_->ensure_source(name, precedence).value());
    open();
  }
  void TearDown() override {
    history_.reset();
    log_.reset();
    set_log_level(LogLevel::info);
  }
  void open() {
    history_.reset();
    history::Options options{.rows_a_step = 97, .rows_a_snapshot = 400, .writes_snapshots = true};
    history_ = std::move(history::History::open(world_, store(), *log_, directory(), options).value());
  }
  void catch_up() {
    auto done = history_->catch_up();
    ASSERT_TRUE(done) << done.error().message;
  }
  void append(Chance& chance, int count, RunId run = {}) {
    std::vector<events::NewEvent> all;
    auto number = static_cast<size_t>(chance.random().below(sources_.size()));
    for (int i = 0; i < count; ++i) all.push_back(chance.event(static_cast<int64_t>(number)));
    SourceId source = sources_[number];
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(log_->append(tx, identify_, all, {source, run, run.is_set()}));
      return {};
    });
  }
  void import(Chance& chance, int64_t run, int count) {
    write([&](db::Transaction& tx) -> Result<void> {
      TRY(tx.run("import.add_run", {{"id", run},
                                    {"preset", "events"},
                                    {"files", "x"},
                                    {"fingerprint", std::to_string(run)},
                                    {"state", "done"},
                                    {"started_at", clock_.now()}}));
      return {};
    });
    append(chance, count, RunId{run});
  }

  measures::VersionTimelines timelines(Executor& executor) {
    auto version = history_->version();
    int64_t set_apart = measures::rows_set_apart(store(), version->last()).value();
    return {version, set_apart, executor};
  }
  /// Every event, property by property.
  void expect_same_events() {
    measures::LogTimelines plain(*log_);
    measures::VersionTimelines read = timelines(system_executor());
    Everything a({brand_.zone(), brand_.currency}), b({brand_.zone(), brand_.currency});
    ASSERT_TRUE(plain.each(a));
    ASSERT_TRUE(read.each(b));
    auto x = a.lines(), y = b.lines();
    ASSERT_EQ(x.size(), y.size());
    for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(x[i], y[i]);
  }
  std::string picture(measures::Timelines& of, const measures::Question& question, Executor& executor) {
    auto made = measures::compute(of, question, executor);
    EXPECT_TRUE(made) << made.error().message;
    if (!made) return {};
    std::string out = to_pretty_json(compose(*made, brand_, i18n::Language::en));
    for (const measures::Figure& f : made->figures)
      out += fmt::format("{} {} {}\n", measures::definition(f.key).name, f.stake_customers, f.stake_minor);
    return out;
  }
  /// Of everything; of a period; of that as it was known at a moment.
  enum class Ask { all, period, as_known };
  void expect_same_picture(Ask ask) {
    auto day = [](int64_t n) { return Time{Chance::kStart + n * days(1).micros}; };
    measures::Question question;
    question.brand = brand_;
    question.now = day(510);
    if (ask != Ask::all) question.since = day(100);
    if (ask != Ask::all) question.until = day(400);
    if (ask == Ask::as_known) question.as_known_at = day(300);
    measures::LogTimelines plain(*log_);
    measures::VersionTimelines read = timelines(backwards_);
    EXPECT_EQ(picture(plain, question, system_executor()), picture(read, question, backwards_));
  }
  bool has_joins() {
    auto lanes = measures::Lanes::of(history_->version(), false, backwards_).value();
    return !measures::Joins::of(lanes, backwards_).is_empty();
  }

  test::ByNumber identify_;
  Backwards backwards_;
  events::Brand brand_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<history::History> history_;
  std::vector<SourceId> sources_;
};
CAIRN_ON_STORES(Judged);

TEST_P(Judged, random_logs_give_the_same_picture_to_the_bit) {
  Chance chance(1);
  for (int i = 0; i < 12; ++i) append(chance, 100);
  import(chance, 1, 200);
  catch_up();
  ASSERT_NO_FATAL_FAILURE(expect_same_events()) << "in one build";
  expect_same_picture(Ask::all);
  EXPECT_TRUE(has_joins());
  for (int i = 0; i < 5; ++i) {
    append(chance, 30);
    catch_up();
  }
  ASSERT_NO_FATAL_FAILURE(expect_same_events()) << "with what came later";
  expect_same_picture(Ask::period);
  ASSERT_TRUE(log_->remove_run(RunId{1}));
  ASSERT_TRUE(history_->remake({}));
  ASSERT_NO_FATAL_FAILURE(expect_same_events()) << "an import undone";
  open();
  catch_up();
  ASSERT_NO_FATAL_FAILURE(expect_same_events()) << "after a restart";
  expect_same_picture(Ask::as_known);
}

TEST_P(Judged, one_source_and_no_currency) {
  brand_.currency = {};
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("events.set_setting", {{"name", "brand.currency"}, {"value", ""}}));
    return {};
  });
  sources_.resize(1);
  Chance chance(9);
  for (int i = 0; i < 8; ++i) append(chance, 100);
  catch_up();
  ASSERT_NO_FATAL_FAILURE(expect_same_events());
  expect_same_picture(Ask::all);
  EXPECT_FALSE(has_joins());
}

TEST_P(Judged, an_empty_log) {
  catch_up();
  expect_same_events();
  expect_same_picture(Ask::all);
}

}  // namespace
}  // namespace cairn::report

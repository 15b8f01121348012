#include "measures/computer.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/hash.h"
#include "measures/collect.h"
#include "measures/properties.h"
#include "measures/standing.h"

namespace cairn::measures {
namespace {

/// What is counted besides the measures, by name on the wire.
enum class Counted {
  events,
  customers,
  orders,
  deliveries,
  late,
  cancelled,
  returns,
  tickets,
  answers,
  comments,
  reviews,
  carts,
  help_searches,
  messages,
  members
};
BOOST_DESCRIBE_ENUM(Counted, events, customers, orders, deliveries, late, cancelled, returns, tickets, answers,
                    comments, reviews, carts, help_searches, messages, members)

constexpr size_t kCounted = static_cast<size_t>(Counted::members) + 1;

/// A brand that has not said its currency has no amounts; what is shown all the same is in hundredths.
int digits_of(const events::Brand& brand) { return brand.currency.is_set() ? brand.currency.digits() : 2; }

/// What all shards look at.
struct Setting {
  const Question& question;
  Reading reading;
  AsOf as_of;
  Scope scope;
  Months months;
};

/// What the customers of a shard add up to.
class Part {
 public:
  Part(const Setting& setting, int shard)
      : setting_(setting),
        sheet_(setting.scope, setting.months, {shard * kBucketsAShard, kBucketsAShard}),
        sizes_(kBuckets) {}

  void customer(CustomerId id, std::span<const Event> events) {
    events = visible(events);
    if (events.empty()) return;
    Facts facts = fold(id, events, setting_.reading);
    ++sizes_[static_cast<size_t>(facts.bucket)];
    int64_t value = facts.value_minor();
    sheet_.begin_customer(facts.bucket);
    collect_orders(facts, setting_.as_of, sheet_);
    collect_purchases(facts, setting_.as_of, sheet_);
    collect_help(facts, setting_.as_of, sheet_);
    collect_tickets(facts, setting_.as_of, sheet_);
    collect_feedback(facts, setting_.as_of, sheet_);
    collect_anticipation(facts, setting_.as_of, sheet_);
    collect_contributions(facts, setting_.as_of, sheet_);
    sheet_.end_customer(value);
    retention_.add(facts.bucket, facts.purchases, value);
    collect_lateness(facts, setting_.as_of, setting_.scope, lateness_);
    count(facts);
    add_money(facts);
    place(standing_of(facts, setting_.as_of), value);
  }

  const Retention& retention() const { return retention_; }
  void collect_retention(int cycle_days) { retention_.collect(cycle_days, sheet_); }

  /// Adds everything but the purchases.
  void add_to(Sheet& sheet, std::array<int64_t, kCounted>& counts, std::vector<int64_t>& sizes, Picture& out) const {
    sheet.add(sheet_);
    for (size_t i = 0; i < kCounted; ++i) counts[i] += counts_[i];
    for (size_t i = 0; i < sizes_.size(); ++i) sizes[i] += sizes_[i];
    out.money += money_;
    out.lateness += lateness_;
    out.fragile += fragile_;
    out.away += away_;
    out.unplaced += unplaced_;
    for (size_t i = 0; i < kLevels; ++i) {
      out.pyramid.levels[i].customers += levels_[i].customers;
      out.pyramid.levels[i].value_minor += levels_[i].value_minor;
    }
  }

 private:
  std::span<const Event> visible(std::span<const Event> events) {
    auto end = std::lower_bound(events.begin(), events.end(), setting_.scope.until,
                                [](const Event& e, Time until) { return e.occurred_at < until; });
    events = events.first(static_cast<size_t>(end - events.begin()));
    const std::optional<Time>& as_known_at = setting_.question.as_known_at;
    if (!as_known_at) return events;
    known_.clear();
    for (const Event& e : events)
      if (e.known_at < *as_known_at) known_.push_back(e);
    return known_;
  }

  void count(const Facts& f) {
    const Scope& scope = setting_.scope;
    auto add = [&](Counted what, bool is_it) { counts_[static_cast<size_t>(what)] += is_it; };
    int64_t events = 0;
    for (const Event& e : f.events) events += scope.contains(e.occurred_at);
    counts_[static_cast<size_t>(Counted::events)] += events;
    add(Counted::customers, events > 0);
    for (const Order& o : f.orders) {
      add(Counted::orders, scope.contains(o.placed_at));
      bool is_dated = o.stands() && o.delivered_at && scope.contains(*o.delivered_at);
      add(Counted::deliveries, is_dated);
      add(Counted::late, is_dated && o.fate(setting_.as_of) == Fate::late);
      add(Counted::cancelled, !o.stands() && scope.contains(o.placed_at));
      add(Counted::returns, o.is_returned && scope.contains(o.placed_at));
    }
    for (const Ticket& t : f.tickets) add(Counted::tickets, scope.contains(t.opened_at));
    for (const Answer& a : f.answers) {
      bool is_in = scope.contains(a.at);
      add(Counted::answers, is_in);
      add(Counted::comments, is_in && a.has_comment);
      add(Counted::reviews, is_in && a.survey == "order_csat");
    }
    for (Time at : f.reviews) add(Counted::reviews, scope.contains(at));
    for (Time at : f.carts) add(Counted::carts, scope.contains(at));
    for (const Search& s : f.searches) add(Counted::help_searches, scope.contains(s.at));
    for (Time at : f.messages) add(Counted::messages, scope.contains(at));
    add(Counted::members, f.enrolled_at.has_value());
  }

  void add_money(const Facts& f) {
    MoneyFigures& m = money_;
    m.in_other_currency += f.in_other_currency;
    for (const Order& o : f.orders) {
      if (!setting_.scope.contains(o.placed_at)) continue;
      int64_t paid = o.paid_minor.value_or(0);
      m.paid_minor += paid;
      m.revenue_minor += o.revenue_minor();
      if (o.stands()) m.refunded_minor += o.refunded_minor;
      else m.cancelled_minor += paid;
    }
  }

  void place(Standing standing, int64_t value) {
    auto add = [&](auto& group) {
      ++group.customers;
      group.value_minor += value;
    };
    switch (standing.kind) {
      case Standing::Kind::away: return add(away_);
      case Standing::Kind::fragile: return add(fragile_);
      case Standing::Kind::unplaced: return add(unplaced_);
      case Standing::Kind::level: return add(levels_[static_cast<size_t>(standing.level - 1)]);
    }
  }

  const Setting& setting_;
  Sheet sheet_;
  Retention retention_;
  std::vector<int64_t> sizes_;
  std::vector<Event> known_;
  std::array<int64_t, kCounted> counts_{};
  MoneyFigures money_;
  Lateness lateness_;
  Group fragile_, away_, unplaced_;
  std::array<Group, kLevels> levels_;
};

/// All shards. Their parts are added up in the order of shards: who counted what, and when, is not seen in the picture.
class Pass final : public Visitor {
 public:
  explicit Pass(const Question& question)
      : setting_{question, {question.brand.zone(), question.brand.currency}, {}, {}, {}} {}

  void begin(const Census& census) override {
    census_ = census;
    picture_.period = period_of(setting_.question, census);
    setting_.scope = {setting_.question.since, picture_.period.until};
    setting_.as_of = {setting_.scope.until, setting_.reading.zone, census.of(KindRef::order_delivered) > 0};
    setting_.months = Months(setting_.scope, census.first_event, setting_.reading.zone);
  }

  void customer(CustomerId id, std::span<const Event> events) override {
    int shard = shard_of(id);
    std::unique_ptr<Part>& part = parts_[static_cast<size_t>(shard)];
    if (!part) part = std::make_unique<Part>(setting_, shard);
    part->customer(id, events);
  }

  bool asks_as_known() const override { return setting_.question.as_known_at.has_value(); }

  Picture finish(Executor& executor) {
    std::vector<double> gaps;
    for (const auto& part : parts_)
      if (part) part->retention().add_gaps(gaps);
    picture_.retention_cycle_days = cycle_of(gaps);
    executor.parallel_for(parts_.size(), [&](size_t i) {
      if (parts_[i]) parts_[i]->collect_retention(picture_.retention_cycle_days);
    });
    Sheet sheet(setting_.scope, setting_.months);
    std::array<int64_t, kCounted> counts{};
    std::vector<int64_t> sizes(kBuckets);
    for (auto& part : parts_) {
      if (part) part->add_to(sheet, counts, sizes, picture_);
      part.reset();
    }
    clear_untold(sheet);
    for (Counted what : json::enum_values<Counted>())
      picture_.counts[std::string(json::enum_name(what))] = counts[static_cast<size_t>(what)];
    if (census_.set_apart > 0) picture_.counts["set_apart"] = census_.set_apart;
    add_figures(sheet, sizes, executor);
    return std::move(picture_);
  }

 private:
  void clear_untold(Sheet& sheet) const {
    for (const Definition& d : definitions()) {
      bool needs_some = d.needs[0] != KindRef::other;
      bool is_told = std::any_of(d.needs.begin(), d.needs.end(),
                                 [&](KindRef kind) { return kind != KindRef::other && census_.of(kind) > 0; });
      if (needs_some && !is_told) sheet.clear(d.key);
    }
  }

  void add_figures(const Sheet& sheet, const std::vector<int64_t>& sizes, Executor& executor) {
    std::vector<std::vector<double>> without(kMeasures);
    picture_.figures.resize(kMeasures);
    executor.parallel_for(kMeasures, [&](size_t i) {
      const Definition& d = definitions()[i];
      const Record& record = sheet.record(d.key);
      picture_.figures[i] = estimate(d, record, setting_.months, digits_of(setting_.question.brand));
      if (d.has_level() && picture_.figures[i].is_enough) without[i] = leave_out(d, record);
    });
    double cycle = picture_.retention_cycle_days;
    for (Key key : {Key::retention, Key::churn}) picture_.figures[static_cast<size_t>(key)].parts["cycle_days"] = cycle;
    auto levels = picture_.pyramid.levels;
    picture_.pyramid = build_pyramid(picture_.figures, without, sizes);
    for (size_t i = 0; i < kLevels; ++i) {
      picture_.pyramid.levels[i].customers = levels[i].customers;
      picture_.pyramid.levels[i].value_minor = levels[i].value_minor;
    }
  }

  Setting setting_;
  Census census_;
  std::array<std::unique_ptr<Part>, kShards> parts_;
  Picture picture_;
};

}  // namespace

MoneyFigures& MoneyFigures::operator+=(const MoneyFigures& o) {
  paid_minor += o.paid_minor;
  cancelled_minor += o.cancelled_minor;
  refunded_minor += o.refunded_minor;
  revenue_minor += o.revenue_minor;
  in_other_currency += o.in_other_currency;
  return *this;
}

Result<Picture> compute(Timelines& timelines, const Question& question, Executor& executor) {
  if (question.since && question.until && *question.since >= *question.until)
    return fail_at("since", "the period is empty: since ({}) must be before until ({})", to_rfc3339(*question.since),
                   to_rfc3339(*question.until));
  Pass pass(question);
  TRY(timelines.each(pass));
  return pass.finish(executor);
}

Period period_of(const Question& question, const Census& census) {
  Period out{question.since, question.now, UntilIs::now, census.first_event, census.newest_event};
  if (question.until) {
    out.until = *question.until;
    out.until_is = UntilIs::asked;
  } else if (census.newest_event && question.now - *census.newest_event > kStale) {
    int64_t second = seconds(1).micros;
    out.until = Time{(census.newest_event->micros / second + 1) * second};
    out.until_is = UntilIs::newest_event;
  }
  return out;
}

}  // namespace cairn::measures

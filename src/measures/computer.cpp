#include "measures/computer.h"

#include <algorithm>

#include "measures/collect.h"
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

class Pass final : public Visitor {
 public:
  explicit Pass(const Question& question)
      : question_(question), reading_{question.brand.zone(), currency_of(question.brand)}, sizes_(kBuckets) {}

  void begin(const Census& census) override {
    census_ = census;
    picture_.period = period_of(question_, census);
    Scope scope{question_.since, picture_.period.until};
    as_of_ = {scope.until, reading_.zone, census.of(KindRef::order_delivered) > 0};
    sheet_.emplace(scope, Months(scope, census.first_event, reading_.zone));
  }

  void customer(CustomerId id, std::span<const Event> events) override {
    events = visible(events);
    if (events.empty()) return;
    Facts facts = fold(id, events, reading_);
    ++sizes_[static_cast<size_t>(facts.bucket)];
    int64_t value = facts.value_minor();
    sheet_->begin_customer(facts.bucket);
    collect_orders(facts, as_of_, *sheet_);
    collect_purchases(facts, as_of_, *sheet_);
    collect_help(facts, as_of_, *sheet_);
    collect_tickets(facts, as_of_, *sheet_);
    collect_feedback(facts, as_of_, *sheet_);
    collect_anticipation(facts, as_of_, *sheet_);
    collect_contributions(facts, as_of_, *sheet_);
    sheet_->end_customer(value);
    retention_.add(facts.bucket, facts.purchases(), value);
    collect_lateness(facts, as_of_, sheet_->scope(), picture_.lateness);
    count(facts);
    add_money(facts);
    place(standing_of(facts, as_of_), value);
  }

  Picture finish() {
    retention_.collect(*sheet_);
    picture_.retention_cycle_days = retention_.cycle_days();
    clear_untold();
    std::vector<std::vector<double>> without;
    for (const Definition& d : definitions()) {
      const Record& record = sheet_->record(d.key);
      picture_.figures.push_back(estimate(d, record, sheet_->months(), reading_.currency.digits()));
      bool counts = d.has_level() && picture_.figures.back().is_enough;
      without.push_back(counts ? leave_out(d, record) : std::vector<double>());
    }
    for (Counted what : json::enum_values<Counted>())
      picture_.counts[std::string(json::enum_name(what))] = counts_[static_cast<size_t>(what)];
    if (census_.set_apart > 0) picture_.counts["set_apart"] = census_.set_apart;
    add_parts();
    auto levels = picture_.pyramid.levels;
    picture_.pyramid = build_pyramid(picture_.figures, without, sizes_);
    for (size_t i = 0; i < kLevels; ++i) {
      picture_.pyramid.levels[i].customers = levels[i].customers;
      picture_.pyramid.levels[i].value_minor = levels[i].value_minor;
    }
    return std::move(picture_);
  }

 private:
  /// A brand that has not said its currency counts in hundredths.
  static Currency currency_of(const events::Brand& brand) {
    return brand.currency.is_set() ? brand.currency : Currency::parse("EUR").value();
  }

  std::span<const Event> visible(std::span<const Event> events) {
    auto end = std::lower_bound(events.begin(), events.end(), picture_.period.until,
                                [](const Event& e, Time until) { return e.occurred_at < until; });
    events = events.first(static_cast<size_t>(end - events.begin()));
    if (!question_.as_known_at) return events;
    known_.clear();
    for (const Event& e : events)
      if (e.known_at < *question_.as_known_at) known_.push_back(e);
    return known_;
  }

  void count(const Facts& f) {
    const Scope& scope = sheet_->scope();
    auto add = [&](Counted what, bool is_it) { counts_[static_cast<size_t>(what)] += is_it; };
    int64_t events = 0;
    for (const Event& e : f.events) events += scope.contains(e.occurred_at);
    counts_[static_cast<size_t>(Counted::events)] += events;
    add(Counted::customers, events > 0);
    for (const Order& o : f.orders) {
      add(Counted::orders, scope.contains(o.placed_at));
      bool is_dated = o.stands() && o.delivered_at && scope.contains(*o.delivered_at);
      add(Counted::deliveries, is_dated);
      add(Counted::late, is_dated && o.fate(as_of_) == Fate::late);
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
    MoneyFigures& m = picture_.money;
    m.in_other_currency += f.in_other_currency;
    for (const Order& o : f.orders) {
      if (!sheet_->scope().contains(o.placed_at)) continue;
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
      case Standing::Kind::away: return add(picture_.away);
      case Standing::Kind::fragile: return add(picture_.fragile);
      case Standing::Kind::unplaced: return add(picture_.unplaced);
      case Standing::Kind::level: return add(picture_.pyramid.levels[static_cast<size_t>(standing.level - 1)]);
    }
  }

  void clear_untold() {
    for (const Definition& d : definitions()) {
      bool needs_some = d.needs[0] != KindRef::other;
      bool is_told = std::any_of(d.needs.begin(), d.needs.end(),
                                 [&](KindRef kind) { return kind != KindRef::other && census_.of(kind) > 0; });
      if (needs_some && !is_told) sheet_->clear(d.key);
    }
  }

  void add_parts() {
    double cycle = picture_.retention_cycle_days;
    for (Key key : {Key::retention, Key::churn}) picture_.figures[static_cast<size_t>(key)].parts["cycle_days"] = cycle;
  }

  const Question& question_;
  Reading reading_;
  Census census_;
  AsOf as_of_;
  std::optional<Sheet> sheet_;
  Retention retention_;
  std::vector<int64_t> sizes_;
  std::vector<Event> known_;
  std::array<int64_t, static_cast<size_t>(Counted::members) + 1> counts_{};
  Picture picture_;
};

class PlainComputer final : public Computer {
 public:
  explicit PlainComputer(Timelines& timelines) : timelines_(timelines) {}
  Result<Picture> compute(const Question& question) override {
    if (question.since && question.until && *question.since >= *question.until)
      return fail_at("since", "the period is empty: since ({}) must be before until ({})", to_rfc3339(*question.since),
                     to_rfc3339(*question.until));
    Pass pass(question);
    TRY(timelines_.each(pass));
    return pass.finish();
  }

 private:
  Timelines& timelines_;
};

}  // namespace

std::unique_ptr<Computer> make_plain_computer(Timelines& timelines) {
  return std::make_unique<PlainComputer>(timelines);
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

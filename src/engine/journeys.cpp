// Paths and transitions: events of all kinds in their order.
#include <algorithm>
#include <optional>

#include "engine/scan.h"

namespace cairn::engine {
namespace {

using timeline::KindIndex;
using timeline::Order;
using timeline::Part;

struct Event {
  int64_t time = 0;
  KindIndex kind = 0;
  uint32_t row = 0;
};

/// All events of a customer that are seen and lie in the span, in their order.
void events_of(Customer& customer, Span span, std::vector<Event>& out) {
  const Part& part = customer.part();
  const Order& order = part.order();
  uint32_t begin = order.offsets().begin(customer.index()), end = order.offsets().end(customer.index());
  std::vector<std::pair<KindIndex, uint32_t>> rows;  // the next row of each kind that turned up
  int64_t t = customer.at().t.micros;
  out.clear();
  for (uint32_t i = begin; i < end; ++i) {
    Event event{order.occurred_at()[i], order.kinds()[static_cast<size_t>(order.codes()[i])], 0};
    auto at = std::find_if(rows.begin(), rows.end(), [&](auto& r) { return r.first == event.kind; });
    if (at == rows.end())
      at = rows.insert(at, {event.kind, part.stream(event.kind)->offsets().begin(customer.index())});
    event.row = at->second++;
    if (event.time > t || !span.holds(event.time)) continue;
    if (customer.at().as_known && part.stream(event.kind)->known_at(event.row) > t) continue;
    out.push_back(event);
  }
}

struct Walks {
  std::map<std::vector<KindIndex>, int64_t> ways;
  std::vector<Event> events;
  Items anchors;
  std::vector<KindIndex> way;
};

void gather(Walks& w, Customer& customer, Span period) {
  const Question& q = *customer.plan().question;
  const Subject& anchor_of = q.steps.steps[0];
  customer.find(anchor_of, period, w.anchors);
  if (w.anchors.rows.empty()) return;
  events_of(customer, period, w.events);
  const Item& anchor = q.backwards ? w.anchors.rows.back() : w.anchors.rows.front();
  auto kind = static_cast<KindIndex>(anchor_of.index);
  auto at = std::find_if(w.events.begin(), w.events.end(),
                         [&](const Event& e) { return e.kind == kind && e.row == anchor.row; });
  w.way.assign(1, kind);
  auto i = at - w.events.begin();
  auto size = static_cast<std::ptrdiff_t>(w.events.size());
  for (i += q.backwards ? -1 : 1; i >= 0 && i < size; i += q.backwards ? -1 : 1) {
    const Event& e = w.events[static_cast<size_t>(i)];
    int64_t away = q.backwards ? anchor.time - e.time : e.time - anchor.time;
    if (w.way.size() > static_cast<size_t>(q.depth) || (q.steps.within > 0 && away > q.steps.within)) break;
    if (e.kind != w.way.back()) w.way.push_back(e.kind);
  }
  ++w.ways[w.way];
}

using ByKind = std::map<std::pair<KindIndex, KindIndex>, Transition>;

void merge(Transition& into, const Transition& from) {
  bool is_new = into.count == 0;
  into.count += from.count;
  into.total_micros += from.total_micros;
  into.min_micros = is_new ? from.min_micros : std::min(into.min_micros, from.min_micros);
  into.max_micros = is_new ? from.max_micros : std::max(into.max_micros, from.max_micros);
}

/// Delays between the kinds of a part, in the units in which its times are packed.
class Matrix {
 public:
  explicit Matrix(const Part& part) : order_(&part.order()), kinds_(order_->kinds().size()) {
    const timeline::Integers& times = order_->occurred_at();
    uint64_t range = static_cast<uint64_t>(times.max()) - static_cast<uint64_t>(times.min());
    // A customer's delays add up to less than the range.
    most_customers_ =
        static_cast<uint32_t>(std::clamp<uint64_t>(INT64_MAX / std::max<uint64_t>(range, 1), 1, UINT32_MAX));
    clear();
  }
  const Order& order() const { return *order_; }

  /// The customers [first, last), of whom all rows up to the span's end are seen. `into`: where totals go when they
  /// might outgrow 64 bits.
  void add(uint32_t first, uint32_t last, Span span, ByKind& into) {
    for (uint32_t next; first < last; first = next) {
      if (customers_ == most_customers_) flush(into);
      next = first + std::min(last - first, most_customers_ - customers_);
      customers_ += next - first;
      mark(first, next, span);
      pass();
    }
  }

  void flush(ByKind& into) {
    int64_t scale = order_->occurred_at().packing().scale;
    for (size_t from = 0; from < kinds_; ++from)
      for (size_t to = 0; to < kinds_; ++to)
        if (const Delays& d = cells_[from * kinds_ + to]; d.count > 0) {
          int64_t longest = d.least + static_cast<int64_t>(d.range);
          merge(into[{order_->kinds()[from], order_->kinds()[to]}],
                {d.count, static_cast<__int128>(d.total) * scale, d.least * scale, longest * scale});
        }
    clear();
  }

 private:
  struct Delays {
    int64_t count = 0, total = 0;
    int64_t least = 0;
    uint64_t range = 0;  ///< From the least to the longest.
    void widen(int64_t delay) {
      int64_t longest = std::max(least + static_cast<int64_t>(range), delay);
      least = count == 1 ? delay : std::min(least, delay);
      range = count == 1 ? 0 : static_cast<uint64_t>(longest - least);
    }
  };

  void clear() {
    cells_.assign(kinds_ * kinds_ + 1, Delays());
    customers_ = 0;
  }

  /// Rows that no transition leads to: a customer's first, and those that are or follow one out of the span.
  void mark(uint32_t first, uint32_t last, Span span) {
    const timeline::Integers& times = order_->occurred_at();
    begin_ = order_->offsets().begin(first);
    uint32_t end = order_->offsets().end(last - 1);
    is_cut_.assign(end - begin_, 0);
    order_->offsets().each(first, last, [&](uint32_t, uint32_t begin, uint32_t) { is_cut_[begin - begin_] = 1; });
    if (span.from <= times.min() && times.max() < span.to) return;
    times.visit([&](auto at) {
      bool was_in = false;
      for (uint32_t i = begin_; i < end; ++i) {
        bool is_in = span.holds(at[i]);
        is_cut_[i - begin_] |= static_cast<uint8_t>(!(is_in && was_in));
        was_in = is_in;
      }
    });
  }

  void pass() {
    order_->occurred_at().visit_raw([&](auto times) {
      if (const uint8_t* bytes = order_->codes().plain_bytes()) pass(times, bytes);
      else order_->codes().visit([&](auto codes) { pass(times, codes); });
    });
  }

  /// Rows without a transition go to a cell of their own: how many events a customer has is what no processor can
  /// guess. A new least or longest delay is rare, so asking for both at once costs less than storing what was there.
  template <class Times, class Codes>
  [[gnu::noinline]] void pass(Times times, Codes codes) {
    const uint8_t* is_cut = is_cut_.data();
    Delays* cells = cells_.data();
    const size_t kinds = kinds_, nowhere = kinds * kinds;
    int64_t before = 0;
    size_t row = 0;
    for (size_t i = begin_, end = begin_ + is_cut_.size(); i < end; ++i, ++is_cut) {
      int64_t time = times[i], delay = time - before;
      auto to = static_cast<size_t>(codes[i]);
      size_t at = row + to;
      at ^= (at ^ nowhere) & -static_cast<size_t>(*is_cut);
      Delays& d = cells[at];
      ++d.count;
      d.total += delay;
      if (static_cast<uint64_t>(delay - d.least) > d.range) [[unlikely]]
        d.widen(delay);
      before = time;
      row = to * kinds;
    }
    cells[nowhere] = {};
  }

  const Order* order_;
  size_t kinds_;
  std::vector<Delays> cells_;  ///< By `from × kinds + to`, and one for nothing.
  uint32_t customers_ = 0, most_customers_ = 0;
  uint32_t begin_ = 0;
  std::vector<uint8_t> is_cut_;
};

Span period_of(const Plan& plan, const Look& look) {
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  return nobody.span_of(plan.question->period, look.t);
}

Result<std::vector<ByKind>> by_customer(const Plan& plan, const Ask& ask, Span period) {
  struct State {
    ByKind found;
    std::vector<Event> events;
  };
  auto states = TRY(each_customer<State>(plan, ask, [&](State& state, Customer& customer) {
    events_of(customer, period, state.events);
    for (size_t i = 1; i < state.events.size(); ++i) {
      int64_t delay = state.events[i].time - state.events[i - 1].time;
      merge(state.found[{state.events[i - 1].kind, state.events[i].kind}], {1, delay, delay, delay});
    }
  }));
  std::vector<ByKind> out;
  for (State& state : states) out.push_back(std::move(state.found));
  return out;
}

Result<std::vector<ByKind>> of_everybody(const Plan& plan, const Ask& ask, const Look& look, Span period) {
  std::vector<ByKind> out(kShards);
  if (look.t.micros < INT64_MAX) period.to = std::min(period.to, look.t.micros + 1);
  TRY(each_shard(ask, [&](size_t number, const timeline::Shard& shard) -> Result<void> {
    std::optional<Matrix> matrix;
    auto done = each_block(plan, ask, look, shard, [&](const Part& part, uint32_t first, uint32_t last) {
      if (!matrix || &matrix->order() != &part.order()) {
        if (matrix) matrix->flush(out[number]);
        matrix.emplace(part);
      }
      matrix->add(first, last, period, out[number]);
    });
    if (matrix) matrix->flush(out[number]);
    return done;
  }));
  return out;
}

}  // namespace

Result<Paths> paths(const Plan& plan, const Ask& ask) {
  Span period = period_of(plan, look_of(plan, ask.now));
  auto shards =
      TRY(each_customer<Walks>(plan, ask, [&](Walks& walks, Customer& customer) { gather(walks, customer, period); }));
  Paths out;
  for (const Walks& walks : shards)
    for (auto& [way, n] : walks.ways) {
      std::vector<std::string> names;
      for (KindIndex kind : way) names.push_back(ask.version.schema().kinds()[kind].stream);
      for (size_t i = 0; i < names.size(); ++i) {
        out.nodes[{i, names[i]}] += n;
        if (i > 0) out.links[{i - 1, names[i - 1], names[i]}] += n;
      }
      out.ways[std::move(names)] += n;
    }
  return out;
}

Result<Transitions> transitions(const Plan& plan, const Ask& ask) {
  Look look = look_of(plan, ask.now);
  Span period = period_of(plan, look);
  bool fast = plan.question->condition == kNone && !look.as_known;
  auto shards = fast ? TRY(of_everybody(plan, ask, look, period)) : TRY(by_customer(plan, ask, period));
  Transitions out;
  for (const ByKind& found : shards)
    for (auto& [kinds, t] : found)
      merge(out[{ask.version.schema().kinds()[kinds.first].stream, ask.version.schema().kinds()[kinds.second].stream}],
            t);
  return out;
}

}  // namespace cairn::engine

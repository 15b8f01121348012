// Until when a value holds.
//
// Time is cut into stretches: at events that lie ahead and where a calendar day or hour begins, everything is evaluated
// anew; between two of these the rows that are seen are the same, and only windows move and now() runs. A row that
// enters or leaves a window is a moment to look again. What follows now() is bounded over a whole stretch at once
// (interval arithmetic: every operator is monotone in each of its arguments, rounded or not), and the stretch halved
// until it is constant on it.
#include <algorithm>
#include <array>

#include "engine/arithmetic.h"
#include "engine/evaluate.h"

namespace cairn::engine {
namespace {

using query::Word;
using timeline::Integers;
using timeline::Stream;

/// How often the value is looked at again before a moment is given at which it may still be the same.
constexpr int looks_of(Effort effort) { return effort == Effort::full ? 32 : 0; }
constexpr int kMaxFresh = 12;
constexpr int64_t kNever = INT64_MAX;
/// What does not change so long never does.
constexpr int64_t kHorizon = days(36'525).micros;

/// Bounds of a value over a stretch of time. Not decided: nothing is known of it.
struct Bounds {
  Cell low, high;
  bool decided = true;
  static Bounds of(const Cell& cell) { return {cell, cell, true}; }
  static Bounds none() { return {{}, {}, false}; }
  bool is_true() const { return decided && low.is_true() && high.is_true(); }
  bool is_false() const { return decided && !low.is_true() && !high.is_true(); }
};

class Until {
 public:
  Until(Customer& customer, NodeIndex root, Effort effort)
      : c_(customer), plan_(customer.plan()), root_(root), currency_(plan_.currency), max_looks_(looks_of(effort)) {}

  std::optional<Time> find() {
    if (plan_.is_odd) return c_.at().t + microseconds(1);
    before_ = to_value(c_.value(root_), currency_);
    int looks = 0;
    for (int fresh = 0; fresh < kMaxFresh; ++fresh) {
      begin();
      int64_t stop = next_stop();
      auto changed = within(stop, looks);
      if (changed) return *changed == kNever ? std::nullopt : std::optional(Time{*changed});
      Look look = c_.at();
      look.t = Time{stop};
      timeline::Part const& part = c_.part();
      c_.look(part, c_.index(), look);
      if (!is_same(c_.value(root_))) return look.t;
    }
    begin();
    int64_t stop = next_stop();
    auto changed = within(stop, looks);
    int64_t at = changed.value_or(stop);
    return at == kNever ? std::nullopt : std::optional(Time{at});
  }

 private:
  bool is_same(const Cell& cell) const {
    if (const bool* truth = before_.get<bool>()) return cell.is(CellKind::boolean) && (cell.whole != 0) == *truth;
    return to_value(cell, currency_) == before_;
  }

  void begin() {
    now_ = c_.at().t.micros;
    ++stamp_;
    frozen_.resize(plan_.nodes.size());
    frozen_stamps_.resize(plan_.nodes.size(), 0);
  }

  /// Where the value changes before `stop`, or kNever when it never does (stop is never, too). Nothing: not before it.
  std::optional<int64_t> within(int64_t stop, int& looks) {
    int64_t where = where_change(stop);
    bool to_where = where < stop;
    for (; looks < max_looks_; ++looks) {
      int64_t next = std::min(where, next_crossing());
      int64_t limit = std::min(next, stop);
      int64_t change = plan_.moves ? first_change(limit) : limit;
      if (change == stop || change == kNever) return stop == kNever ? std::optional(kNever) : std::nullopt;
      if (change == where && to_where) {
        Look look = c_.at();
        look.t = Time{where};
        c_.look(c_.part(), c_.index(), look);
        if (!is_same(c_.value(root_))) return where;
        begin();
        where = where_change(stop);
        to_where = where < stop;
        continue;
      }
      move_to(change);
      if (!is_same(frozen(root_))) return change;
    }
    int64_t limit = std::min({where, next_crossing(), stop});
    return plan_.moves ? first_change(limit) : limit;
  }

  void move_to(int64_t t) {
    now_ = t;
    ++stamp_;
  }

  // Stops.

  int64_t next_stop() {
    int64_t stop = next_event();
    Time t = c_.at().t;
    if (plan_.follows_days) stop = std::min(stop, plan_.calendar.next_change(t, false).micros);
    if (plan_.follows_hours) stop = std::min(stop, plan_.calendar.next_change(t, true).micros);
    return stop;
  }

  int64_t next_event() {
    int64_t out = kNever;
    const timeline::Part& part = c_.part();
    if (plan_.depends_on_every_kind)
      for (size_t kind = 0; kind < part.streams(); ++kind)
        out = std::min(out, next_event(part.stream(static_cast<timeline::KindIndex>(kind))));
    else
      for (timeline::KindIndex kind : plan_.depends_on) out = std::min(out, next_event(part.stream(kind)));
    return out;
  }

  int64_t next_event(const Stream* stream) {
    if (!stream) return kNever;
    const Integers& times = stream->occurred_at();
    int64_t t = c_.at().t.micros, out = kNever;
    if (times.max() <= t && (!c_.at().as_known || stream->lag().size() == 0)) return kNever;
    uint32_t begin = stream->offsets().begin(c_.index()), end = stream->offsets().end(c_.index());
    if (begin == end || (times[end - 1] <= t && !c_.at().as_known)) return kNever;
    for (uint32_t row = end; row-- > begin;) {
      int64_t seen = c_.at().as_known ? std::max(times[row], stream->known_at(row)) : times[row];
      if (seen > t) out = std::min(out, seen);
      else if (!c_.at().as_known) break;
    }
    return out;
  }

  // Windows.

  int64_t next_crossing() {
    int64_t out = kNever;
    for (size_t i = 0; i < plan_.aggregates.size(); ++i) {
      const Aggregate& a = plan_.aggregates[i];
      if (moves(a.window)) out = std::min(out, crossing(a.window, c_.gathered(static_cast<int>(i)).items, &a));
    }
    Items items;
    for (const Sequence& s : plan_.sequences) {
      if (!moves(s.window)) continue;
      Span wide = c_.span_of(s.window, Time{now_});
      if (s.window.to_moves) wide.to = kNever;
      for (const Subject& step : s.steps) {
        c_.find(step, wide, items);
        out = std::min(out, crossing(s.window, items, nullptr));
      }
    }
    return out;
  }

  static bool moves(const Window& w) { return w.word == Word::last_for || w.from_moves || w.to_moves; }

  int64_t crossing(const Window& w, const Items& items, const Aggregate* a) {
    Span span = c_.span_of(w, Time{now_});
    if (span.to == INT64_MIN) return kNever;  // a bound is unknown
    int64_t out = kNever;
    auto at_or_after = [&](int64_t time) {
      return std::lower_bound(items.rows.begin(), items.rows.end(), time,
                              [](const Item& item, int64_t t) { return item.time < t; });
    };
    auto later = [&](const Item& item, int64_t bound) {
      __int128 at = static_cast<__int128>(now_) + item.time - bound + 1;
      if (at < out) out = static_cast<int64_t>(at);
    };
    if ((w.word == Word::last_for || w.from_moves) && span.from != INT64_MIN) {
      auto leaving = at_or_after(span.from);
      // For these the rows before the last are nothing.
      bool last_counts = a && (a->word == Word::exists || a->word == Word::last || a->word == Word::last_time ||
                               a->word == Word::days_since);
      if (last_counts && !w.to_moves) {
        auto end = span.to == kNever ? items.rows.end() : at_or_after(span.to);
        auto known = [&](const Item& item) { return c_.read(*a, *items.stream, item).is_known(); };
        while (end != leaving && !known(end[-1])) --end;
        if (end != leaving) later(end[-1], span.from);
      } else if (leaving != items.rows.end()) {
        later(*leaving, span.from);
      }
    }
    if (w.to_moves && span.to != kNever)
      if (auto entering = at_or_after(span.to); entering != items.rows.end()) later(*entering, span.to);
    return out;
  }

  // What follows now() within `where`.

  int64_t where_change(int64_t stop) {
    int64_t out = stop;
    for (const Aggregate& a : plan_.aggregates) {
      Span wide = c_.span_of(a.window, Time{now_});
      if (a.window.to_moves) wide.to = kNever;
      out = where_change(a.subject, wide, out);
    }
    for (const Sequence& s : plan_.sequences) {
      Span wide = c_.span_of(s.window, Time{now_});
      if (s.window.to_moves) wide.to = kNever;
      for (const Subject& step : s.steps) out = where_change(step, wide, out);
    }
    return out;
  }

  int64_t where_change(Subject subject, Span span, int64_t stop) {
    NodeIndex where = subject.where;
    if (where == kNone || !plan_.nodes[static_cast<size_t>(where)].moves) return stop;
    subject.where = kNone;
    Items items;
    c_.find(subject, span, items);
    for (const Item& item : items.rows) {
      stream_ = items.stream;
      item_ = &item;
      int64_t change = first_unstable(where, stop);
      if (change < stop) stop = change;
    }
    stream_ = nullptr;
    item_ = nullptr;
    return stop;
  }

  // What follows now().

  int64_t first_change(int64_t limit) { return first_unstable(root_, limit); }

  /// The end of the longest stretch from now on, before `limit`, over which the node is constant; limit if it is so all
  /// the way.
  int64_t first_unstable(NodeIndex node, int64_t limit) {
    int64_t end = limit == kNever ? now_ + kHorizon : limit - 1;
    if (is_constant(node, end)) return limit;
    int64_t low = now_, high = end;
    while (high - low > 1) {
      int64_t middle = low + (high - low) / 2;
      (is_constant(node, middle) ? low : high) = middle;
    }
    return high;
  }

  bool is_constant(NodeIndex node, int64_t end) {
    Bounds b = bounds(node, end);
    return b.decided && same(b.low, b.high, currency_);
  }

  /// At now_, which may be later than the moment of the look.
  Cell frozen(NodeIndex node) {
    auto at = static_cast<size_t>(node);
    const Node& n = plan_.nodes[at];
    if (n.is_of_row) return now_ == c_.at().t.micros ? c_.value(node, *stream_, *item_) : row_frozen(node);
    if (!n.varies || now_ == c_.at().t.micros) return c_.value(node);
    if (frozen_stamps_[at] == stamp_) return frozen_[at];
    Cell out = compute(n);
    frozen_[at] = out;
    frozen_stamps_[at] = stamp_;
    return out;
  }

  Cell row_frozen(NodeIndex node) {
    const Node& n = plan_.nodes[static_cast<size_t>(node)];
    return n.moves ? compute(n) : c_.value(node, *stream_, *item_);
  }

  Cell compute(const Node& n) {
    Time t{now_};
    if (n.op == Op::aggregate) {
      const Aggregate& a = plan_.aggregates[static_cast<size_t>(n.index)];
      const Customer::Gathered& g = c_.gathered(n.index);
      return c_.reduce(a, g.items, moves(a.window) ? c_.span_of(a.window, t) : g.span, t, nullptr);
    }
    if (n.op == Op::sequence) {
      const Sequence& s = plan_.sequences[static_cast<size_t>(n.index)];
      return c_.sequence(n.word, c_.occurrences(s, c_.span_of(s.window, t)));
    }
    auto truth = [&](NodeIndex child) { return frozen(child).is_true(); };
    switch (n.word) {
      case Word::not_: return Cell::of(!truth(n.children[0]));
      case Word::and_: return Cell::of(std::all_of(n.children.begin(), n.children.end(), truth));
      case Word::or_: return Cell::of(std::any_of(n.children.begin(), n.children.end(), truth));
      case Word::if_: {
        Cell out = frozen(truth(n.children[0]) ? n.children[1] : n.children[2]);
        return is_of(out, n.base) ? out : Cell();
      }
      default: break;
    }
    std::vector<Cell> cells;
    for (NodeIndex child : n.children) cells.push_back(frozen(child));
    return c_.apply(n, cells, t);
  }

  Bounds bounds(NodeIndex node, int64_t end) {
    const Node& n = plan_.nodes[static_cast<size_t>(node)];
    if (!n.moves) return Bounds::of(frozen(node));
    if (n.op == Op::aggregate) return days_since(node, end);
    switch (n.word) {
      case Word::now: return {Cell::of(Time{now_}), Cell::of(Time{end}), true};
      case Word::and_:
      case Word::or_:
      case Word::not_: return logic(n, end);
      case Word::if_: {
        Bounds condition = bounds(n.children[0], end);
        if (!condition.is_true() && !condition.is_false()) return Bounds::none();
        Bounds out = bounds(n.children[condition.is_true() ? 1 : 2], end);
        if (out.decided && !is_of(out.low, n.base)) return Bounds::of({});
        return out;
      }
      default: break;
    }
    std::vector<Bounds> of;
    for (NodeIndex child : n.children) {
      of.push_back(bounds(child, end));
      if (!of.back().decided) return Bounds::none();
    }
    return apply(n, of);
  }

  Bounds days_since(NodeIndex node, int64_t end) {
    Cell now = frozen(node);
    if (!now.is_known()) return Bounds::of(now);
    const Node& n = plan_.nodes[static_cast<size_t>(node)];
    const Aggregate& a = plan_.aggregates[static_cast<size_t>(n.index)];
    const Customer::Gathered& g = c_.gathered(n.index);
    Span span = moves(a.window) ? c_.span_of(a.window, Time{now_}) : g.span;
    return {now, c_.reduce(a, g.items, span, Time{end}, nullptr), true};
  }

  Bounds logic(const Node& n, int64_t end) {
    bool decided = true;
    for (NodeIndex child : n.children) {
      Bounds b = bounds(child, end);
      if (n.word == Word::not_) {
        if (!b.is_true() && !b.is_false()) return Bounds::none();
        return Bounds::of(Cell::of(b.is_false()));
      }
      if (n.word == Word::and_ && b.is_false()) return Bounds::of(Cell::of(false));
      if (n.word == Word::or_ && b.is_true()) return Bounds::of(Cell::of(true));
      decided = decided && (b.is_true() || b.is_false());
    }
    return decided ? Bounds::of(Cell::of(n.word == Word::and_)) : Bounds::none();
  }

  /// Whether a comparison gives the same for every pair out of the two bounds.
  static Bounds compared(Word word, const Bounds& a, const Bounds& b) {
    int least = order_of(a.low, b.high), most = order_of(a.high, b.low);
    if (least == kNoOrder || most == kNoOrder) return least == most ? Bounds::of(Cell::of(false)) : Bounds::none();
    bool first = compare(word, least);
    for (int order = least; order <= most; ++order)
      if (compare(word, order) != first) return Bounds::none();
    return Bounds::of(Cell::of(first));
  }

  static bool is_point(const Bounds& b, const Currency& currency) { return same(b.low, b.high, currency); }

  Bounds apply(const Node& n, const std::vector<Bounds>& of) {
    bool points = std::all_of(of.begin(), of.end(), [&](const Bounds& b) { return is_point(b, currency_); });
    if (points) {
      std::vector<Cell> cells;
      for (const Bounds& b : of) cells.push_back(b.low);
      return Bounds::of(c_.apply(n, cells, Time{now_}));
    }
    switch (n.word) {
      case Word::equal:
      case Word::not_equal:
      case Word::less:
      case Word::at_most:
      case Word::more:
      case Word::at_least: return compared(n.word, of[0], of[1]);
      case Word::in: return in(of);
      case Word::is_known:
      case Word::is_unknown:
        if (of[0].low.is_known() != of[0].high.is_known()) return Bounds::none();
        return Bounds::of(Cell::of(of[0].low.is_known() == (n.word == Word::is_known)));
      case Word::divide:
        // On both sides of zero lies what no corner shows.
        if (sign(of[1].low) * sign(of[1].high) <= 0 && !is_point(of[1], currency_)) return Bounds::none();
        return corners(n, of);
      case Word::add:
      case Word::subtract:
      case Word::multiply: return corners(n, of);
      case Word::abs:
        if (sign(of[0].low) * sign(of[0].high) < 0) return Bounds::none();
        return corners(n, of);
      case Word::negate:
      case Word::round:
      case Word::floor:
      case Word::ceil: return corners(n, of);
      case Word::least:
      case Word::greatest: return extremes(n, of);
      case Word::hour: return calendar(n, of[0], minutes(30));
      case Word::day_of_week:
      case Word::month_of:
      case Word::days_to_anniversary: return calendar(n, of[0], hours(12));
      default: return Bounds::none();
    }
  }

  static int sign(const Cell& cell) {
    if (cell.is(CellKind::number)) return (cell.number > 0) - (cell.number < 0);
    return (cell.whole > 0) - (cell.whole < 0);
  }

  static Bounds in(const std::vector<Bounds>& of) {
    bool decided = true;
    for (size_t i = 1; i < of.size(); ++i) {
      Bounds one = compared(Word::equal, of[0], of[i]);
      if (one.is_true()) return one;
      decided = decided && one.decided;
    }
    return decided ? Bounds::of(Cell::of(false)) : Bounds::none();
  }

  Bounds calendar(const Node& n, const Bounds& of, Duration most) {
    if (!of.low.is(CellKind::time) || !of.high.is(CellKind::time)) return Bounds::none();
    if (of.high.whole - of.low.whole > most.micros) return Bounds::none();
    double low = plan_.calendar.read(n.word, Time{of.low.whole}, Time{now_});
    double high = plan_.calendar.read(n.word, Time{of.high.whole}, Time{now_});
    return low == high ? Bounds::of(Cell::of(low)) : Bounds::none();
  }

  Bounds corners(const Node& n, const std::vector<Bounds>& of) {
    std::array<Cell, 4> found;
    size_t count = 0;
    for (bool a_high : {false, true})
      for (bool b_high : {false, true}) {
        if (of.size() == 1 && b_high) continue;
        std::vector<Cell> cells = {a_high ? of[0].high : of[0].low};
        if (of.size() > 1) cells.push_back(b_high ? of[1].high : of[1].low);
        found[count++] = c_.apply(n, cells, Time{now_});
      }
    Bounds out = Bounds::of(found[0]);
    for (size_t i = 1; i < count; ++i) {
      int low = order_of(found[i], out.low), high = order_of(found[i], out.high);
      if (low == kNoOrder || high == kNoOrder) return Bounds::none();
      if (low < 0) out.low = found[i];
      if (high > 0) out.high = found[i];
    }
    return out.low.is_known() ? out : Bounds::none();
  }

  Bounds extremes(const Node& n, const std::vector<Bounds>& of) {
    std::vector<Cell> lows, highs;
    for (const Bounds& b : of) lows.push_back(b.low), highs.push_back(b.high);
    Bounds out{extreme(n.word, lows), extreme(n.word, highs), true};
    if (out.low.is_known() != out.high.is_known()) return Bounds::none();
    if (!is_of(out.low, n.base) || !is_of(out.high, n.base)) return Bounds::none();
    return out;
  }

  Customer& c_;
  const Plan& plan_;
  NodeIndex root_;
  const Currency& currency_;
  int max_looks_;
  query::Value before_;
  int64_t now_ = 0;
  uint64_t stamp_ = 0;
  std::vector<Cell> frozen_;
  std::vector<uint64_t> frozen_stamps_;
  const Stream* stream_ = nullptr;
  const Item* item_ = nullptr;
};

}  // namespace

std::optional<Time> valid_until(Customer& customer, NodeIndex node, Effort effort) {
  return Until(customer, node, effort).find();
}

}  // namespace cairn::engine

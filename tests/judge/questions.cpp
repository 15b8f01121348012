#include "judge/questions.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/hash.h"
#include "judge/evaluator.h"
#include "query/limits.h"

namespace cairn::judge {
namespace {

using query::Checked;
using query::Dimension;
using query::kNoNode;
using query::NodeId;
using query::Question;
using query::Word;

/// Everybody whom the question is about, in the order (shard, id), each with an evaluator at the question's moment.
class Crowd {
 public:
  Crowd(const Checked& checked, const Log& log, const Brand& brand) : checked_(checked), brand_(brand) {
    for (const Row& row : log.rows) rows_[{shard_of(row.customer), row.customer}].push_back(row);
    const Question& q = *checked.query.question();
    look_.t = log.now;
    if (q.as_of == kNoNode) return;
    Evaluator constant(checked, {}, brand, look_);
    // A moment that left the years 1 to 9999 is before everything.
    Value moment = constant.value(q.as_of);
    look_.t = moment.is_known() ? moment.as<Time>() : Time{INT64_MIN};
    look_.as_known = q.as_known;
  }

  const Question& question() const { return *checked_.query.question(); }
  Time t() const { return look_.t; }

  template <class F>
  void each(F visit) {
    for (auto& [place, rows] : rows_) {
      Evaluator customer(checked_, rows, brand_, look_);
      if (!customer.visible().empty() && customer.holds(question().condition)) visit(place.second, customer);
    }
  }

  Key key(const std::vector<Dimension>& by, Evaluator& customer, const Item& item) {
    Key out;
    for (const Dimension& d : by) {
      if (d.bucket) out.emplace_back(bucket_start(*d.bucket, item.time, brand_));
      else out.push_back(customer.value(d.value, &item));
    }
    return out;
  }

 private:
  const Checked& checked_;
  const Brand& brand_;
  Look look_;
  std::map<std::pair<int, CustomerId>, std::vector<Row>> rows_;
};

bool comes_after(const Item& a, const Item& b) { return std::pair(b.time, b.seq) < std::pair(a.time, a.seq); }

}  // namespace

bool KeyOrder::operator()(const Key& a, const Key& b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), comes_before);
}

std::vector<CustomerId> select(const Checked& question, const Log& log, const Brand& brand) {
  std::vector<CustomerId> out;
  Crowd crowd(question, log, brand);
  crowd.each([&](CustomerId id, Evaluator& customer) {
    if (customer.holds(crowd.question().columns[0])) out.push_back(id);
  });
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Line> values(const Checked& question, const Log& log, const Brand& brand) {
  std::vector<Line> out;
  Crowd crowd(question, log, brand);
  crowd.each([&](CustomerId id, Evaluator& customer) {
    Line line{id, {}};
    for (NodeId column : crowd.question().columns) line.values.push_back(customer.value(column));
    out.push_back(std::move(line));
  });
  std::sort(out.begin(), out.end(), [](const Line& a, const Line& b) { return a.customer < b.customer; });
  return out;
}

namespace {

/// What a cell of a series gathers, row after row.
struct Gathered {
  std::vector<Value> values;
  std::set<CustomerId> customers;
  int64_t rows = 0, skipped = 0, truths = 0;
};

bool counts_as(Word word, const query::Target& target, const Value& value) {
  const double* number = value.get<double>();
  if (word == Word::nps) return number && *number >= 0 && *number <= 10 && std::floor(*number) == *number;
  bool numeric = word == Word::sum || word == Word::avg || word == Word::min || word == Word::max ||
                 word == Word::median || word == Word::quantile;
  return numeric && target.type.base == query::BaseType::any ? number != nullptr : value.is_known();
}

Value nps_of(const std::vector<Value>& scores) {
  if (scores.empty()) return {};
  int64_t promoters = 0, detractors = 0;
  for (const Value& score : scores) {
    promoters += score.as<double>() >= 9;
    detractors += score.as<double>() <= 6;
  }
  return 100.0 * static_cast<double>(promoters - detractors) / static_cast<double>(scores.size());
}

Value extreme(const std::vector<Value>& values, bool largest) {
  if (values.empty()) return {};
  return largest ? *std::max_element(values.begin(), values.end(), comes_before)
                 : *std::min_element(values.begin(), values.end(), comes_before);
}

Value conclude(const Gathered& g, const query::Node& n, const query::Target& target, const Checked& question,
               const Brand& brand) {
  switch (n.word) {
    case Word::count: return static_cast<double>(g.rows);
    case Word::customers: return static_cast<double>(g.customers.size());
    case Word::share: return g.rows == 0 ? Value() : Value(static_cast<double>(g.truths) / static_cast<double>(g.rows));
    case Word::sum: return sum_of(g.values, target, brand);
    case Word::avg: return average_of(g.values, target, brand);
    case Word::min: return extreme(g.values, false);
    case Word::max: return extreme(g.values, true);
    case Word::median: return quantile_of(g.values, 0.5);
    case Word::quantile: return quantile_of(g.values, question.query.at(n.children[0]).value.as<double>());
    case Word::nps: return nps_of(g.values);
    default: {  // distinct
      std::set<Value, decltype(&comes_before)> different(g.values.begin(), g.values.end(), &comes_before);
      return static_cast<double>(different.size());
    }
  }
}

}  // namespace

std::map<Key, SeriesCell, KeyOrder> series(const Checked& question, const Log& log, const Brand& brand) {
  Crowd crowd(question, log, brand);
  const Question& q = crowd.question();
  const query::Node& n = question.query.at(q.columns[0]);
  const query::Target& target = question.targets[q.columns[0]];
  std::map<Key, Gathered, KeyOrder> cells;
  crowd.each([&](CustomerId id, Evaluator& customer) {
    for (const Item& item : customer.items(q.columns[0])) {
      if (!customer.in_window(q.period, item.time)) continue;
      Gathered& cell = cells[crowd.key(q.by, customer, item)];
      Value value = customer.subject(target, item);
      if (!counts_as(n.word, target, value)) {
        ++cell.skipped;
        continue;
      }
      ++cell.rows;
      cell.customers.insert(id);
      cell.values.push_back(value);
      if (n.word == Word::share) cell.truths += customer.holds(n.children[0], &item);
    }
  });
  std::map<Key, SeriesCell, KeyOrder> out;
  for (auto& [key, g] : cells) out[key] = {conclude(g, n, target, question, brand), g.rows, g.skipped};
  return out;
}

namespace {

/// The chain from `start`, every step by the earliest event that can serve it: as far as it goes.
Items chain(const std::vector<Items>& steps, const Item& start, const Question& q, const Brand& brand) {
  Items out = {start};
  auto key = [&](const Item& item) { return q.on.empty() ? Value(true) : read(*item.row, q.on, "", brand); };
  for (size_t step = 1; step < steps.size(); ++step) {
    auto next = std::find_if(steps[step].begin(), steps[step].end(), [&](const Item& item) {
      return comes_after(item, out.back()) && equal(key(item), key(start)) &&
             (q.within.micros == 0 || item.time - start.time <= q.within);
    });
    if (next == steps[step].end()) break;
    out.push_back(*next);
  }
  return out;
}

}  // namespace

std::map<Key, std::vector<FunnelStep>, KeyOrder> funnel(const Checked& question, const Log& log, const Brand& brand) {
  Crowd crowd(question, log, brand);
  const Question& q = crowd.question();
  std::map<Key, std::vector<FunnelStep>, KeyOrder> out;
  crowd.each([&](CustomerId, Evaluator& customer) {
    std::vector<Items> steps;
    for (NodeId step : q.steps) steps.push_back(customer.items(step));
    Items best;
    for (const Item& start : steps[0]) {
      if (!customer.in_window(q.period, start.time)) continue;
      if (!q.on.empty() && !read(*start.row, q.on, "", brand).is_known()) continue;
      Items reached = chain(steps, start, q, brand);
      if (reached.size() > best.size()) best = reached;
    }
    if (best.empty()) return;
    std::vector<FunnelStep>& cell = out[crowd.key(q.by, customer, best[0])];
    cell.resize(steps.size());
    for (size_t i = 0; i < best.size(); ++i) {
      ++cell[i].customers;
      if (i > 0) cell[i].delays.push_back((best[i].time - best[i - 1].time).micros);
    }
  });
  for (auto& [key, steps] : out)
    for (FunnelStep& step : steps) std::sort(step.delays.begin(), step.delays.end());
  return out;
}

std::map<Key, std::vector<RetentionCell>, KeyOrder> retention(const Checked& question, const Log& log,
                                                              const Brand& brand) {
  Crowd crowd(question, log, brand);
  const Question& q = crowd.question();
  std::map<Key, std::vector<RetentionCell>, KeyOrder> out;
  crowd.each([&](CustomerId, Evaluator& customer) {
    Items starts = customer.items(q.steps[0]), returns = customer.items(q.steps[1]);
    if (starts.empty() || !customer.in_window(q.period, starts[0].time)) return;
    const Item& start = starts[0];
    Key cohort = {Value()};
    if (!q.by.empty()) cohort = {bucket_start(*q.by[0].bucket, start.time, brand)};
    std::vector<RetentionCell>& cells = out[cohort];
    for (int k = 0; k <= query::kMaxRetentionPeriods; ++k) {
      Time from, to;
      if (q.every.micros > 0) {
        // Counted once the whole period is over.
        __int128 end = start.time.micros + static_cast<__int128>(q.every.micros) * (k + 1);
        if (end > crowd.t().micros) break;
        from = start.time + q.every * k;
        to = from + q.every;
      } else {
        // Counted from its beginning on.
        from = bucket_start(*q.by[0].bucket, start.time, brand, k);
        to = bucket_start(*q.by[0].bucket, start.time, brand, k + 1);
        if (from > crowd.t()) break;
      }
      if (cells.size() <= static_cast<size_t>(k)) cells.emplace_back();
      ++cells[static_cast<size_t>(k)].eligible;
      bool returned = std::any_of(returns.begin(), returns.end(), [&](const Item& item) {
        return comes_after(item, start) && item.time >= from && item.time < to;
      });
      cells[static_cast<size_t>(k)].returned += returned;
    }
  });
  return out;
}

Paths paths(const Checked& question, const Log& log, const Brand& brand) {
  Crowd crowd(question, log, brand);
  const Question& q = crowd.question();
  Paths out;
  crowd.each([&](CustomerId, Evaluator& customer) {
    std::vector<const Row*> walk;
    for (const Row* row : customer.visible())
      if (customer.in_window(q.period, row->occurred_at)) walk.push_back(row);
    Items anchors = customer.items(q.steps[0]);
    std::erase_if(anchors, [&](const Item& item) { return !customer.in_window(q.period, item.time); });
    if (anchors.empty()) return;
    if (q.backwards) std::reverse(walk.begin(), walk.end());
    const Row* anchor = q.backwards ? anchors.back().row : anchors.front().row;
    std::vector<std::string> way = {anchor->stream};
    for (auto it = std::find(walk.begin(), walk.end(), anchor) + 1; it != walk.end(); ++it) {
      Duration away = q.backwards ? anchor->occurred_at - (*it)->occurred_at : (*it)->occurred_at - anchor->occurred_at;
      if (way.size() > static_cast<size_t>(q.depth) || (q.within.micros > 0 && away > q.within)) break;
      if ((*it)->stream != way.back()) way.push_back((*it)->stream);
    }
    ++out.ways[way];
    for (size_t i = 0; i < way.size(); ++i) {
      ++out.nodes[{i, way[i]}];
      if (i > 0) ++out.links[{i - 1, way[i - 1], way[i]}];
    }
  });
  return out;
}

std::map<std::pair<std::string, std::string>, Transition> transitions(const Checked& question, const Log& log,
                                                                      const Brand& brand) {
  Crowd crowd(question, log, brand);
  std::map<std::pair<std::string, std::string>, Transition> out;
  crowd.each([&](CustomerId, Evaluator& customer) {
    const Row* before = nullptr;
    for (const Row* row : customer.visible()) {
      if (!customer.in_window(crowd.question().period, row->occurred_at)) continue;
      if (before) {
        int64_t delay = (row->occurred_at - before->occurred_at).micros;
        auto [it, is_new] = out.try_emplace({before->stream, row->stream});
        Transition& t = it->second;
        t.min_micros = is_new ? delay : std::min(t.min_micros, delay);
        t.max_micros = is_new ? delay : std::max(t.max_micros, delay);
        t.total_micros += delay;
        ++t.count;
      }
      before = row;
    }
  });
  return out;
}

}  // namespace cairn::judge

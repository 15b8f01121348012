#include "questions/tabulate.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "query/printer.h"
#include "stats/sample.h"

namespace cairn::questions {
namespace {

using engine::Key;
using query::BaseType;
using query::Checked;
using query::Value;

Column counted(std::string name) { return {std::move(name), BaseType::number, Unit::count}; }
Column shared(std::string name) { return {std::move(name), BaseType::number, Unit::share}; }
Column text(std::string name) { return {std::move(name), BaseType::text}; }
Column span(std::string name) { return {std::move(name), BaseType::duration}; }

Value number(uint64_t n) { return Value(static_cast<double>(n)); }
Value number(int64_t n) { return Value(static_cast<double>(n)); }
Value ratio(double part, double whole) { return whole == 0 ? Value() : Value(part / whole); }
Value ratio(int64_t part, int64_t whole) { return ratio(static_cast<double>(part), static_cast<double>(whole)); }

std::vector<Column> dimensions(const Checked& checked) {
  std::vector<Column> out;
  for (const query::Dimension& d : checked.query.question()->by) {
    if (d.bucket) out.push_back({std::string(json::enum_name(*d.bucket)), BaseType::time, Unit::none, d.bucket});
    else out.push_back({query::print(checked.query, d.value), checked.types[d.value].base});
  }
  return out;
}

/// Retention has one cohort, by nothing, when it is not broken down.
std::vector<Value> padded(const Key& key, size_t columns) {
  std::vector<Value> out = key;
  out.resize(columns);
  return out;
}

Value type7(std::vector<double>& micros, double q) {
  if (micros.empty()) return {};
  return Value(Duration{std::llround(stats::quantile(micros, q))});
}

/// The table's rows: most first, ties by the first cell.
template <class Row>
void by_count(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.second > b.second; });
}

}  // namespace

void put_selected(Answer& out, const engine::Selected& selected, uint64_t everybody) {
  uint64_t count = selected.count();
  out.facts.push_back({counted("customers"), number(count)});
  out.facts.push_back({counted("of"), number(everybody)});
  out.facts.push_back({shared("share"), ratio(static_cast<double>(count), static_cast<double>(everybody))});
  Table table{"customers", {{"customer", BaseType::text, Unit::customer}}, selected.ids(), {}};
  out.tables.push_back(std::move(table));
}

void put_values(Answer& out, const Checked& checked, std::vector<engine::Line> lines) {
  Table table{"values", {{"customer", BaseType::text, Unit::customer}}, {}, {}};
  for (query::NodeId column : checked.query.question()->columns)
    table.columns.push_back({query::print(checked.query, column), checked.types[column].base});
  table.customers.reserve(lines.size());
  table.rows.reserve(lines.size());
  for (engine::Line& line : lines) {
    table.customers.push_back(line.customer);
    table.rows.push_back(std::move(line.values));
  }
  out.facts.push_back({counted("customers"), number(uint64_t{table.customers.size()})});
  out.tables.push_back(std::move(table));
}

void put_series(Answer& out, const Checked& checked, const engine::Series& series) {
  Table table{"series", dimensions(checked), {}, {}};
  query::NodeId aggregate = checked.query.question()->columns[0];
  query::Word word = checked.query.at(aggregate).word;
  bool counts = word == query::Word::count || word == query::Word::customers || word == query::Word::distinct;
  Unit unit = counts ? Unit::count : word == query::Word::share ? Unit::share : Unit::none;
  table.columns.push_back({"value", checked.types[aggregate].base, unit});
  table.columns.push_back(counted("rows"));
  table.columns.push_back(counted("skipped"));
  int64_t rows = 0, skipped = 0;
  for (const auto& [key, cell] : series) {
    std::vector<Value> row = key;
    row.insert(row.end(), {cell.value, number(cell.rows), number(cell.skipped)});
    table.rows.push_back(std::move(row));
    rows += cell.rows;
    skipped += cell.skipped;
  }
  out.facts = {{counted("rows"), number(rows)}, {counted("skipped"), number(skipped)}};
  out.tables.push_back(std::move(table));
}

void put_funnel(Answer& out, const Checked& checked, engine::Funnel funnel) {
  const query::Question& q = *checked.query.question();
  Table table{"funnel", dimensions(checked), {}, {}};
  for (Column column : {counted("step"), text("event"), counted("customers"), shared("of_start"), shared("of_previous"),
                        span("delay_p25"), span("delay_median"), span("delay_p75")})
    table.columns.push_back(std::move(column));
  for (auto& [key, steps] : funnel) {
    for (size_t i = 0; i < steps.size(); ++i) {
      std::vector<Value> row = key;
      std::vector<double> delays(steps[i].delays.begin(), steps[i].delays.end());
      row.insert(row.end(), {number(uint64_t{i + 1}), Value(query::print(checked.query, q.steps[i])),
                             number(steps[i].customers), ratio(steps[i].customers, steps[0].customers),
                             i == 0 ? Value() : ratio(steps[i].customers, steps[i - 1].customers), type7(delays, 0.25),
                             type7(delays, 0.5), type7(delays, 0.75)});
      table.rows.push_back(std::move(row));
    }
  }
  out.tables.push_back(std::move(table));
}

void put_retention(Answer& out, const Checked& checked, const engine::Retention& retention) {
  Table table{"retention", dimensions(checked), {}, {}};
  size_t keys = table.columns.size();
  for (Column column : {counted("period"), counted("customers"), counted("returned"), shared("share")})
    table.columns.push_back(std::move(column));
  for (const auto& [key, cells] : retention) {
    for (size_t i = 0; i < cells.size(); ++i) {
      std::vector<Value> row = padded(key, keys);
      row.insert(row.end(), {number(uint64_t{i}), number(cells[i].eligible), number(cells[i].returned),
                             ratio(cells[i].returned, cells[i].eligible)});
      table.rows.push_back(std::move(row));
    }
  }
  out.tables.push_back(std::move(table));
}

void put_paths(Answer& out, const Checked& checked, const engine::Paths& paths) {
  bool backwards = checked.query.question()->backwards;
  std::vector<std::pair<const std::vector<std::string>*, int64_t>> ways;
  int64_t total = 0;
  for (const auto& [way, customers] : paths.ways) ways.push_back({&way, customers}), total += customers;
  by_count(ways);
  Table table{"ways", {{"way", BaseType::list}, counted("customers"), shared("share")}, {}, {}};
  for (auto [way, customers] : ways) {
    Value::List stops(way->begin(), way->end());
    if (backwards) std::reverse(stops.begin(), stops.end());
    table.rows.push_back({Value(std::move(stops)), number(customers), ratio(customers, total)});
  }
  // Steps are counted from the event that was named, backwards with a minus.
  auto step = [&](size_t n) { return Value(backwards ? -static_cast<double>(n) : static_cast<double>(n)); };
  Table nodes{"nodes", {{"step"}, text("event"), counted("customers")}, {}, {}};
  for (const auto& [node, customers] : paths.nodes)
    nodes.rows.push_back({step(std::get<0>(node)), Value(std::get<1>(node)), number(customers)});
  Table links{"links", {{"step"}, text("from"), text("to"), counted("customers")}, {}, {}};
  for (const auto& [link, customers] : paths.links) {
    Value a(std::get<1>(link)), b(std::get<2>(link));
    if (backwards) std::swap(a, b);
    links.rows.push_back({step(std::get<0>(link)), a, b, number(customers)});
  }
  out.facts.push_back({counted("customers"), number(total)});
  for (Table* one : {&table, &nodes, &links}) out.tables.push_back(std::move(*one));
}

void put_transitions(Answer& out, const engine::Transitions& transitions) {
  std::map<std::string_view, int64_t> left;
  std::vector<std::pair<const std::pair<const std::pair<std::string, std::string>, engine::Transition>*, int64_t>> rows;
  int64_t total = 0;
  for (const auto& entry : transitions) {
    left[entry.first.first] += entry.second.count;
    total += entry.second.count;
    rows.push_back({&entry, entry.second.count});
  }
  by_count(rows);
  Table table{"transitions",
              {text("from"), text("to"), counted("count"), shared("share"), span("delay_mean"), span("delay_min"),
               span("delay_max")},
              {},
              {}};
  for (auto [entry, count] : rows) {
    const engine::Transition& t = entry->second;
    auto mean = std::llround(static_cast<double>(t.total_micros) / static_cast<double>(t.count));
    table.rows.push_back({Value(entry->first.first), Value(entry->first.second), number(count),
                          ratio(count, left[entry->first.first]), Value(Duration{mean}), Value(Duration{t.min_micros}),
                          Value(Duration{t.max_micros})});
  }
  out.facts.push_back({counted("transitions"), number(total)});
  out.tables.push_back(std::move(table));
}

namespace {

/// Numbers, minor units, microseconds.
double as_double(const Value& value) {
  if (auto n = value.get<double>()) return *n;
  if (auto m = value.get<Money>()) return static_cast<double>(m->minor);
  if (auto t = value.get<Time>()) return static_cast<double>(t->micros);
  if (auto d = value.get<Duration>()) return static_cast<double>(d->micros);
  return 0;
}

Value of_double(double x, const Value& like) {
  if (like.is<double>()) return Value(x);
  int64_t whole = std::llround(x);
  if (auto m = like.get<Money>()) return Value(Money{whole, m->currency});
  if (like.is<Time>()) return Value(Time{whole});
  return Value(Duration{whole});
}

Value sum_of(const std::vector<const Value*>& known) {
  if (known[0]->is<double>()) {
    double sum = 0;
    for (const Value* v : known) sum += *v->get<double>();
    return Value(sum);
  }
  int64_t sum = 0;
  for (const Value* v : known)
    if (__builtin_add_overflow(sum, v->as<Money>().minor, &sum)) return {};
  return Value(Money{sum, known[0]->as<Money>().currency});
}

void put_spread(Answer& out, BaseType type, const std::vector<const Value*>& known) {
  if (known.empty()) return;
  std::vector<double> numbers;
  for (const Value* value : known) numbers.push_back(as_double(*value));
  auto put = [&](std::string name, Value value) { out.facts.push_back({{std::move(name), type}, std::move(value)}); };
  auto quantile = [&](double q) { return of_double(stats::quantile(numbers, q), *known[0]); };
  auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  put("min", *known[static_cast<size_t>(least - numbers.begin())]);
  put("p25", quantile(0.25));
  put("median", quantile(0.5));
  put("p75", quantile(0.75));
  put("max", *known[static_cast<size_t>(most - numbers.begin())]);
  if (type == BaseType::time) return;
  double total = 0;
  for (double n : numbers) total += n;
  put("mean", of_double(total / static_cast<double>(numbers.size()), *known[0]));
  // The sum of how long something took for each customer says nothing.
  if (type != BaseType::duration) put("sum", sum_of(known));
}

}  // namespace

void put_distribution(Answer& out, query::Type type, const std::vector<engine::Line>& lines) {
  std::vector<const Value*> known;
  for (const engine::Line& line : lines)
    if (line.values[0].is_known()) known.push_back(&line.values[0]);
  out.facts.push_back({counted("customers"), number(uint64_t{lines.size()})});
  out.facts.push_back({counted("known"), number(uint64_t{known.size()})});
  out.facts.push_back({counted("unknown"), number(uint64_t{lines.size() - known.size()})});
  bool has_spread = type.base == BaseType::number || type.base == BaseType::money || type.base == BaseType::time ||
                    type.base == BaseType::duration;
  if (has_spread) put_spread(out, type.base, known);

  std::map<Key, int64_t, engine::KeyOrder> times;
  for (const Value* value : known)
    if (++times[{*value}]; has_spread && times.size() > kListedNumbers) return;
  out.facts.push_back({counted("distinct"), number(uint64_t{times.size()})});
  std::vector<std::pair<const Key*, int64_t>> rows;
  for (const auto& [key, count] : times) rows.push_back({&key, count});
  if (!has_spread) by_count(rows);
  if (rows.size() > kListedValues) rows.resize(kListedValues);
  Table table{"distribution", {{"value", type.base}, counted("customers"), shared("share")}, {}, {}};
  for (auto [key, count] : rows)
    table.rows.push_back({(*key)[0], number(count), ratio(count, static_cast<int64_t>(lines.size()))});
  out.tables.push_back(std::move(table));
}

}  // namespace cairn::questions

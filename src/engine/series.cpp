#include <algorithm>
#include <memory>
#include <set>

#include "engine/aggregate.h"
#include "engine/buckets.h"
#include "engine/scan.h"

namespace cairn::engine {
namespace {

using query::Value;
using query::Word;

struct ValueOrder {
  bool operator()(const Value& a, const Value& b) const { return comes_before(a, b); }
};

/// What a cell gathers, row after row of one shard, shards in their order.
struct Gathered {
  Sum sum;
  std::vector<double> addends;  ///< Of sums of doubles, which are added in one order at the end.
  std::vector<Cell> cells;      ///< For quantiles.
  std::set<Value, ValueOrder> different;
  Cell least, most;
  int64_t rows = 0, skipped = 0, truths = 0, customers = 0, promoters = 0, detractors = 0;
  CustomerId last_customer;

  void take(const Aggregate& a, const Cell& cell, const Currency& currency) {
    switch (a.word) {
      case Word::sum:
      case Word::avg:
        sum.add(a, cell);
        if (cell.is(CellKind::number) && !a.is_integer) addends.push_back(cell.number);
        break;
      case Word::min:
        if (!least.is_known() || comes_before(cell, least)) least = cell;
        break;
      case Word::max:
        if (!most.is_known() || comes_before(most, cell)) most = cell;
        break;
      case Word::median:
      case Word::quantile: cells.push_back(cell); break;
      case Word::distinct: different.insert(to_value(cell, currency)); break;
      case Word::nps:
        promoters += cell.number >= 9;
        detractors += cell.number <= 6;
        break;
      default: break;
    }
  }

  /// REQUIRES that the other is of a later shard.
  void merge(const Aggregate& a, Gathered& other) {
    sum.exact += other.sum.exact;
    sum.count += other.sum.count;
    addends.insert(addends.end(), other.addends.begin(), other.addends.end());
    cells.insert(cells.end(), other.cells.begin(), other.cells.end());
    different.merge(other.different);
    if (other.least.is_known()) take({.word = a.word, .base = a.base}, other.least, {});
    if (other.most.is_known()) take({.word = a.word, .base = a.base}, other.most, {});
    rows += other.rows;
    skipped += other.skipped;
    truths += other.truths;
    customers += other.customers;
    promoters += other.promoters;
    detractors += other.detractors;
  }
};

double ratio(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

/// Exact, interpolated between neighbours: type 7 of Hyndman and Fan (1996).
Cell quantile(std::vector<Cell>& cells, double q) {
  if (cells.empty()) return {};
  double h = static_cast<double>(cells.size() - 1) * q;
  auto below = static_cast<size_t>(std::floor(h));
  double part = h - static_cast<double>(below);
  auto at = cells.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(cells.begin(), at, cells.end(), [](const Cell& a, const Cell& b) { return comes_before(a, b); });
  Cell low = *at;
  if (part == 0) return low;
  Cell high = *std::min_element(at + 1, cells.end(), [](const Cell& a, const Cell& b) { return comes_before(a, b); });
  if (equal(low, high)) return low;
  if (low.is(CellKind::number)) return Cell::of(low.number + part * (high.number - low.number));
  // Of money and times the step between the neighbours is rounded.
  return arithmetic(Word::add, low, scaled(arithmetic(Word::subtract, high, low), part, false));
}

Cell conclude(Gathered& g, const Aggregate& a, const Currency& currency) {
  if (a.base != query::BaseType::money && !a.is_integer) {
    g.sum.running = 0;
    for (double addend : g.addends) g.sum.running += addend;
  }
  switch (a.word) {
    case Word::count: return Cell::of(static_cast<double>(g.rows));
    case Word::customers: return Cell::of(static_cast<double>(g.customers));
    case Word::share: return g.rows == 0 ? Cell() : Cell::of(ratio(g.truths, g.rows));
    case Word::sum: return g.sum.sum(a, currency);
    case Word::avg: return g.sum.average(a, currency);
    case Word::min: return g.least;
    case Word::max: return g.most;
    case Word::median: return quantile(g.cells, 0.5);
    case Word::quantile: return quantile(g.cells, a.q);
    case Word::nps:
      if (g.rows == 0) return {};
      return Cell::of(100.0 * static_cast<double>(g.promoters - g.detractors) / static_cast<double>(g.rows));
    default: return Cell::of(static_cast<double>(g.different.size()));
  }
}

using Cells = std::map<Key, Gathered, KeyOrder>;

struct Partial {
  Cells* cells = nullptr;
  Items items;
  Key key;
};

void gather(Partial& out, Customer& customer, Span period) {
  const Plan& plan = customer.plan();
  const Question& q = *plan.question;
  const Aggregate& a = q.aggregate;
  customer.find(a.subject, period, out.items);
  CustomerId id = customer.part().customer(customer.index());
  for (const Item& item : out.items.rows) {
    key_of(q.by, customer, *out.items.stream, item, out.key);
    Gathered& cell = (*out.cells)[out.key];
    Cell value = customer.read(a, *out.items.stream, item);
    if (!counts(a, value)) {
      ++cell.skipped;
      continue;
    }
    ++cell.rows;
    if (cell.last_customer != id) ++cell.customers;
    cell.last_customer = id;
    cell.take(a, value, plan.currency);
    if (a.share != kNone) cell.truths += customer.holds(a.share, *out.items.stream, item);
  }
}

/// One shard over columns: a row's cell is found by the numbers of its bucket and of its codes.
class Columns {
 public:
  Columns(const Plan& plan, const std::vector<Buckets>& buckets, Span span)
      : plan_(plan), q_(*plan.question), buckets_(buckets), span_(span) {}

  /// Whether the block's part can be read so. When not, its rows may be put into cells().
  bool begin(const timeline::Part& part, const RowFilter& filter) {
    if (&part == part_) return is_fast_;
    flush();
    part_ = &part;
    is_fast_ = prepare(filter);
    return is_fast_;
  }

  void gather(Block& block, const std::vector<uint8_t>& who) {
    if (!stream_) return;
    offsets_.resize(block.size() + 1);
    stream_->offsets().read(block.first(), block.size(), offsets_.data());
    uint32_t base = offsets_.front(), count = offsets_.back() - base;
    mask_.resize(count);
    times_.resize(count);
    block.filter().mask(q_.aggregate.subject.where, *stream_, base, count, mask_.data());
    stream_->occurred_at().read(base, count, times_.data());
    for (uint32_t i = 0; i < block.size(); ++i) {
      if (!who[i]) continue;
      CustomerId id = part_->customer(block.first() + i);
      for (uint32_t row = offsets_[i]; row < offsets_[i + 1]; ++row)
        if (mask_[row - base] && span_.holds(times_[row - base])) add(block.customer(), row, times_[row - base], id);
    }
  }

  /// Puts what the present part gave under its keys.
  void flush() {
    for (size_t at = 0; at < cells_.size(); ++at)
      if (cells_[at]) out_[key(at)].merge(q_.aggregate, *cells_[at]);
    cells_.clear();
  }
  /// By key: what came before the present part, in the order in which it came.
  Cells& cells() { return out_; }

 private:
  static constexpr size_t kMostCells = 1 << 18;

  struct Place {
    const Buckets* bucket = nullptr;
    const timeline::Column* codes = nullptr;  ///< Null, too: nobody knows it.
    size_t size = 1;
  };

  bool prepare(const RowFilter& filter) {
    const Aggregate& a = q_.aggregate;
    places_.clear();
    stream_ = nullptr;
    if (a.subject.is_entity || !filter.is_fast(a.subject.where) || a.share != kNone || !a.item.empty()) return false;
    if (!a.subject.exists) return true;
    stream_ = part_->stream(static_cast<timeline::KindIndex>(a.subject.index));
    if (!stream_) return true;
    size_t size = 1;
    for (size_t d = 0; d < q_.by.size(); ++d) {
      if (!place(q_.by[d], buckets_[d])) return false;
      size *= places_.back().size;
      if (size > kMostCells) return false;
    }
    cells_.resize(size);
    return true;
  }

  bool place(const Dimension& d, const Buckets& buckets) {
    Place& out = places_.emplace_back();
    if (d.bucket) {
      out.bucket = &buckets;
      out.size = buckets.size();
      return out.size > 0;
    }
    const Node& n = plan_.nodes[static_cast<size_t>(d.value)];
    if (n.op != Op::row_value || !n.item.empty()) return false;
    out.codes = n.index < 0 ? nullptr : stream_->column(static_cast<size_t>(n.index));
    if (out.codes && out.codes->coding() == timeline::Coding::nothing) out.codes = nullptr;
    if (!out.codes) return true;
    out.size = out.codes->dictionary().size() + 1;
    return out.codes->coding() == timeline::Coding::codes;
  }

  void add(Customer& reader, uint32_t row, int64_t time, CustomerId id) {
    size_t at = 0;
    for (const Place& p : places_) {
      size_t own = p.bucket ? p.bucket->place(time) : p.codes && p.codes->is_known(row) ? p.codes->code(row) + 1 : 0;
      at = at * p.size + own;
    }
    if (!cells_[at]) cells_[at] = std::make_unique<Gathered>();
    const Aggregate& a = q_.aggregate;
    Gathered& cell = *cells_[at];
    if (a.reads != Reads::row) {
      Cell value = reader.read(a, *stream_, {time, row});
      if (!counts(a, value)) {
        ++cell.skipped;
        return;
      }
      cell.take(a, value, plan_.currency);
    }
    ++cell.rows;
    cell.customers += cell.last_customer != id;
    cell.last_customer = id;
  }

  Key key(size_t at) const {
    Key out(places_.size());
    for (size_t d = places_.size(); d-- > 0;) {
      const Place& p = places_[d];
      size_t own = at % p.size;
      at /= p.size;
      if (p.bucket) out[d] = Time{p.bucket->start(own)};
      else if (own > 0) out[d] = p.codes->dictionary()[own - 1];
    }
    return out;
  }

  const Plan& plan_;
  const Question& q_;
  const std::vector<Buckets>& buckets_;
  Span span_;
  const timeline::Part* part_ = nullptr;
  const timeline::Stream* stream_ = nullptr;
  bool is_fast_ = false;
  std::vector<Place> places_;
  std::vector<std::unique_ptr<Gathered>> cells_;
  std::vector<uint32_t> offsets_;
  std::vector<uint8_t> mask_;
  std::vector<int64_t> times_;
  Cells out_;
};

struct ShardState {
  std::unique_ptr<Columns> columns;
  std::unique_ptr<Customer> customer;
  Partial partial;
};

}  // namespace

Result<Series> series(const Plan& plan, const Ask& ask) {
  const Question& q = *plan.question;
  const Aggregate& a = q.aggregate;
  Look look = look_of(plan, ask.now);
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  Span period = nobody.span_of(q.period, look.t), seen = period;
  if (look.t.micros < INT64_MAX) seen.to = std::min(seen.to, look.t.micros + 1);
  std::vector<Buckets> buckets(q.by.size());
  for (size_t d = 0; d < q.by.size(); ++d)
    if (q.by[d].bucket && *q.by[d].bucket != query::Bucket::hour)
      buckets[d] = Buckets::of(*q.by[d].bucket, plan.calendar, ask.version, look.t);
  auto shards = TRY(each_kept<ShardState>(
      plan, ask, [&](ShardState& s, const timeline::Part& part, Block& block, const std::vector<uint8_t>& who) {
        if (!s.columns) s.columns = std::make_unique<Columns>(plan, buckets, seen);
        if (!look.as_known && s.columns->begin(part, block.filter())) return s.columns->gather(block, who);
        if (!s.customer) s.customer = std::make_unique<Customer>(plan);
        s.partial.cells = &s.columns->cells();
        for (uint32_t i = 0; i < block.size(); ++i) {
          if (!who[i]) continue;
          s.customer->look(part, block.first() + i, look);
          gather(s.partial, *s.customer, period);
        }
      }));
  Cells cells;
  for (ShardState& s : shards) {
    if (!s.columns) continue;
    s.columns->flush();
    for (auto& [key, gathered] : s.columns->cells()) cells[key].merge(a, gathered);
  }
  Series out;
  for (auto& [key, g] : cells) out[key] = {to_value(conclude(g, a, plan.currency), plan.currency), g.rows, g.skipped};
  return out;
}

}  // namespace cairn::engine

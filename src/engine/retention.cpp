#include <algorithm>

#include "engine/buckets.h"
#include "engine/scan.h"
#include "engine/step_rows.h"
#include "query/limits.h"

namespace cairn::engine {
namespace {

/// A cohort of one shard. Counted by period; who is eligible is a prefix of the periods.
struct Cohort {
  std::vector<int64_t> bounds;  ///< Where calendar periods begin, up to t, and the end of the last.
  std::vector<RetentionCell> cells;
};

struct Partial {
  std::map<int64_t, Cohort> cohorts;  ///< By the moment at which they begin; INT64_MIN: the one that there is.
  Items starts, returns;
  std::vector<uint8_t> returned;
};

/// The periods of a calendar cohort.
void begin(Cohort& cohort, const Plan& plan, Time start, Time t) {
  if (!cohort.bounds.empty()) return;
  query::Bucket bucket = *plan.question->by[0].bucket;
  for (int k = 0; k <= query::kMaxRetentionPeriods; ++k) {
    Time from = plan.calendar.start(bucket, start, k);
    cohort.bounds.push_back(from.micros);
    if (from > t) return;
  }
  cohort.bounds.push_back(plan.calendar.start(bucket, start, query::kMaxRetentionPeriods + 1).micros);
}

/// How many periods a customer with this start is eligible for.
size_t periods(const Question& q, const Cohort& cohort, int64_t start, Time t) {
  if (q.every == 0) return cohort.bounds.size() - 1;
  int64_t over = t.micros < start ? 0 : (t.micros - start) / q.every;
  return static_cast<size_t>(std::min<int64_t>(over, query::kMaxRetentionPeriods + 1));
}

size_t period_of(const Question& q, const Cohort& cohort, int64_t start, int64_t time) {
  if (q.every > 0) return static_cast<size_t>((time - start) / q.every);
  auto after = std::upper_bound(cohort.bounds.begin(), cohort.bounds.end(), time);
  return static_cast<size_t>(after - cohort.bounds.begin()) - 1;
}

void gather(Partial& p, Customer& customer, Span period) {
  const Plan& plan = customer.plan();
  const Question& q = *plan.question;
  Time t = customer.at().t;
  customer.find(q.steps.steps[0], {}, p.starts);
  if (p.starts.rows.empty() || !period.holds(p.starts.rows[0].time)) return;
  int64_t start = p.starts.rows[0].time, start_seq = p.starts.seq(0);
  int64_t at = q.by.empty() ? INT64_MIN : plan.calendar.start(*q.by[0].bucket, Time{start}).micros;
  Cohort& cohort = p.cohorts[at];
  if (q.every == 0) begin(cohort, plan, Time{start}, t);
  size_t eligible = periods(q, cohort, start, t);
  p.returned.assign(eligible, 0);
  customer.find(q.steps.steps[1], {start, INT64_MAX}, p.returns);
  for (size_t i = 0; i < p.returns.rows.size(); ++i) {
    int64_t time = p.returns.rows[i].time;
    if (time == start && p.returns.seq(i) <= start_seq) continue;
    size_t k = period_of(q, cohort, start, time);
    if (k < eligible) p.returned[k] = 1;
  }
  if (cohort.cells.size() < eligible) cohort.cells.resize(eligible);
  for (size_t k = 0; k < eligible; ++k) {
    ++cohort.cells[k].eligible;
    cohort.cells[k].returned += p.returned[k];
  }
}

/// Of a table of cohorts and periods, in each shard.
constexpr size_t kMostCells = 262'144;

size_t width_of(const Buckets& buckets) {
  return std::min<size_t>(buckets.size(), query::kMaxRetentionPeriods + 1) + 2;
}

/// Over columns, by the calendar: all cohorts share one row of moments at which periods begin.
struct Fast {
  StepRows starts, other;
  bool is_same = false;  ///< Coming back is what it began with, so that it is read once.
  /// By cohort: who began, who came back in each period, and who later than is counted.
  std::vector<uint32_t> cells;
  uint32_t width = 0;                     ///< How many a cohort has.
  std::vector<uint16_t> places;           ///< By row: in which bucket.
  std::vector<uint8_t> is_first, counts;  ///< By row: whether a customer begins; and then, whether they count.
  const StepRows& returns() const { return is_same ? starts : other; }
};

void count(Fast& f, uint32_t index, const Buckets& buckets, Span period) {
  StepRows::Rows starts = f.starts.of(index);
  while (starts.begin < starts.end && !f.starts.holds(starts.begin)) ++starts.begin;
  if (starts.begin == starts.end || !period.holds(f.starts.time(starts.begin))) return;
  int64_t start = f.starts.time(starts.begin);
  size_t cohort = buckets.place(start);
  uint32_t* cells = f.cells.data() + cohort * f.width;
  ++cells[0];
  const StepRows& returns = f.returns();
  StepRows::Rows back = returns.of(index);
  if (f.is_same) back.begin = starts.begin + 1;
  for (size_t last = SIZE_MAX; back.begin < back.end; ++back.begin) {
    int64_t time = returns.time(back.begin);
    if (time < start || !returns.holds(back.begin)) continue;
    size_t at = std::min<size_t>(buckets.place(time) - cohort + 1, f.width - 1);
    if (at == last || !comes_after(returns, back.begin, f.starts, starts.begin)) continue;
    ++cells[at];
    last = at;
  }
}

/// The same for the whole block when coming back is what it began with: over rows and without a branch, because how
/// many rows a customer has is what no processor can guess.
[[gnu::noinline]] void count_rows(Fast& f, const std::vector<uint8_t>& who, const Buckets& buckets, Span period) {
  const StepRows& rows = f.starts;
  const uint32_t size = rows.size();
  f.places.resize(size);
  f.is_first.assign(size + 1, 0);
  f.counts.assign(size + 1, 0);
  // Those without rows are written over by the next who has some.
  for (uint32_t i = 0; i < who.size(); ++i) {
    f.is_first[rows.begin(i)] = 1;
    f.counts[rows.begin(i)] = who[i];
  }
  for (uint32_t row = 0; row < size; ++row) {
    const int64_t time = rows.time(row);
    f.places[row] = static_cast<uint16_t>(buckets.place(time));
    f.counts[row] &= static_cast<uint8_t>(period.holds(time));
  }
  // Nothing by reference, because a byte that is read may be anything to the compiler.
  const uint16_t* places = f.places.data();
  const uint8_t *is_first = f.is_first.data(), *counts = f.counts.data();
  uint32_t* cells = f.cells.data();
  const uint32_t width = f.width;
  uint32_t cohort = 0, begin = 0, weight = 0, before = 0;
  for (uint32_t row = 0; row < size; ++row) {
    const uint32_t place = places[row], first = -static_cast<uint32_t>(is_first[row]);
    cohort ^= (cohort ^ place) & first;
    begin ^= (begin ^ place * width) & first;
    weight ^= (weight ^ counts[row]) & first;
    const uint32_t at = std::min(place - cohort + 1, width - 1) & ~first;
    cells[begin + at] += weight & (first | static_cast<uint32_t>(at != before));
    before = at;
  }
}

void gather(Fast& f, const Plan& plan, const Look& look, const timeline::Part& part, Block& block,
            const std::vector<uint8_t>& who, const Buckets& buckets, Span period) {
  const Sequence& steps = plan.question->steps;
  if (f.cells.empty()) {
    f.width = static_cast<uint32_t>(width_of(buckets));
    f.cells.assign(buckets.size() * f.width, 0);
    f.is_same = steps.steps[0] == steps.steps[1];
  }
  f.starts.read(steps.steps[0], part, block, look.t);
  if (!f.starts.stream()) return;
  if (f.is_same && f.starts.is_plain()) return count_rows(f, who, buckets, period);
  if (!f.is_same) f.other.read(steps.steps[1], part, block, look.t);
  for (uint32_t i = 0; i < block.size(); ++i)
    if (who[i]) count(f, i, buckets, period);
}

void merge(Retention& out, const Fast& f, const Buckets& buckets) {
  if (f.cells.empty()) return;
  for (size_t cohort = 0; cohort < buckets.size(); ++cohort) {
    const uint32_t* of = f.cells.data() + cohort * f.width;
    if (of[0] == 0) continue;
    std::vector<RetentionCell>& cells = out[{query::Value(Time{buckets.start(cohort)})}];
    cells.resize(std::min<size_t>(f.width - 2, buckets.size() - cohort));
    for (size_t k = 0; k < cells.size(); ++k) {
      cells[k].eligible += of[0];
      cells[k].returned += of[k + 1];
    }
  }
}

}  // namespace

Result<Retention> retention(const Plan& plan, const Ask& ask) {
  Look look = look_of(plan, ask.now);
  Customer nobody(plan);
  nobody.look_at_nobody(look);
  Span period = nobody.span_of(plan.question->period, look.t);
  Retention out;
  const Question& q = *plan.question;
  bool by_calendar = q.every == 0 && *q.by[0].bucket != query::Bucket::hour;
  Buckets buckets;
  if (by_calendar && are_fast(q.steps, RowFilter(plan), look))
    buckets = Buckets::of(*q.by[0].bucket, plan.calendar, ask.version, look.t);
  if (buckets.size() > 0 && buckets.size() * width_of(buckets) <= kMostCells) {
    auto shards = TRY(each_kept<Fast>(
        plan, ask, [&](Fast& f, const timeline::Part& part, Block& block, const std::vector<uint8_t>& who) {
          gather(f, plan, look, part, block, who, buckets, period);
        }));
    for (const Fast& f : shards) merge(out, f, buckets);
    return out;
  }
  auto shards = TRY(each_customer<Partial>(
      plan, ask, [&](Partial& partial, Customer& customer) { gather(partial, customer, period); }));
  for (const Partial& partial : shards)
    for (auto& [at, cohort] : partial.cohorts) {
      std::vector<RetentionCell>& cells = out[{at == INT64_MIN ? query::Value() : query::Value(Time{at})}];
      if (cells.size() < cohort.cells.size()) cells.resize(cohort.cells.size());
      for (size_t k = 0; k < cohort.cells.size(); ++k) {
        cells[k].eligible += cohort.cells[k].eligible;
        cells[k].returned += cohort.cells[k].returned;
      }
    }
  return out;
}

}  // namespace cairn::engine

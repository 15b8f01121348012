#include "segments/rfm.h"

#include <algorithm>

#include "engine/customer.h"
#include "events/kinds.h"
#include "query/parser.h"

namespace cairn::segments {
namespace {

/// Of sorted figures, the four that part them into fifths: the smallest with so many at or below it.
template <class T>
std::array<T, 4> cuts(std::vector<T>& of) {
  std::sort(of.begin(), of.end());
  std::array<T, 4> out{};
  for (size_t k = 0; k < 4 && !of.empty(); ++k) out[k] = of[((k + 1) * of.size() + 4) / 5 - 1];
  return out;
}

template <class T>
int class_of(const std::array<T, 4>& cuts, T figure) {
  int out = 1;
  for (T cut : cuts) out += figure > cut ? 1 : 0;
  return out;
}

Result<std::shared_ptr<const engine::Plan>> plan_for(const timeline::Version& version) {
  auto parsed = query::parse(fmt::format("values({}, {}, {})", kRecency, kFrequency, kSpent));
  query::CheckOptions options{.currency = version.schema().reading().currency};
  auto checked = query::check(std::move(*parsed), events::declared_kinds(), options);
  if (!checked) return fail(Code::internal, "the question for fifths of buyers does not hold");
  return engine::make_plan(std::move(*checked), version.shared_schema(), {});
}

/// What the plan reads of these customers, against its checksums.
Result<void> touch_orders(const engine::Plan& plan, const timeline::Part& part, timeline::Range customers, Time now) {
  for (const auto& [entity, fields] : plan.entities) {
    const timeline::EntityStream* stream = part.entity(entity);
    if (!stream) continue;
    TRY(stream->touch(customers));
    TRY(stream->rows().touch_all(customers));
    // Who has an event that lies ahead is folded anew from their rows.
    if (stream->changed_at().max() > now.micros) TRY(part.touch(customers));
  }
  return {};
}

constexpr uint32_t kBlock = 4096;  // customers between two looks at goes_on

}  // namespace

Fifths::Fifths(std::vector<double>& all_days, std::vector<double>& all_orders, std::vector<int64_t>& all_spent)
    : days(cuts(all_days)),
      orders(cuts(all_orders)),
      spent(cuts(all_spent)),
      buyers(static_cast<int64_t>(all_days.size())) {
  often = std::max(often, orders[3]);
  has_fixed = std::adjacent_find(orders.begin(), orders.end()) != orders.end();
  if (has_fixed) orders = {1, 2, 3, 4};
}

int Fifths::recency(double days_since) const { return 6 - class_of(days, days_since); }
int Fifths::frequency(double count) const { return class_of(orders, count); }
int Fifths::value(int64_t spent_minor) const { return class_of(spent, spent_minor); }

Result<Fifths> fifths_of(const timeline::Version& version, Time now, const std::function<bool()>& goes_on) {
  auto plan = TRY(plan_for(version));
  size_t orders = version.schema().find_entity("orders").value();
  std::vector<double> days, counts;
  std::vector<int64_t> spent;
  engine::Customer customer(*plan);
  auto look = [&](const timeline::Part& part, uint32_t index) {
    customer.look(part, index, {now});
    const auto& columns = plan->question->columns;
    engine::Cell since = customer.value(columns[0]), count = customer.value(columns[1]);
    if (!since.is_known() || !count.is_known() || count.number < 1) return;
    days.push_back(since.number);
    counts.push_back(count.number);
    if (engine::Cell sum = customer.value(columns[2]); sum.is(engine::CellKind::money)) spent.push_back(sum.whole);
  };
  for (int shard = 0; shard < kShards; ++shard)
    for (const timeline::Run& run : version.shard(shard).runs()) {
      const timeline::EntityStream* stream = run.part->entity(orders);
      if (!stream) continue;
      for (uint32_t first = run.first; first < run.last; first += kBlock) {
        uint32_t last = std::min(run.last, first + kBlock);
        if (goes_on && !goes_on()) return fail(Code::conflict, "stopped");
        TRY(touch_orders(*plan, *run.part, {first, last}, now));
        stream->rows().offsets().each(first, last, [&](uint32_t c, uint32_t, uint32_t) { look(*run.part, c); });
      }
    }
  return Fifths(days, counts, spent);
}

}  // namespace cairn::segments

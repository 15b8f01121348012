#include "engine/scan.h"

#include <algorithm>

namespace cairn::engine {

using timeline::Part;
using timeline::Range;
using timeline::Stream;

Look look_of(const Plan& plan, Time now) {
  Look out{now};
  const Question& q = *plan.question;
  if (q.as_of == kNone) return out;
  Customer nobody(plan);
  nobody.look_at_nobody(out);
  // A moment that left the years 1 to 9999 is before everything.
  const Cell& moment = nobody.value(q.as_of);
  out.t = moment.is_known() ? Time{moment.whole} : kFirstTime - microseconds(1);
  out.as_known = q.as_known;
  return out;
}

namespace {

Result<void> touch_columns(const Stream& stream, Range customers, const auto& columns) {
  TRY(stream.touch(customers));
  Range rows{stream.offsets().begin(static_cast<uint32_t>(customers.first)),
             stream.offsets().end(static_cast<uint32_t>(customers.last - 1))};
  for (auto index : columns)
    if (const timeline::Column* column = stream.column(index)) TRY(column->touch(rows));
  return {};
}

/// Whether something must be folded anew, which reads every stream that feeds it.
bool refolds(const Plan& plan, const Part& part, const Look& look) {
  for (auto& [entity, fields] : plan.entities)
    if (const auto* stream = part.entity(entity))
      if (look.as_known || stream->changed_at().max() > look.t.micros) return true;
  for (size_t attribute : plan.attributes)
    if (const auto* column = part.attribute(attribute))
      if (look.as_known || column->settled->at.max() > look.t.micros) return true;
  return look.as_known;
}

}  // namespace

Result<void> touch(const Plan& plan, const Part& part, const Look& look, Range customers) {
  if (!part.is_mapped() || customers.first == customers.last) return {};
  if (refolds(plan, part, look)) return part.touch(customers);
  // Whether somebody is there needs no look when all events are seen: the order is much, and may be on disk.
  if (plan.reads_order || part.order().occurred_at().max() > look.t.micros) TRY(part.order().touch(customers));
  for (auto& [kind, columns] : plan.streams)
    if (const Stream* stream = part.stream(kind)) TRY(touch_columns(*stream, customers, columns));
  for (auto& [entity, fields] : plan.entities)
    if (const auto* stream = part.entity(entity)) {
      TRY(stream->touch(customers));
      TRY(touch_columns(stream->rows(), customers, fields));
    }
  for (size_t attribute : plan.attributes)
    if (const auto* column = part.attribute(attribute)) {
      TRY(column->settled->at.touch(customers));
      TRY(column->settled->known_by.touch(customers));
      if (column->now) TRY(column->now->touch(customers));
    }
  return {};
}

void key_of(const std::vector<Dimension>& by, Customer& customer, const Stream& stream, const Item& item, Key& out) {
  const Plan& plan = customer.plan();
  out.clear();
  for (const Dimension& d : by) {
    if (d.bucket) out.emplace_back(plan.calendar.start(*d.bucket, Time{item.time}));
    else out.push_back(to_value(customer.value(d.value, stream, item), plan.currency));
  }
}

}  // namespace cairn::engine

#include "measures/one_customer.h"

namespace cairn::measures {

OneCustomer::OneCustomer(std::shared_ptr<const timeline::Schema> schema)
    : schema_(std::move(schema)), plans_(plan_of(*schema_)) {}

bool tells_deliveries(const timeline::Version& version) {
  auto kind = version.schema().find_stream(name_of(KindRef::order_delivered));
  if (!kind) return false;
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts())
      if (const timeline::Stream* stream = part->stream(*kind); stream && stream->rows() > 0) return true;
  return false;
}

Explained OneCustomer::standing(const timeline::Version& version, const timeline::Place& place, Time until) const {
  const timeline::Order& order = place.part->order();
  uint32_t begin = order.offsets().begin(place.customer), end = order.offsets().end(place.customer);
  std::vector<Lane> lanes;  // by code; of kinds that this customer has no row of without columns
  std::vector<uint32_t> next;
  for (timeline::KindIndex kind : order.kinds()) {
    const timeline::Offsets& rows = place.part->stream(kind)->offsets();
    bool has_any = rows.begin(place.customer) != rows.end(place.customer);
    lanes.push_back(has_any ? lane_of(*place.part, plans_[kind]) : Lane());
    next.push_back(rows.begin(place.customer));
  }
  std::vector<Event> events;
  events.reserve(end - begin);
  for (uint32_t i = begin; i < end; ++i) {
    Time at{order.occurred_at()[i]};
    if (at >= until) break;
    auto code = static_cast<size_t>(order.codes()[i]);
    events.push_back(event_of(lanes[code], next[code]++, at, false));
  }
  const timeline::Reading& reading = schema_->reading();
  Facts facts = fold(place.part->customer(place.customer), events, Reading{reading.zone, reading.currency});
  return explain_standing(facts, AsOf{until, reading.zone, tells_deliveries(version)});
}

}  // namespace cairn::measures

#include "judge/engine_world.h"

#include "base/check.h"
#include "json/value.h"

namespace cairn::judge {

EngineWorld::EngineWorld(const Brand& brand) : brand_(brand) {
  auto schema = std::make_shared<timeline::Schema>(*brand.catalogue,
                                                   timeline::Reading{brand.currency, brand.zone, brand.first_weekday});
  for (size_t kind = 0; kind < schema->kinds().size(); ++kind)
    for (size_t column = 0; column < schema->kinds()[kind].columns.size(); ++column)
      schema->set_fill(static_cast<timeline::KindIndex>(kind), static_cast<timeline::ColumnIndex>(column),
                       timeline::Fill::ready);
  schema_ = std::move(schema);
  setting_.segments = brand.segments;
}

std::shared_ptr<const timeline::Version> EngineWorld::build(std::span<const Row> rows, const Arrival& arrival) const {
  timeline::Timeline timeline(schema_, {});
  std::deque<std::string> texts;
  std::vector<timeline::Row> batch;
  size_t next_cut = 0;
  auto apply = [&] {
    auto applied = timeline.apply(batch, Seq{0});
    CHECK(applied, "{}", applied.error().message);
    batch.clear();
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    if (next_cut < arrival.cuts.size() && arrival.cuts[next_cut] == i) ++next_cut, apply();
    const Row& row = rows[i];
    timeline::Row out;
    out.seq = row.seq;
    out.customer = row.customer;
    out.kind = brand_.catalogue->find_stream(row.stream)->name;
    out.occurred_at = row.occurred_at;
    out.known_at = row.known_at;
    out.source = row.source;
    out.precedence = row.precedence;
    out.properties = texts.emplace_back(json::serialize(json::Value(row.properties)));
    batch.push_back(out);
  }
  apply();
  if (arrival.folds) CHECK(timeline.fold(system_executor(), timeline::Timeline::FoldWhich::all), "folding failed");
  return timeline.version();
}

std::shared_ptr<const engine::Plan> EngineWorld::plan(const query::Checked& checked) const {
  auto plan = engine::make_plan(checked, schema_, setting_);
  CHECK(plan, "{}", plan.error().message);
  return *plan;
}

}  // namespace cairn::judge

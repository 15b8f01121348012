#include "sim/timelines.h"

#include <set>

#include "events/aliases.h"
#include "history/alone.h"
#include "timeline/bulk.h"
#include "timeline/by_hand.h"

namespace cairn::sim {
namespace {

/// The rows of imports that are being undone, or were.
Result<std::set<int64_t>> undone_rows(db::Store& store) {
  std::set<int64_t> out;
  TRY(store.read([&](db::Session& session) {
    return session.each("history.undone_ranges", {}, [&](const db::Row& row) {
      for (int64_t seq = row.integer(1); seq <= row.integer(2); ++seq) out.insert(seq);
      return true;
    });
  }));
  return out;
}

/// Who was merged by what the log says up to a row.
Result<std::shared_ptr<const events::Aliases>> merged(db::Store& store, Seq last) {
  auto out = std::make_shared<events::Aliases>();
  TRY(store.read([&](db::Session& session) {
    return session.each("people.ties", {}, [&](const db::Row& row) {
      events::Tie tie{row.id<events::MergeId>(0), row.id<CustomerId>(1), row.id<CustomerId>(2), row.id<CustomerId>(3)};
      bool is_back = !row.is_null(4) && row.integer(4) <= last.value;
      if (tie.merge.value <= last.value && !is_back) out->add(tie);
      return true;
    });
  }));
  return std::shared_ptr<const events::Aliases>(out);
}

Result<std::shared_ptr<const timeline::Version>> from_log(const timeline::Version& like, db::Store& store,
                                                          events::Log& log, Executor& executor) {
  auto undone = TRY(undone_rows(store));
  auto schema = like.shared_schema();
  std::vector<timeline::OwnRow> rows;
  TRY(log.sweep(Seq{}, [&](const events::LogRow& row) {
    if (row.seq > like.last()) return false;
    if (!undone.contains(row.seq.value))
      rows.push_back({row.seq.value, row.customer.value, log.kind_name(row.kind), row.occurred_at, row.known_at,
                      std::string(row.properties), static_cast<int32_t>(row.source.value),
                      log.source_precedence(row.source), row.flags});
    return true;
  }));
  // Nobody's turn comes meanwhile, and no chance is taken from the story.
  history::Alone alone(executor);
  auto aliases = TRY(merged(store, like.last()));
  timeline::Bulk bulk(
      schema, {.leave_out = events::kSetApart, .canonical = [aliases](CustomerId id) { return aliases->root(id); }});
  bulk.add(timeline::views(rows), alone);
  auto parts = bulk.finish(alone);
  timeline::Timeline timeline(schema, {});
  timeline.adopt(bulk.schema(), std::move(parts), like.last());
  return timeline.version();
}

Result<void> touch(const timeline::Version& version) {
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts()) TRY(part->touch({0, part->size()}));
  return {};
}

}  // namespace

std::string difference(const timeline::Version& version, db::Store& store, events::Log& log, Executor& executor) {
  auto made = from_log(version, store, log, executor);
  if (!made) return "the log is not to be read: " + made.error().message;
  if (auto touched = touch(version); !touched) return touched.error().message;
  auto told = timeline::everything(version), expected = timeline::everything(**made);
  for (const auto& [customer, lines] : expected)
    if (told[customer] != lines)
      return fmt::format("up to event {} the timeline has of {}: {}; it should be: {}", version.last().value, customer,
                         fmt::join(told[customer], " | "), fmt::join(lines, " | "));
  if (told.size() != expected.size())
    return fmt::format("{} customers, and {} in the log", told.size(), expected.size());
  return {};
}

}  // namespace cairn::sim

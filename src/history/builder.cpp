#include "history/builder.h"

#include <algorithm>

#include "base/log.h"
#include "events/kinds.h"
#include "timeline/bulk.h"

namespace cairn::history {
namespace {

constexpr uint64_t kRowsOfANote = 5'000'000;  // between two lines of the program's log

}  // namespace

Result<timeline::Reading> read_reading(db::Store& store) {
  timeline::Reading out;
  TRY(store.read([&](db::Session& session) -> Result<void> {
    events::Brand brand = TRY(events::read_brand(session));
    out = {brand.currency, brand.zone(), brand.first_weekday};
    return {};
  }));
  return out;
}

bool is_same(const timeline::Reading& a, const timeline::Reading& b) {
  return a.currency == b.currency && a.zone.name() == b.zone.name() && a.first_weekday == b.first_weekday;
}

timeline::Options timeline_options(const Merged& merged) {
  timeline::Options out;
  out.canonical = merged.for_timeline();
  out.leave_out = events::kSetApart;
  return out;
}

Result<Built> Builder::build(const std::string& why, const Progress& progress) {
  Built built;
  built.reading = TRY(read_reading(parts_.store));
  built.undone = TRY(Undone::read(parts_.store));
  auto schema = std::make_shared<const timeline::Schema>(events::declared_kinds(), built.reading);
  std::string reason = why;
  if (reason.empty()) {
    auto used = use(built, schema, progress);
    if (used) return built;
    if (used.error().code == Code::conflict) return tl::unexpected(used.error());
    reason = used.error().code == Code::not_found ? "there is no snapshot" : used.error().message;
  }
  built.finding = fmt::format("built from the log: {}", reason);
  if (parts_.log.last().is_set()) log_info("timeline: {}", built.finding);
  built.has_snapshot = false;
  TRY(built.merged.read(parts_.store, parts_.log.last()));
  TRY(sweep_all(built, schema, progress));
  // The sweep saw rows that were committed meanwhile, and not who was merged by them.
  TRY(built.merged.advance(parts_.store, built.timeline->version()->last()));
  if (!built.merged.moved().empty()) TRY(built.timeline->rehome(built.merged.take_moved()));
  return built;
}

Result<void> Builder::use(Built& built, const std::shared_ptr<const timeline::Schema>& schema,
                          const Progress& progress) {
  auto opened = TRY(parts_.snapshots.open(schema, parts_.log, built.undone.ranges));
  const timeline::Snapshot& snapshot = opened.snapshot;
  TRY(built.merged.read(parts_.store, snapshot.last));
  built.timeline = std::make_shared<timeline::Timeline>(schema, timeline_options(built.merged));
  built.timeline->adopt(snapshot.schema, snapshot.parts, snapshot.missing.empty() ? snapshot.last : Seq{});
  built.witness = opened.origin.witness;
  if (!snapshot.missing.empty()) TRY(mend(built, snapshot, progress));
  auto removed = TRY(undone_since(parts_.store, opened.origin.undone));
  if (!removed.empty()) TRY(built.timeline->remove_rows(removed, parts_.world.executor));
  // Merges went with an import that was undone since.
  if (!removed.empty() || !built.merged.is_empty()) TRY(built.timeline->rehome_all(parts_.world.executor));
  built.has_snapshot = snapshot.missing.empty() && removed.empty();
  return {};
}

/// The shards whose files are missing or damaged, from the log.
Result<void> Builder::mend(Built& built, const timeline::Snapshot& snapshot, const Progress& progress) {
  built.finding = fmt::format("{}{}: {} of {} parts of the snapshot built anew from the log", snapshot.findings.front(),
                              snapshot.findings.size() > 1 ? ", and more" : "", snapshot.missing.size(), kShards);
  log_warning("timeline: {}", built.finding);
  auto [first, last] = std::minmax_element(snapshot.missing.begin(), snapshot.missing.end());
  Witness witness = built.witness;
  auto swept = TRY(sweep(built, snapshot.schema, {*first, *last + 1}, progress));
  built.witness = witness;
  std::erase_if(swept.parts, [&](const auto& part) {
    return std::find(snapshot.missing.begin(), snapshot.missing.end(), part->shard()) == snapshot.missing.end();
  });
  // These shards have later rows than the snapshot: they are passed over when its tail comes.
  built.timeline->adopt(swept.schema, std::move(swept.parts), snapshot.last);
  return {};
}

Result<void> Builder::sweep_all(Built& built, const std::shared_ptr<const timeline::Schema>& schema,
                                const Progress& progress) {
  auto rows = static_cast<uint64_t>(parts_.log.last().value);
  auto sweeps = static_cast<int>(std::clamp<uint64_t>((rows + kRowsAtOnce - 1) / kRowsAtOnce, 1, kShards));
  done_ = 0;
  in_all_ = rows * static_cast<uint64_t>(sweeps);
  built.timeline = std::make_shared<timeline::Timeline>(schema, timeline_options(built.merged));
  Seq last;
  for (int i = 0; i < sweeps; ++i) {
    timeline::Bulk::Shards range{kShards * i / sweeps, kShards * (i + 1) / sweeps};
    auto swept = TRY(sweep(built, built.timeline->version()->shared_schema(), range, progress));
    // Up to where the first came: what the later ones saw beyond that comes again, and is passed over.
    if (i == 0) last = swept.last;
    built.timeline->adopt(swept.schema, std::move(swept.parts), i + 1 == sweeps ? last : Seq{});
  }
  return {};
}

Result<Builder::Swept> Builder::sweep(Built& built, std::shared_ptr<const timeline::Schema> schema,
                                      timeline::Bulk::Shards shards, const Progress& progress) {
  timeline::Bulk bulk(std::move(schema), timeline_options(built.merged), shards);
  Seq at;
  uint64_t before = done_, noted = done_;
  do {
    TRY(rows_.read(at, parts_.rows_a_piece, built.undone));
    bulk.add(rows_.rows(), parts_.world.executor);
    at = rows_.last();
    if (auto witness = rows_.witness()) built.witness = *witness;
    done_ = before + static_cast<uint64_t>(at.value);
    uint64_t in_all = std::max(in_all_, done_);
    if (progress && !progress(done_, in_all)) return fail(Code::conflict, "stopped before the timeline was built");
    if (done_ - noted >= kRowsOfANote) log_info("timeline: {} of {} rows", noted = done_, in_all);
  } while (!rows_.is_end());
  Swept out{nullptr, bulk.finish(parts_.world.executor), at};
  out.schema = bulk.schema();
  return out;
}

}  // namespace cairn::history

// What is done beside the writing: folding, snapshots, columns.
#include <algorithm>

#include "base/log.h"
#include "history/following.h"

namespace cairn::history {
namespace {

/// A snapshot at the end is worth its writing when the next start would else sweep a good part of the log.
constexpr uint64_t kSmallTail = 20'000;
constexpr uint64_t kShareOfTail = 50;
/// In a flood a snapshot waits until so many times the rows came: it takes the core that the steps need.
constexpr uint64_t kPatienceInFlood = 5;
/// Erasures seldom come alone, and each waits for a snapshot that is being written.
constexpr Duration kCalmAfterErasure = seconds(10);

}  // namespace

void Following::fold_beside() {
  using timeline::Timeline;
  // A flood may last: then what is superseded is given back when it is as much as what counts.
  auto which = pace_.is_flood() ? Timeline::FoldWhich::pressing : Timeline::FoldWhich::wanting;
  if (!is_started_ || !built_.timeline->wants_fold(which) || is_folding_.exchange(true)) return;
  post_beside([this, which, timeline = built_.timeline] {
    auto folded = timeline->fold(alone_, which);
    is_folding_ = false;
    if (!folded) mend(folded.error());
    else post([this] { tell_of_fold(); });
  });
}

/// Followers hold the version that they were told of last: so that they let go of what the fold has superseded.
void Following::tell_of_fold() {
  auto now = built_.timeline->version();
  followers_.publish({now, now->last(), {}, false, {}});
}

Origin Following::origin_of(const timeline::Version& version) const {
  return {version.last(), built_.witness, built_.undone.runs};
}

void Following::write_snapshot_beside() {
  uint64_t due = options_.rows_a_snapshot * (pace_.is_flood() ? kPatienceInFlood : 1);
  bool is_due = options_.writes_snapshots && rows_since_snapshot_ >= due;
  if (!is_due || is_writing_snapshot_ || world_.clock.elapsed() < no_snapshot_until_) return;
  auto version = built_.timeline->version();
  Origin origin = origin_of(*version);
  auto announced = snapshots_.announce(origin);
  if (!announced) return snapshot_written(rows_since_snapshot_, announced);
  is_writing_snapshot_ = true;
  post_beside([this, version, rows = rows_since_snapshot_] {
    auto written = snapshots_.write(*version, alone_);
    post([this, rows, written] { snapshot_written(rows, written); });
  });
}

void Following::delay_snapshot() {
  no_snapshot_until_ = world_.clock.elapsed() + kCalmAfterErasure;
  std::lock_guard lock(mutex_);
  if (!queue_) return;
  queue_->post_after(kCalmAfterErasure, [this] {
    if (!is_ending_ && built_.timeline) write_snapshot_beside();
  });
}

void Following::snapshot_written(uint64_t rows, const Result<void>& result) {
  is_writing_snapshot_ = false;
  if (result) {
    if (snapshots_.written()) rows_since_snapshot_ -= std::min(rows, rows_since_snapshot_);
    return;
  }
  log_warning("timeline: no snapshot was written: {}", result.error().message);
  // Not at once again.
  rows_since_snapshot_ = options_.rows_a_snapshot - options_.rows_a_snapshot / 4;
}

bool Following::is_worth_a_snapshot() const {
  if (!options_.writes_snapshots || rows_since_snapshot_ == 0) return false;
  if (rows_since_snapshot_ >= options_.rows_a_snapshot / 4) return true;
  return rows_since_snapshot_ >= kSmallTail &&
         rows_since_snapshot_ * kShareOfTail >= built_.timeline->version()->events();
}

void Following::write_last_snapshot() {
  auto version = built_.timeline->version();
  auto written = snapshots_.announce(origin_of(*version));
  if (written) written = snapshots_.write(*version, world_.executor);
  if (!written) log_warning("timeline: no snapshot was written: {}", written.error().message);
}

Result<void> Following::make_column(std::string_view stream, std::string_view property, const Progress& progress) {
  auto catalogue = this->catalogue();
  const query::Kind* kind = catalogue->find_stream(stream);
  const query::Property* named = kind ? kind->find(property) : nullptr;
  if (!named) return fail(Code::not_found, "{} has no property {}", stream, property);
  for (;;) {
    Column column;
    TRY(run([&] { return begin_column(stream, *named, column); }));
    if (!column.backfill) return {};
    TRY(fill_column(kind->name, column, progress));
    bool is_installed = false;
    TRY(run([&]() -> Result<void> {
      // What was read of a row that has been erased meanwhile must not come back with the column.
      is_installed = built_.timeline == column.timeline && erasures_ == column.erasures;
      return is_installed ? install(column) : Result<void>();
    }));
    if (is_installed) return {};
  }
}

Result<void> Following::begin_column(std::string_view stream, const query::Property& property, Column& column) {
  TRY(ensure_built({}));
  auto version = built_.timeline->version();
  if (!version->schema().find_stream(stream)) return fail(Code::not_found, "there are no events of {} yet", stream);
  column.backfill = built_.timeline->add_column(stream, property);
  column.timeline = built_.timeline;
  column.undone = built_.undone;
  column.last = version->last();
  column.erasures = erasures_;
  return {};
}

/// On the thread of who asked: what is committed goes on meanwhile.
Result<void> Following::fill_column(std::string_view kind, Column& column, const Progress& progress) {
  Rows rows(log_);
  Seq at;
  while (at < column.last) {
    TRY(rows.read(at, options_.rows_a_step, column.undone));
    for (const timeline::Row& row : rows.rows())
      if (row.kind == kind && !(row.flags & events::kSetApart)) column.backfill->add(row);
    at = rows.last();
    bool goes_on = !progress || progress(static_cast<uint64_t>(std::min(at, column.last).value),
                                         static_cast<uint64_t>(column.last.value));
    if (!goes_on) return fail(Code::conflict, "stopped before the column was made");
  }
  return {};
}

Result<void> Following::install(Column& column) {
  auto done = built_.timeline->install(*column.backfill, world_.executor);
  if (!done && done.error().code == Code::corrupt) return build_anew(done.error());
  TRY(std::move(done));
  auto now = built_.timeline->version();
  followers_.publish({now, now->last(), {}, false});
  return {};
}

}  // namespace cairn::history

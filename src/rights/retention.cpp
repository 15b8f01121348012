#include "rights/retention.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "rights/store.h"
#include "timeline/rows_of.h"

namespace cairn::rights {
namespace {

constexpr size_t kRowsAWrite = 2000;
constexpr int64_t kDaysMax = 36'500;

/// Neighbours come as one range.
std::vector<timeline::SeqRange> ranges_of(std::span<const Seq> rows) {
  std::vector<timeline::SeqRange> out;
  for (Seq seq : rows)
    if (!out.empty() && out.back().to.value + 1 == seq.value) out.back().to = seq;
    else out.push_back({seq, seq});
  return out;
}

int64_t count_rows(const timeline::Version& version, std::string_view kind) {
  auto index = version.schema().find_kind(kind);
  int64_t out = 0;
  for (int s = 0; index && s < kShards; ++s)
    for (const timeline::Run& run : version.shard(s).runs())
      if (const timeline::Stream* stream = run.part->stream(*index))
        stream->offsets().each(run.first, run.last,
                               [&](uint32_t, uint32_t begin, uint32_t end) { out += end - begin; });
  return out;
}

}  // namespace

Result<void> Retention::check(std::span<const Rule> rules) {
  std::set<std::string> kinds;
  for (const Rule& rule : rules) {
    if (rule.kind.empty() || !kinds.insert(rule.kind).second)
      return fail_at("rules", "'{}' is there twice, or is no kind of event", rule.kind);
    if (rule.days < 1 || rule.days > kDaysMax)
      return fail_at("rules", "{} is kept for 1 to {} days, not for {}", rule.kind, kDaysMax, rule.days);
  }
  return {};
}

Result<std::vector<Seq>> Retention::find(const Rule& rule, Time before) const {
  std::vector<Seq> out = TRY(timeline::rows_before(*parts_.history.version(), rule.kind, before));
  size_t counted = out.size();
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    out.resize(counted);
    auto kind =
        TRY(session.first("rights.kind_id", {{"name", rule.kind}}, [](const db::Row& r) { return r.integer(0); }));
    if (!kind) return {};
    return session.each("rights.set_apart_before", {{"kind", *kind}, {"before", before}}, [&](const db::Row& row) {
      out.push_back(row.id<Seq>(0));
      return true;
    });
  }));
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::vector<Retention::Due>> Retention::preview(std::span<const Rule> rules) const {
  TRY(check(rules));
  TRY(parts_.history.catch_up());
  Time now = parts_.world.clock.now();
  std::vector<Due> out;
  for (const Rule& rule : rules) {
    Due due{rule, now - days(rule.days)};
    due.rows = static_cast<int64_t>(TRY(find(rule, due.before)).size());
    due.rows_all = count_rows(*parts_.history.version(), rule.kind);
    out.push_back(std::move(due));
  }
  return out;
}

Result<std::optional<Time>> Retention::last_begun() const {
  std::optional<Time> out;
  TRY(parts_.store.read([&](db::Session& session) {
    return session.each("rights.last_run", {}, [&](const db::Row& row) {
      out = row.is_null(0) ? std::nullopt : std::optional(row.time(0));
      return false;
    });
  }));
  return out;
}

Result<int64_t> Retention::run() {
  TRY(parts_.history.catch_up());
  std::vector<RetentionRun> due;
  std::vector<Rule> rules;
  TRY(parts_.store.read([&](db::Session& session) -> Result<void> {
    due = TRY(unfinished_runs(session));
    rules = TRY(read_rules(session));
    return {};
  }));
  int64_t removed = 0;
  for (const RetentionRun& one : due) removed += TRY(carry_out(one));
  for (const Rule& rule : rules) {
    RetentionRun run;
    run.kind = rule.kind;
    run.begun_at = parts_.world.clock.now();
    run.before = run.begun_at - days(rule.days);
    TRY(parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
      run.id = TRY(tx.first("rights.next_run", {}, [](const db::Row& row) { return row.integer(0); })).value_or(1);
      TRY(tx.run("rights.add_run", {{"id", run.id}, {"kind", run.kind}, {"before", run.before}, {"at", run.begun_at}}));
      return {};
    }));
    removed += TRY(carry_out(run));
  }
  removed += TRY(remove_kept());
  if (removed > 0) TRY(parts_.store.wipe());
  return removed;
}

Result<int64_t> Retention::remove_kept() {
  auto removed = std::make_shared<int64_t>(0);
  TRY(parts_.store.write_now(db::Lane::people, [&, removed](db::Transaction& tx) -> Result<void> {
    *removed = 0;
    Time before = parts_.world.clock.now() - days(TRY(read_settings(tx)).proof_days);
    for (const Holder& holder : parts_.holders)
      if (holder.remove_kept) *removed += TRY(holder.remove_kept(tx, before));
    return {};
  }));
  if (*removed > 0) log_info("rights: {} proofs of people who were erased had their time and were removed", *removed);
  return *removed;
}

/// The timelines are told even when nothing was left to remove: a first try may have been cut off before it told them.
Result<int64_t> Retention::carry_out(const RetentionRun& run) {
  std::vector<Seq> rows = TRY(find({run.kind, 0}, run.before));
  int64_t removed = 0;
  for (size_t at = 0; at < rows.size(); at += kRowsAWrite) {
    auto count = std::make_shared<int64_t>(0);
    TRY(parts_.store.write_now(db::Lane::import, [&, count](db::Transaction& tx) -> Result<void> {
      *count = 0;
      auto some = std::span(rows).subspan(at, std::min(kRowsAWrite, rows.size() - at));
      TRY(events::clear_examples(tx, parts_.log, some));
      for (Seq seq : some) *count += TRY(tx.run("rights.remove_row", {{"seq", seq}}));
      TRY(tx.run("rights.count_removed", {{"id", run.id}, {"removed", *count}}));
      return {};
    }));
    removed += *count;
  }
  if (!rows.empty()) TRY(parts_.history.remake(ranges_of(rows)));
  if (removed > 0) log_info("rights: {} events '{}' were removed, as the rule for them says", removed, run.kind);
  TRY(parts_.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("rights.end_run", {{"id", run.id}, {"at", parts_.world.clock.now()}}));
    return {};
  }));
  return removed;
}

}  // namespace cairn::rights

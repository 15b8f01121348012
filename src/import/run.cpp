#include "import/run.h"

#include <algorithm>
#include <deque>

#include "base/hash.h"
#include "events/brand.h"
#include "import/rejects.h"
#include "import/store.h"
#include "import/tally.h"

namespace cairn::import {
namespace {

/// A batch that the writer has in hand. Shared with its closures: they may outlive an import that fails.
struct Sent {
  Batch batch;
  std::vector<events::Outcome> outcomes;
  Result<void> result;
  std::shared_ptr<Signal> done;
};

class Importer {
 public:
  Importer(Context& context, const Options& options, const OnProgress& on_progress)
      : context_(context), options_(options), on_progress_(on_progress) {}
  Result<Summary> run();

 private:
  Result<void> open();
  Result<std::string> fingerprint() const;
  Result<void> begin();
  Result<bool> pump();
  Result<void> send(Batch batch);
  Result<void> settle_oldest();
  Result<void> settle(Sent& sent);
  Result<void> drain();
  Result<void> end(RunState state);
  bool tell();

  Context& context_;
  const Options& options_;
  const OnProgress& on_progress_;
  Duration started_;
  std::unique_ptr<Preset> preset_;
  SourceId source_;
  Begun run_;
  std::unique_ptr<Tally> tally_;
  std::unique_ptr<Rejects> rejects_;
  std::deque<std::shared_ptr<Sent>> sent_;
};

std::string joined_paths(const std::vector<FileState>& files) {
  std::string out;
  for (const FileState& file : files) {
    if (file.use == Use::not_used) continue;
    if (!out.empty()) out += '\n';
    out += file.path;
  }
  return out;
}

Result<void> Importer::open() {
  PresetOptions options{options_.paths, options_.zone, options_.currency, options_.columns, {}};
  if (!options_.dry_run) options.undeclared = &context_.undeclared;
  TRY(context_.store.read([&](db::Session& session) -> Result<void> {
    options.brand = TRY(events::read_brand(session));
    return {};
  }));
  preset_ = TRY(open_preset(options_.preset, context_.world.files, options));
  return {};
}

/// What makes two imports one: the same preset and options over the same files, told by their size and both their ends.
Result<std::string> Importer::fingerprint() const {
  constexpr size_t kEnds = 1 << 20;
  std::string text = fmt::format("{}\n{}\n{}\n{}\n", options_.preset, options_.source.value_or(""),
                                 options_.zone.value_or(""), options_.currency.value_or(""));
  for (const auto& [column, field] : options_.columns) text += fmt::format("{}={}\n", column, field);
  std::string bytes(kEnds, '\0');
  for (const FileState& state : preset_->files()) {
    if (state.use == Use::not_used) continue;
    auto file = TRY(context_.world.files.open(state.path, Open::read));
    uint64_t size = TRY(file->size());
    size_t n = TRY(file->read_at(0, bytes));
    uint64_t head = hash64({bytes.data(), n});
    n = TRY(file->read_at(size > kEnds ? size - kEnds : 0, bytes));
    text += fmt::format("{} {:x} {:x}\n", size, head, hash64({bytes.data(), n}));
  }
  return fmt::format("{:016x}{:016x}", hash64(text, 1), hash64(text, 2));
}

Result<void> Importer::begin() {
  std::string source = options_.source.value_or(std::string(preset_->source()));
  Run row;
  row.preset = options_.preset;
  row.files = joined_paths(preset_->files());
  row.fingerprint = TRY(fingerprint());
  auto begun = std::make_shared<Begun>();
  TRY(context_.store.write_now(db::Lane::import, [&, begun](db::Transaction& tx) -> Result<void> {
    *begun = TRY(begin_run(tx, row, context_.world.clock.now()));
    return events::adopt_brand(tx, preset_->currency(), preset_->adopted_zone());
  }));
  run_ = *begun;
  source_ = TRY(context_.log.ensure_source(source));
  std::vector<Range> before;
  TRY(context_.store.read([&](db::Session& session) -> Result<void> {
    before = TRY(ranges_of(session, run_.id));
    return {};
  }));
  tally_ = std::make_unique<Tally>(std::move(before));
  rejects_ = std::make_unique<Rejects>(context_.world.files, Rejects::path_of(options_.directory, run_.id));
  return rejects_->begin();
}

Result<void> Importer::send(Batch batch) {
  auto sent = std::make_shared<Sent>();
  sent->batch = std::move(batch);
  sent->done = context_.world.executor.make_signal();
  events::Log& log = context_.log;
  events::Identify& identify = context_.identities;
  events::Undeclared& undeclared = context_.undeclared;
  events::AppendOptions append{source_, run_.id, true};
  auto work = [sent, &log, &identify, &undeclared, append](db::Transaction& tx) -> Result<void> {
    const Batch& all = sent->batch;
    sent->outcomes = TRY(log.append(tx, identify, all.events, append));
    return undeclared.note(tx, all.names, all.events, sent->outcomes, {append.source, append.run});
  };
  auto done = [sent](Result<void> result) {
    sent->result = std::move(result);
    sent->done->set();
  };
  for (;;) {
    Result<void> queued = context_.store.write(db::Lane::import, work, done);
    if (queued) break;
    if (queued.error().code != Code::overloaded) return queued;
    if (!sent_.empty()) TRY(settle_oldest());
    else (void)context_.world.executor.make_signal()->wait_for(milliseconds(20));  // others fill the lane
  }
  sent_.push_back(std::move(sent));
  return {};
}

Result<void> Importer::settle_oldest() {
  std::shared_ptr<Sent> sent = std::move(sent_.front());
  sent_.pop_front();
  sent->done->wait();
  TRY(std::move(sent->result));
  return settle(*sent);
}

Result<void> Importer::settle(Sent& sent) {
  for (Reject& reject : tally_->count(sent.batch, sent.outcomes)) sent.batch.rejects.push_back(std::move(reject));
  for (const Reject& reject : sent.batch.rejects) {
    tally_->count_reject(preset_->files(), reject);
    if (rejects_) TRY(rejects_->add(preset_->files(), reject));
  }
  return {};
}

/// One batch on its way, in a dry run counted at once. False at the end.
Result<bool> Importer::pump() {
  constexpr size_t kOnTheirWay = 2;
  Batch batch;
  bool more = TRY(preset_->produce(batch, options_.batch_rows));
  if (options_.dry_run || batch.events.empty()) {
    Sent here{std::move(batch), {}, {}, nullptr};
    here.outcomes.resize(here.batch.events.size());
    for (events::Outcome& outcome : here.outcomes) outcome.fate = events::Fate::kept;
    TRY(settle(here));
    return more;
  }
  while (sent_.size() >= kOnTheirWay) TRY(settle_oldest());
  TRY(send(std::move(batch)));
  return more;
}

/// Waits for the writer: it must not touch the log for us after run() has returned.
Result<void> Importer::drain() {
  Result<void> first;
  while (!sent_.empty()) {
    Result<void> result = settle_oldest();
    if (!result && first) first = std::move(result);
  }
  return first;
}

bool Importer::tell() {
  if (!on_progress_) return true;
  Progress progress;
  progress.bytes_done = preset_->bytes_done();
  progress.bytes_total = preset_->bytes_total();
  for (const FileState& file : preset_->files()) progress.rows += file.read;
  double seconds_gone = (context_.world.clock.elapsed() - started_).seconds();
  if (seconds_gone > 0) progress.rows_per_second = static_cast<double>(progress.rows) / seconds_gone;
  if (progress.bytes_done > 0 && progress.bytes_total > progress.bytes_done) {
    double share =
        static_cast<double>(progress.bytes_total - progress.bytes_done) / static_cast<double>(progress.bytes_done);
    progress.left = {static_cast<int64_t>(seconds_gone * share * 1e6)};
  }
  return on_progress_(progress);
}

Result<void> Importer::end(RunState state) {
  if (rejects_) TRY(rejects_->finish());
  if (options_.dry_run) return {};
  Counts rows = tally_->rows();
  int64_t kept = tally_->events_kept();
  return context_.store.write_now(db::Lane::import, [&](db::Transaction& tx) {
    return end_run(tx, run_.id, state, rows, kept, context_.world.clock.now());
  });
}

Result<Summary> Importer::run() {
  started_ = context_.world.clock.elapsed();
  TRY(open());
  if (options_.dry_run) tally_ = std::make_unique<Tally>(std::vector<Range>());
  else TRY(begin());
  RunState state = RunState::done;
  Result<void> work = [&]() -> Result<void> {
    while (TRY(pump()))
      if (!tell()) {
        state = RunState::stopped;
        break;
      }
    return {};
  }();
  Result<void> drained = drain();
  if (work) work = std::move(drained);
  if (work) work = end(state);
  if (!work) {
    Error error = std::move(work).error();
    if (!options_.dry_run)
      error.message +=
          fmt::format(" (import {}: what was imported stays; the same command goes on from there)", run_.id.value);
    return tl::unexpected(std::move(error));
  }
  if (state == RunState::done) (void)tell();
  Summary summary = tally_->summary(preset_->files());
  summary.run = run_.id.value;
  summary.state = state;
  summary.dry_run = options_.dry_run;
  summary.continued = run_.continued;
  summary.source = options_.source.value_or(std::string(preset_->source()));
  if (rejects_) summary.rejects_path = rejects_->path();
  summary.seconds = (context_.world.clock.elapsed() - started_).seconds();
  return summary;
}

}  // namespace

Result<Summary> run(Context& context, const Options& options, const OnProgress& on_progress) {
  return Importer(context, options, on_progress).run();
}

Result<std::vector<Run>> runs(db::Session& session) { return read_runs(session); }

}  // namespace cairn::import

#include "demo/demo.h"

#include <array>
#include <deque>
#include <memory>

#include "demo/generator.h"
#include "demo/shop.h"
#include "demo/truth.h"
#include "events/brand.h"

namespace cairn::demo {
namespace {

constexpr std::string_view kZone = "Europe/Paris";
constexpr size_t kOnTheWay = 6;

/// Sends slices to the writer, some ahead of the one that becomes durable, so that writing and simulating overlap.
class Pump {
 public:
  Pump(const Context& context, std::array<SourceId, kSources> sources) : context_(context), sources_(sources) {}
  ~Pump() {
    for (auto& sent : sent_) sent->done->wait();
  }
  Pump(const Pump&) = delete;

  Result<void> push(Slice slice) {
    if (sent_.size() >= kOnTheWay) TRY(wait_for_oldest());
    auto sent = std::make_unique<Sent>();
    sent->slice = std::move(slice);
    sent->done = context_.world.executor.make_signal();
    TRY(context_.store.write(
        db::Lane::import, [this, s = sent.get()](db::Transaction& tx) { return append(tx, s->slice); },
        [s = sent.get(), done = sent->done](Result<void> result) {
          s->result = std::move(result);
          done->set();
        }));
    sent_.push_back(std::move(sent));
    return {};
  }
  Result<void> finish() {
    while (!sent_.empty()) TRY(wait_for_oldest());
    return {};
  }
  /// Events that are durable.
  uint64_t durable() const { return durable_; }

 private:
  struct Sent {
    Slice slice;
    Result<void> result;
    std::shared_ptr<Signal> done;
  };

  Result<void> append(db::Transaction& tx, const Slice& slice) {
    for (size_t s = 0; s < kSources; ++s) {
      if (slice.by_source[s].empty()) continue;
      auto outcomes = TRY(context_.log.append(tx, context_.identify, slice.by_source[s], {sources_[s], {}, true}));
      for (const events::Outcome& o : outcomes)
        if (o.fate != events::Fate::kept)
          return fail(Code::internal, "the demo made an event that the log refused: {}", o.error.message);
      if (context_.on_kept) TRY(context_.on_kept(tx, slice.by_source[s], outcomes));
    }
    return {};
  }
  Result<void> wait_for_oldest() {
    std::unique_ptr<Sent> oldest = std::move(sent_.front());
    sent_.pop_front();
    oldest->done->wait();
    TRY(oldest->result);
    durable_ += oldest->slice.size();
    return {};
  }

  const Context& context_;
  std::array<SourceId, kSources> sources_;
  std::deque<std::unique_ptr<Sent>> sent_;  // freed here, not by the writer, which has enough to do
  uint64_t durable_ = 0;
};

Result<void> name_brand(const Context& context) {
  events::Brand brand;
  brand.name = kShopName;
  brand.currency = TRY(Currency::parse("EUR"));
  brand.zone_name = kZone;
  return context.store.write_now(db::Lane::import, [&](db::Transaction& tx) { return events::write_brand(tx, brand); });
}

int64_t orders_in(const Slice& slice) {
  int64_t count = 0;
  for (const auto& list : slice.by_source)
    for (const events::NewEvent& e : list) count += e.kind == "Order Completed";
  return count;
}

}  // namespace

Result<Summary> make(const Context& context, const Options& options, const OnProgress& on_progress) {
  Zone zone = TRY(Zone::find(kZone));
  Plan plan = TRY(make_plan(options, zone, context.world.clock.now()));
  if (context.log.last().is_set())
    return fail(Code::conflict, "{} holds events already; make the demo in a new directory", options.directory);
  TruthFile truth = TRY(TruthFile::create(context.world.files, options.directory, plan));
  TRY(name_brand(context));
  std::array<SourceId, kSources> sources;
  for (size_t s = 0; s < kSources; ++s)
    sources[s] = TRY(context.log.ensure_source(source_name(static_cast<Source>(s))));
  Summary summary{std::max(options.customers, 2), 0, 0, plan.calendar.begin(), plan.calendar.end(), truth.path()};
  Generator generator(context.world.executor, plan);
  Pump pump(context, sources);
  for (Slice slice; generator.next(slice); slice = {}) {
    if (generator.began_wave()) TRY(truth.add(generator.truths()));
    summary.events += static_cast<int64_t>(slice.size());
    summary.orders += orders_in(slice);
    TRY(pump.push(std::move(slice)));
    if (on_progress && !on_progress({pump.durable(), generator.expected()}))
      return fail(Code::conflict, "stopped half way; remove {} and make the demo again", options.directory);
  }
  TRY(pump.finish());
  TRY(truth.finish());
  if (on_progress) on_progress({pump.durable(), generator.expected()});
  return summary;
}

}  // namespace cairn::demo

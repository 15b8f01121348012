#include "events/brand.h"
#include "measures/version_timelines.h"
#include "report/report.h"

namespace cairn::report {

Result<Report> make(World& world, db::Store& store, history::History& history, const Options& options,
                    const std::function<bool(uint64_t, uint64_t)>& progress) {
  TRY(history.catch_up(progress));
  events::Brand brand;
  TRY(store.read([&](db::Session& session) -> Result<void> {
    brand = TRY(events::read_brand(session));
    return {};
  }));
  measures::Question question{options.since, options.until, world.clock.now(), brand, {}};
  auto picture = TRY(measure(world, store, history, history.version(), question));
  return compose(picture, brand, options.language);
}

Result<measures::Picture> measure(World& world, db::Store& store, history::History& history,
                                  std::shared_ptr<const timeline::Version> version,
                                  const measures::Question& question) {
  if (!version) return history::not_built(history.standing());
  const timeline::Reading& reading = version->schema().reading();
  if (reading.currency != question.brand.currency || reading.zone.name() != question.brand.zone().name())
    return fail(Code::unavailable,
                "the timelines are being built for the brand's new currency or time zone; ask again in a moment");
  int64_t set_apart = TRY(measures::rows_set_apart(store, version->last()));
  measures::VersionTimelines timelines(std::move(version), set_apart, world.executor);
  auto picture = measures::compute(timelines, question, world.executor);
  if (picture || picture.error().code != Code::corrupt) return picture;
  history.mend(picture.error());
  return fail(Code::unavailable, "a file of the timelines is damaged and is being made anew; ask again in a moment");
}

}  // namespace cairn::report

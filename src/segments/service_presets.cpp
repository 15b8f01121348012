// Segments that follow a preset: whose thresholds move with everybody, from month to month.
#include "base/log.h"
#include "segments/service.h"

namespace cairn::segments {
namespace {

constexpr Duration kLookEvery = hours(1);
constexpr Duration kLookWhenBuilt = seconds(10);

accounts::Actor schedule() { return {"schedule", {}}; }

bool is_of_month(Time at, Time now, const Zone& zone) {
  CivilDate then = civil_of(zone.day(at)), today = civil_of(zone.day(now));
  return then.year == today.year && then.month == today.month;
}

}  // namespace

Result<std::vector<Preset>> Service::presets(i18n::Language language, const RunningPtr& running) const {
  auto version = history_.version();
  if (!version) return fail(Code::unavailable, "the timelines are being built");
  running->begin_asking(version->customers());
  auto found = segments::presets(*version, world_.executor, world_.clock.now(), language, &running->progress());
  if (!found && running->is_stopped()) return tl::unexpected(running->why());
  return found;
}

Result<Preset> Service::preset_named(std::string_view id, i18n::Language language, const RunningPtr& running) const {
  for (Preset& preset : TRY(presets(language, running)))
    if (preset.id == id) return std::move(preset);
  return fail(Code::not_found, "there is no preset '{}'; `cairn segment presets` names them", id);
}

Result<void> Service::check_personal_preset(std::string_view preset, bool sees_customers,
                                            const RunningPtr& running) const {
  if (sees_customers) return {};
  return check_personal(TRY(preset_named(preset, i18n::Language::en, running)).query, false);
}

/// The description is the preset's, unless somebody wrote one of their own.
void Service::take(const Preset& preset, i18n::Language language, Definition& d) const {
  if (d.description.empty() || is_dated_description(d.description)) d.description = preset.description;
  d.query = preset.query;
  d.preset = preset.id;
  d.language = language;
  d.thresholds_at.reset();
  if (preset.is_dated) d.thresholds_at = world_.clock.now();
}

bool Service::is_due(const Definition& d, const Zone& zone) const {
  return !d.preset.empty() && d.thresholds_at && !d.archived_at &&
         !is_of_month(*d.thresholds_at, world_.clock.now(), zone);
}

Result<int> Service::refresh_presets() {
  auto version = history_.present();
  if (!version) return 0;
  const Zone& zone = version->schema().reading().zone;
  std::map<i18n::Language, std::vector<Preset>> all;
  int refreshed = 0;
  for (const View& view : list()) {
    if (!is_due(view.definition, zone)) continue;
    i18n::Language language = view.definition.language;
    if (!all.contains(language)) all[language] = TRY(presets(language, refreshing_));
    auto done = refresh_preset(view.definition.id, language, all[language], zone);
    if (done) refreshed += *done;
    else if (refreshing_->is_stopped()) return tl::unexpected(done.error());
    else log_warning("segment {} keeps the thresholds it has: {}", view.definition.name, done.error().message);
  }
  return refreshed;
}

/// False when there is nothing to do any more: somebody may have changed it meanwhile.
Result<bool> Service::refresh_preset(int64_t id, i18n::Language language, const std::vector<Preset>& all,
                                     const Zone& zone) {
  std::lock_guard changing(changing_);
  Definition d = TRY(find(id)).definition;
  auto preset = std::ranges::find(all, d.preset, &Preset::id);
  // Nobody may be in a cell today: it stays what it was.
  if (!is_due(d, zone) || d.language != language || preset == all.end()) return false;
  Change change;
  change.preset = d.preset;
  std::string text = d.query;
  take(*preset, language, d);
  change.query = std::exchange(d.query, text);
  TRY(change_now(schedule(), std::move(d), change, refreshing_));
  return true;
}

void Service::look_at_presets() {
  if (refreshing_->is_stopped()) return;
  auto done = refresh_presets();
  if (!done && !refreshing_->is_stopped())
    log_warning("segments: presets were not refreshed: {}", done.error().message);
  if (done && *done > 0) log_info("segments: {} presets have the thresholds of this month", *done);
  queue_->post_after(history_.present() ? kLookEvery : kLookWhenBuilt, [this] { look_at_presets(); });
}

}  // namespace cairn::segments

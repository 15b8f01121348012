#include "app/command_segment.h"

#include "app/commands.h"
#include "i18n/words.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

using segments::Service;

struct SegmentLine {
  int64_t id = 0;
  std::string name, query, description;
  bool is_archived = false;
  std::optional<int64_t> count;
  std::string finding;
  std::string preset;
  std::optional<Time> thresholds_at;
};
BOOST_DESCRIBE_STRUCT(SegmentLine, (),
                      (id, name, query, description, is_archived, count, finding, preset, thresholds_at))

/// Of a directory that nobody serves, the count is asked like any other question.
SegmentLine line_of(Instance& instance, const Service::View& view) {
  const segments::Definition& d = view.definition;
  SegmentLine out{d.id, d.name,       d.query,  d.description,  d.archived_at.has_value(),
                  {},   view.finding, d.preset, d.thresholds_at};
  if (view.is_ready) out.count = static_cast<int64_t>(view.count);
  if (instance.segments().is_running() || d.archived_at) return out;
  out.finding.clear();
  auto found = instance.segments().preview(d.query, 0);
  if (found) out.count = static_cast<int64_t>(found->count);
  else out.finding = found.error().message;
  return out;
}

const i18n::Words& words_of(const SegmentAsked& asked) {
  return i18n::Words::in(i18n::parse_language(asked.lang).value_or(i18n::Language::en));
}

void print(const SegmentLine& line, const SegmentAsked& asked, Output& output) {
  if (asked.json) return output.text(json::encode_text(line) + "\n");
  const i18n::Words& words = words_of(asked);
  std::string count = line.is_archived ? words.text("app.segment.archived")
                      : line.count     ? words.integer(*line.count)
                                       : "–";
  output.text(fmt::format("{:>9}  {}\n           {}\n", count, line.name, line.query));
  if (!line.description.empty()) output.text(fmt::format("           {}\n", line.description));
  if (!line.finding.empty()) output.text(fmt::format("           {}\n", line.finding));
}

Result<void> print_presets(Instance& instance, const SegmentAsked& asked, Output& output) {
  auto language = TRY(json::enum_from<i18n::Language>(asked.lang));
  for (const segments::Preset& preset : TRY(instance.segments().presets(language))) {
    if (asked.json) output.text(json::encode_text(preset) + "\n");
    else output.text(fmt::format("{:<20} {}\n{:<20} {}\n", preset.id, preset.name, "", preset.query));
  }
  return {};
}

/// Today's thresholds for a segment that was made of a preset: of the one that is said, that it follows, or that is
/// called like it.
Result<Service::Change> refreshed(Instance& instance, const segments::Definition& segment, const SegmentAsked& asked) {
  Service::Change out;
  out.preset = asked.preset.empty() ? segment.preset : asked.preset;
  if (!out.preset->empty()) return out;
  for (auto language : {i18n::Language::en, i18n::Language::fr})
    for (const segments::Preset& preset : TRY(instance.segments().presets(language)))
      if (preset.name == segment.name || preset.id == segment.name) {
        out.preset = preset.id;
        out.language = language;
        return out;
      }
  return fail(Code::not_found,
              "no preset is called '{0}'; say which it was made of: `cairn segment refresh {0} --preset …`",
              segment.name);
}

void print_passages(const std::vector<Service::Passage>& passages, const i18n::Words& words, Output& output) {
  for (const auto& p : passages)
    output.text(fmt::format("{}  {:<8} {}\n", to_rfc3339(p.at),
                            words.text(p.is_in ? "app.segment.entered" : "app.segment.left"), p.customer.value));
}

}  // namespace

Result<void> run_segment(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<SegmentAsked>(call.options));
  auto by = accounts::Actor::operator_of_machine();
  Service& service = instance.segments();
  TRY(instance.history().catch_up());
  if (asked.act == "presets") return print_presets(instance, asked, call.output);
  if (asked.act == "list") {
    auto all = service.list();
    if (all.empty() && !asked.json) call.output.text(words_of(asked).text("app.segment.none") + "\n");
    for (const auto& view : all) print(line_of(instance, view), asked, call.output);
    return {};
  }
  if (asked.act == "add") {
    auto language = TRY(json::enum_from<i18n::Language>(asked.lang));
    auto made = TRY(service.add(by, {asked.name, asked.text, asked.description, asked.preset, language}));
    if (service.is_running()) TRY(service.catch_up());
    print(line_of(instance, TRY(service.find(made.definition.id))), asked, call.output);
    return {};
  }
  if (asked.name.empty()) return fail(Code::invalid, "name the segment: `cairn segment {} NAME`", asked.act);
  auto view = TRY(service.find(asked.name));
  if (asked.act == "show") {
    print(line_of(instance, view), asked, call.output);
    if (!asked.json)
      print_passages(TRY(service.passages(view.definition.id, {}, Seq{INT64_MAX}, 20)), words_of(asked), call.output);
    return {};
  }
  if (asked.act == "refresh" || asked.act == "freeze") {
    Service::Change change;
    if (asked.act == "freeze") change.preset = "";
    else change = TRY(refreshed(instance, view.definition, asked));
    auto changed = TRY(service.change(by, view.definition.id, change));
    if (service.is_running()) TRY(service.catch_up());
    print(line_of(instance, TRY(service.find(changed.definition.id))), asked, call.output);
    return {};
  }
  if (asked.act == "remove") {
    Service::Change change;
    change.is_archived = true;
    TRY(service.change(by, view.definition.id, change));
    call.output.text(words_of(asked).text("app.segment.removed", {{"name", asked.name}}) + "\n");
    return {};
  }
  return fail(Code::invalid,
              "'{}' is nothing that can be done to a segment; it is list, presets, add, show, refresh, "
              "freeze or remove",
              asked.act);
}

}  // namespace cairn::app

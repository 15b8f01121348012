#include "app/command_segment.h"

#include "app/commands.h"
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
};
BOOST_DESCRIBE_STRUCT(SegmentLine, (), (id, name, query, description, is_archived, count, finding))

/// Of a directory that nobody serves, the count is asked like any other question.
SegmentLine line_of(Instance& instance, const Service::View& view) {
  const segments::Definition& d = view.definition;
  SegmentLine out{d.id, d.name, d.query, d.description, d.archived_at.has_value(), {}, view.finding};
  if (view.is_ready) out.count = static_cast<int64_t>(view.count);
  if (instance.segments().is_running() || d.archived_at) return out;
  out.finding.clear();
  auto found = instance.segments().preview(d.query, 0);
  if (found) out.count = static_cast<int64_t>(found->count);
  else out.finding = found.error().message;
  return out;
}

void print(const SegmentLine& line, bool json, Output& output) {
  if (json) return output.text(json::encode_text(line) + "\n");
  std::string count = line.is_archived ? "archived" : line.count ? std::to_string(*line.count) : "–";
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

Result<Service::Wanted> wanted(Instance& instance, const SegmentAsked& asked) {
  if (asked.preset.empty()) return Service::Wanted{asked.name, asked.text, asked.description};
  auto language = TRY(json::enum_from<i18n::Language>(asked.lang));
  for (const segments::Preset& preset : TRY(instance.segments().presets(language)))
    if (preset.id == asked.preset)
      return Service::Wanted{asked.name.empty() ? preset.name : asked.name, preset.query,
                             asked.description.empty() ? preset.description : asked.description};
  return fail(Code::not_found, "there is no preset '{}'; `cairn segment presets` names them", asked.preset);
}

void print_passages(const std::vector<Service::Passage>& passages, Output& output) {
  for (const auto& p : passages)
    output.text(fmt::format("{}  {:<8} {}\n", to_rfc3339(p.at), p.is_in ? "entered" : "left", p.customer.value));
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
    if (all.empty() && !asked.json)
      call.output.text("no segment yet: `cairn segment add NAME 'CONDITION'` makes one\n");
    for (const auto& view : all) print(line_of(instance, view), asked.json, call.output);
    return {};
  }
  if (asked.act == "add") {
    auto made = TRY(service.add(by, TRY(wanted(instance, asked))));
    if (service.is_running()) TRY(service.catch_up());
    print(line_of(instance, TRY(service.find(made.definition.id))), asked.json, call.output);
    return {};
  }
  if (asked.name.empty()) return fail(Code::invalid, "name the segment: `cairn segment {} NAME`", asked.act);
  auto view = TRY(service.find(asked.name));
  if (asked.act == "show") {
    print(line_of(instance, view), asked.json, call.output);
    if (!asked.json) print_passages(TRY(service.passages(view.definition.id, {}, Seq{INT64_MAX}, 20)), call.output);
    return {};
  }
  if (asked.act == "remove") {
    Service::Change change;
    change.is_archived = true;
    TRY(service.change(by, view.definition.id, change));
    call.output.text(fmt::format("{} is archived: nobody enters or leaves it from now on\n", asked.name));
    return {};
  }
  return fail(Code::invalid, "'{}' is nothing that can be done to a segment; it is list, presets, add, show or remove",
              asked.act);
}

}  // namespace cairn::app

#include "questions/service.h"

#include <fmt/ranges.h>

#include "query/parser.h"
#include "query/printer.h"
#include "questions/service_state.h"

namespace cairn::questions {
namespace {

using query::Checked;

/// How often columns are made before a plan must stand; each round makes all that it lacks.
constexpr int kRounds = 4;

/// Properties that have no column yet: (stream, property).
std::vector<std::pair<std::string, std::string>> missing_columns(const Checked& checked,
                                                                 const timeline::Schema& schema) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [stream, property] : checked.dependencies.properties) {
    auto kind = schema.find_stream(stream);
    if (!kind) continue;
    const timeline::KindSchema& columns = schema.kinds()[*kind];
    auto column = columns.find(property);
    if (!column || columns.columns[*column].fill != timeline::Fill::ready) out.emplace_back(stream, property);
  }
  return out;
}

}  // namespace

Result<VersionPtr> Service::State::version() const {
  VersionPtr out = history.version();
  if (!out) return history::not_built(history.standing());
  return out;
}

query::CheckResult Service::State::check(std::string_view text, bool must_be_condition, const Segments& set) const {
  auto parsed = query::parse(text);
  if (!parsed) return tl::unexpected(parsed.error());
  query::CheckOptions options;
  if (VersionPtr version = history.version()) options.currency = version->schema().reading().currency;
  options.segments.emplace();
  for (const auto& [name, checked] : set.checked) options.segments->push_back(name);
  auto catalogue = history.catalogue();
  return must_be_condition ? query::check_condition(std::move(*parsed), *catalogue, options)
                           : query::check(std::move(*parsed), *catalogue, options);
}

Result<Checked> Service::State::checked(const std::string& text, const Segments& set) const {
  auto checked = check(text, false, set);
  if (checked) return std::move(*checked);
  Error error = query::to_error(checked.error(), text);
  error.field = "text";
  return tl::unexpected(std::move(error));
}

Result<void> Service::State::make_columns(const Checked& checked, const timeline::Schema& schema, Running& running) {
  for (const auto& [stream, property] : missing_columns(checked, schema)) {
    std::string name = stream + "." + property;
    auto made = history.make_column(stream, property,
                                    [&](uint64_t rows, uint64_t of) { return running.read_so_far(name, rows, of); });
    if (running.is_stopped()) return tl::unexpected(running.why());
    // A property of which there is nothing is no error of the question: its column comes to be with its first value.
    if (!made && made.error().code != Code::not_found) return made;
  }
  return {};
}

Result<PlanPtr> Service::State::plan(const Checked& checked, const Segments& set, const timeline::Version& version) {
  auto schema = version.shared_schema();
  return plans.get(query::print(checked.query), schema, set.generation, [&] {
    engine::Setting setting;
    setting.segments = set.checked;
    return engine::make_plan(checked, schema, setting);
  });
}

Result<Service::State::Ready> Service::State::ready(const Checked& checked, const Segments& set, Running& running) {
  for (int round = 0;; ++round) {
    VersionPtr current = TRY(version());
    TRY(make_columns(checked, current->schema(), running));
    for (const std::string& name : checked.dependencies.segments)
      if (auto it = set.checked.find(name); it != set.checked.end())
        TRY(make_columns(it->second, current->schema(), running));
    current = TRY(version());
    auto made = plan(checked, set, *current);
    if (!made && made.error().code == Code::unavailable && round < kRounds) continue;
    PlanPtr plan = TRY(std::move(made));
    return Ready{std::move(current), std::move(plan)};
  }
}

Result<std::string> with_moment(std::string text, std::string_view as_of, bool as_known, const Zone& zone) {
  if (as_of.empty() && !as_known) return text;
  std::string moment = "now()";
  if (!as_of.empty()) {
    auto parsed = parse_time(as_of);
    if (!parsed) return fail_at("as_of", "as of: {}", parsed.error().message);
    if (parsed->date_only && as_of.size() == 10) moment = as_of;
    else moment = to_rfc3339(TRY(parse_moment(as_of, zone)));
  }
  return fmt::format("{} {} {}", text, as_known ? "as known at" : "as of", moment);
}

Service::Service(World& world, history::History& history) : state_(new State{world, history}) {
  state_->watch = world.executor.make_queue("questions");
}
Service::~Service() = default;

void Service::use_segments(SegmentSource source) { state_->segments = std::move(source); }
std::shared_ptr<const query::Catalogue> Service::catalogue() const { return state_->history.catalogue(); }
Result<Zone> Service::zone() const { return TRY(state_->version())->schema().reading().zone; }

query::CheckResult Service::check(std::string_view text, bool must_be_condition) const {
  return state_->check(text, must_be_condition, *state_->segments());
}

std::vector<std::string> Service::segment_names() const {
  std::vector<std::string> out;
  auto set = state_->segments();
  for (const auto& [name, checked] : set->checked) out.push_back(name);
  return out;
}

}  // namespace cairn::questions

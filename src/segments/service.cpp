#include "segments/service.h"

#include <algorithm>

#include "base/priority.h"
#include "base/text.h"
#include "engine/ask.h"
#include "query/parser.h"
#include "query/printer.h"
#include "questions/answer.h"

namespace cairn::segments {
namespace {

constexpr size_t kNameBytes = 60, kDescriptionBytes = 2000, kSegmentsMax = 1000;
constexpr int64_t kPreviewId = -1;

Result<void> check_words(const Definition& d) {
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (d.name.empty() || d.name.size() > kNameBytes || !is_utf8(d.name) ||
      std::any_of(d.name.begin(), d.name.end(), is_control))
    return fail_at("name", "a segment needs a name of up to {} bytes, without control characters", kNameBytes);
  if (d.description.size() > kDescriptionBytes || !is_utf8(d.description))
    return fail_at("description", "a description has up to {} bytes", kDescriptionBytes);
  return {};
}

/// Entering a segment is an event. What reads such events would answer itself.
Result<void> check_echo(const query::Dependencies& d) {
  for (const char* stream : {"segment_entered", "segment_left"})
    if (d.streams.contains(stream))
      return fail_at("query", "{} tells what segments say themselves; name the segment instead: segment(\"…\")",
                     stream);
  if (d.attributes.contains({"customer", "last_seen_at"}))
    return fail_at("query",
                   "customer.last_seen_at moves whenever somebody enters a segment; say which events count, like "
                   "last_time(order_completed)");
  return {};
}

Result<query::Checked> check_text(const std::string& text, const query::Catalogue& catalogue,
                                  const query::CheckOptions& options) {
  auto named = [&](const query::Problems& problems) {
    Error error = query::to_error(problems, text);
    error.field = "query";
    return tl::unexpected(std::move(error));
  };
  auto parsed = query::parse_expression(text);
  if (!parsed) return named(parsed.error());
  auto checked = query::check_condition(std::move(*parsed), catalogue, options);
  if (!checked) return named(checked.error());
  TRY(check_echo(checked->dependencies));
  return std::move(*checked);
}

query::CheckOptions options_of(const history::History& history, const std::vector<std::string>& names) {
  query::CheckOptions out;
  if (auto version = history.version()) out.currency = version->schema().reading().currency;
  out.segments = names;
  return out;
}

}  // namespace

Result<std::unique_ptr<Service>> Service::open(World& world, db::Store& store, events::Log& log,
                                               history::History& history, questions::Service& questions) {
  std::unique_ptr<Service> out(new Service(world, store, log, history, questions));
  TRY(out->load());
  questions.use_segments([service = out.get()] {
    auto set = service->set();
    return std::make_shared<const questions::Segments>(questions::Segments{set->generation, set->checked});
  });
  return out;
}
Service::~Service() { refreshing_->cancel(); }

Result<void> Service::load() {
  std::vector<Definition> definitions;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    definitions = TRY(read_definitions(session));
    return {};
  }));
  auto made = make_set(definitions);
  std::lock_guard lock(mutex_);
  definitions_ = std::move(definitions);
  set_ = std::move(made);
  return {};
}

Result<void> Service::start() {
  TRY(keeper_.start([this] { return set(); }));
  queue_ = world_.executor.make_queue("presets");
  queue_->post([this] {
    give_way();
    look_at_presets();
  });
  return {};
}

std::shared_ptr<const Set> Service::make_set(const std::vector<Definition>& definitions) const {
  auto out = std::make_shared<Set>();
  std::vector<std::string> names;
  for (const Definition& d : definitions)
    if (!d.archived_at) names.push_back(d.name);
  auto catalogue = history_.catalogue();
  query::CheckOptions options = options_of(history_, names);
  for (const Definition& d : definitions) {
    if (d.archived_at) continue;
    out->definitions[d.id] = d;
    auto checked = check_text(d.query, *catalogue, options);
    if (checked) out->checked.emplace(d.name, std::move(*checked));
    else out->findings[d.id] = checked.error().message;
  }
  return out;
}

/// What cannot be checked is tried again: a property may have turned up meanwhile.
std::shared_ptr<const Set> Service::set() const {
  std::lock_guard lock(mutex_);
  if (!set_->findings.empty()) {
    auto again = std::const_pointer_cast<Set>(make_set(definitions_));
    again->generation = set_->generation + (again->findings.size() != set_->findings.size() ? 1 : 0);
    set_ = again;
  }
  return set_;
}

Result<query::Checked> Service::check(const std::string& query, std::string_view own_name, const Set& set) const {
  std::vector<std::string> names;
  for (const auto& [id, definition] : set.definitions) names.push_back(definition.name);
  auto checked = TRY(check_text(query, *history_.catalogue(), options_of(history_, names)));
  std::vector<std::string> others = set.dependents(std::string(own_name));
  for (const std::string& name : checked.dependencies.segments)
    if (name == own_name || std::find(others.begin(), others.end(), name) != others.end())
      return fail_at("query", "segment(\"{}\") names '{}' in turn: they would go round in a circle", name, own_name);
  return checked;
}

Service::View Service::view_of(const Definition& definition) const {
  Keeper::State state = keeper_.state(definition.id);
  View out{definition, state.is_ready, state.count, state.finding};
  if (!definition.archived_at && !keeper_.is_running()) out.finding = "it is computed while a server runs";
  return out;
}

std::vector<Service::View> Service::list() const {
  std::vector<Definition> definitions;
  {
    std::lock_guard lock(mutex_);
    definitions = definitions_;
  }
  std::sort(definitions.begin(), definitions.end(), [](const Definition& a, const Definition& b) {
    return std::tuple(a.archived_at.has_value(), a.name) < std::tuple(b.archived_at.has_value(), b.name);
  });
  std::vector<View> out;
  for (const Definition& d : definitions) out.push_back(view_of(d));
  return out;
}

Result<Service::View> Service::find(int64_t id) const {
  for (const View& view : list())
    if (view.definition.id == id) return view;
  return fail(Code::not_found, "there is no such segment");
}

Result<Service::View> Service::find(std::string_view name) const {
  for (const View& view : list())
    if (view.definition.name == name) return view;
  return fail(Code::not_found, "there is no segment '{}'; `cairn segment list` names them", name);
}

/// `anew`: segments whose meaning is another from now on.
Result<void> Service::write(const accounts::Actor& by, std::string_view act, Definition& definition,
                            const std::vector<int64_t>& anew) {
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    if (definition.id == 0) definition.id = TRY(add_definition(tx, definition));
    else TRY(change_definition(tx, definition));
    for (int64_t id : anew) TRY(drop_baselines(tx, id));
    return accounts::write_audit(tx, definition.changed_at, by, {act, std::to_string(definition.id), definition.name});
  }));
  std::vector<Definition> definitions;
  uint64_t generation = 0;
  {
    std::lock_guard lock(mutex_);
    generation = set_->generation + 1;
    definitions = definitions_;
  }
  std::erase_if(definitions, [&](const Definition& d) { return d.id == definition.id; });
  definitions.push_back(definition);
  auto made = std::const_pointer_cast<Set>(make_set(definitions));
  made->generation = generation;
  {
    std::lock_guard lock(mutex_);
    definitions_ = std::move(definitions);
    set_ = std::move(made);
  }
  keeper_.change();
  return {};
}

Result<Live> Service::make_ready(const query::Checked& checked, const Set& set, const RunningPtr& running) const {
  auto made = keeper_.make_ready(kPreviewId, checked, set, running.get());
  if (!made && running->is_stopped()) return tl::unexpected(running->why());
  return made;
}

Result<Service::View> Service::add(const accounts::Actor& by, const Wanted& wanted, const RunningPtr& running) {
  std::lock_guard changing(changing_);
  auto set = this->set();
  Definition d;
  d.name = trim(wanted.name);
  d.query = wanted.query;
  d.description = wanted.description;
  if (!wanted.preset.empty()) {
    if (!wanted.query.empty()) return fail_at("query", "a preset has its own; name the one or the other");
    Preset preset = TRY(preset_named(wanted.preset, wanted.language, running));
    if (d.name.empty()) d.name = preset.name;
    take(preset, wanted.language, d);
  }
  TRY(check_words(d));
  for (const View& view : list())
    if (view.definition.name == d.name)
      return fail(Code::conflict, "there is a segment named '{}' already{}", d.name,
                  view.definition.archived_at ? ", in the archive" : "");
  if (set->definitions.size() >= kSegmentsMax)
    return fail(Code::conflict, "there are {} segments; archive one first", kSegmentsMax);
  auto checked = TRY(check(d.query, d.name, *set));
  if (history_.version()) TRY(make_ready(checked, *set, running));
  d.query = query::print(checked.query);
  d.created_at = d.changed_at = world_.clock.now();
  TRY(write(by, "segment_added", d, {}));
  return view_of(d);
}

Result<Service::View> Service::change(const accounts::Actor& by, int64_t id, const Change& change,
                                      const RunningPtr& running) {
  std::lock_guard changing(changing_);
  Definition d = TRY(find(id)).definition;
  Change to = change;
  if (change.preset) {
    if (change.query) return fail_at("query", "a preset has its own; name the one or the other");
    if (change.preset->empty()) {
      d.preset.clear();
      d.thresholds_at.reset();
    } else {
      i18n::Language language = change.language.value_or(d.language);
      std::string text = d.query;
      take(TRY(preset_named(*change.preset, language, running)), language, d);
      to.query = std::exchange(d.query, text);
    }
  }
  return change_now(by, std::move(d), to, running);
}

/// REQUIRES changing_. `d`: the segment as it is, but for the preset that it follows from now on.
Result<Service::View> Service::change_now(const accounts::Actor& by, Definition d, const Change& change,
                                          const RunningPtr& running) {
  int64_t id = d.id;
  bool follows = change.preset && !change.preset->empty();
  auto set = this->set();
  std::string old_name = d.name;
  std::vector<std::string> others = set->dependents(old_name);
  if (change.name) d.name = trim(*change.name);
  if (change.description) d.description = *change.description;
  TRY(check_words(d));
  bool was_archived = d.archived_at.has_value();
  bool is_archived = change.is_archived.value_or(was_archived);
  if ((d.name != old_name || (is_archived && !was_archived)) && !others.empty())
    return fail(Code::conflict, "{} names it; change that first", fmt::join(others, ", "));
  for (const View& view : list())
    if (view.definition.name == d.name && view.definition.id != id)
      return fail(Code::conflict, "there is a segment named '{}' already", d.name);
  std::vector<int64_t> anew;
  d.changed_at = world_.clock.now();
  if (change.query || (was_archived && !is_archived)) {
    auto checked = TRY(check(change.query.value_or(d.query), old_name, *set));
    if (history_.version()) TRY(make_ready(checked, *set, running));
    std::string text = query::print(checked.query);
    if (text != d.query) {
      if (!follows) {
        d.preset.clear();
        d.thresholds_at.reset();
      }
      anew.push_back(id);
      for (const auto& [other, definition] : set->definitions)
        if (std::find(others.begin(), others.end(), definition.name) != others.end()) anew.push_back(other);
    }
    d.query = text;
  }
  if (is_archived != was_archived) anew.push_back(id);
  if (is_archived && !was_archived) d.archived_at = d.changed_at;
  if (!is_archived) d.archived_at.reset();
  TRY(write(by, is_archived && !was_archived ? "segment_archived" : "segment_changed", d, anew));
  return view_of(d);
}

Result<void> Service::check_personal(const std::string& query, bool sees_customers) const {
  if (sees_customers) return {};
  auto checked = TRY(check(query, "", *set()));
  return questions::check_personal(checked, *history_.catalogue(), false);
}

Result<Service::Preview> Service::preview(const std::string& query, size_t sample, const RunningPtr& running) const {
  auto set = this->set();
  auto checked = TRY(check(query, "", *set));
  auto find = [&]() -> Result<Preview> {
    auto live = TRY(make_ready(checked, *set, running));
    auto version = history_.version();
    running->begin_asking(version->customers());
    auto found = TRY(engine::select(*live.scan, {*version, world_.executor, world_.clock.now(), &running->progress()}));
    return Preview{query::print(checked.query), found.count(), version->customers(), found.ids()};
  };
  auto out = find();
  running->finish();
  if (!out && running->is_stopped()) return tl::unexpected(running->why());
  if (out && out->sample.size() > sample) out->sample.resize(sample);
  return out;
}

Result<std::vector<CustomerId>> Service::members(int64_t id, CustomerId after, size_t limit) const {
  TRY(find(id));
  return keeper_.members(id, after, limit);
}

Result<std::vector<Service::Passage>> Service::passages(int64_t id, std::optional<CustomerId> customer, Seq before,
                                                        size_t limit) const {
  TRY(find(id));
  auto version = history_.version();
  if (!version) return fail(Code::unavailable, "the timelines are being built");
  std::vector<Passage> out;
  auto latest = [](const Passage& a, const Passage& b) { return a.seq > b.seq; };
  auto read = [&](const timeline::Part& part, uint32_t first, uint32_t last) -> Result<void> {
    for (bool is_in : {true, false}) {
      auto kind = version->schema().find_kind(is_in ? kEntered : kLeft);
      const timeline::Stream* stream = kind ? part.stream(*kind) : nullptr;
      auto column = kind ? version->schema().kinds()[*kind].find("segment_id") : std::nullopt;
      if (!stream || !column || !stream->column(*column)) continue;
      TRY(stream->touch_all({first, last}));
      stream->offsets().each(first, last, [&](uint32_t c, uint32_t begin, uint32_t end) {
        for (uint32_t row = begin; row < end; ++row) {
          Seq seq{stream->seq()[row]};
          if (seq >= before || !stream->column(*column)->is_known(row)) continue;
          if (stream->column(*column)->integer(row) != id) continue;
          out.push_back({seq, part.customer(c), Time{stream->occurred_at()[row]}, is_in});
        }
      });
      if (out.size() > 4 * limit + 1000) {
        std::sort(out.begin(), out.end(), latest);
        out.resize(limit);
      }
    }
    return {};
  };
  if (customer) {
    if (auto place = version->find(*customer)) TRY(read(*place->part, place->customer, place->customer + 1));
  } else {
    for (int shard = 0; shard < kShards; ++shard)
      for (const timeline::Run& run : version->shard(shard).runs()) TRY(read(*run.part, run.first, run.last));
  }
  std::sort(out.begin(), out.end(), latest);
  if (out.size() > limit) out.resize(limit);
  return out;
}

/// Counts are worked out backwards from what is there now, so that what is recorded late for an earlier day counts
/// from that day on.
Result<std::vector<Service::Day>> Service::counts(int64_t id, size_t limit) const {
  View view = TRY(find(id));
  std::vector<DayCounts> rows;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    rows = TRY(read_days(session, id));
    return {};
  }));
  auto version = history_.version();
  if (rows.empty() || !version) return std::vector<Day>{};
  std::vector<Day> out;
  int64_t count = 0;
  for (const DayCounts& row : rows) count += row.entered - row.left + row.silent;
  auto next = rows.rbegin();
  cairn::Day today = version->schema().reading().zone.day(world_.clock.now());
  for (cairn::Day day = std::max(today, next->day); day >= rows.front().day && out.size() < limit; --day.days) {
    Day one{day, count, 0, 0, 0};
    if (next != rows.rend() && next->day == day) {
      one.entered = next->entered, one.left = next->left, one.silent = next->silent;
      count -= one.entered - one.left + one.silent;
      ++next;
    }
    out.push_back(one);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<Service::Reason> Service::reason(int64_t id, CustomerId customer, bool sees_customers,
                                        const RunningPtr& running) const {
  View view = TRY(find(id));
  Reason out;
  out.answer = TRY(questions_.ask_one(
      {.text = view.definition.query, .customer = customer, .explains = true, .sees_customers = sees_customers},
      running));
  if (keeper_.is_running()) out.is_in = TRY(keeper_.is_in(id, customer));
  else if (const bool* truth = out.answer.value.get<bool>()) out.is_in = *truth;
  out.passages = TRY(passages(id, customer, Seq{INT64_MAX}, 100));
  return out;
}

}  // namespace cairn::segments

#include "profile/service.h"

#include <algorithm>

#include "base/text.h"
#include "consent/rules.h"
#include "consent/store.h"
#include "engine/evaluate.h"
#include "events/brand.h"
#include "events/model.h"
#include "people/merges.h"
#include "profile/find.h"
#include "profile/names.h"
#include "profile/personal.h"
#include "profile/service_at.h"
#include "profile/store.h"
#include "profile/story.h"

namespace cairn::profile {
namespace {

constexpr size_t kNotes = 100, kTickets = 20, kNoteBytes = 10'000, kTagLetters = 40, kWhy = 8;

/// Segments that the customer is in, with why. A segment whose plan lacks a column is left out: it is being read.
Result<std::vector<InSegment>> segments_of(const Ready& ready, const Look& look) {
  std::vector<InSegment> out;
  auto last_entered = entered(look);
  for (const Ready::Segment& segment : ready.segments) {
    if (!segment.plan) continue;
    engine::Customer customer(*segment.plan);
    engine::Look at{look.now};
    engine::Answer answer = engine::evaluate(customer, *look.place.part, look.place.customer, at);
    const bool* is_in = answer.value.get<bool>();
    if (!is_in || !*is_in) continue;
    InSegment in{segment.id, segment.name, segment.query, {}, answer.valid_until, {}};
    if (auto found = last_entered.find(segment.id); found != last_entered.end()) in.entered_at = found->second;
    for (engine::Reason& reason : engine::explain(customer, *look.place.part, look.place.customer, at)) {
      if (in.why.size() == kWhy) break;
      in.why.push_back({std::move(reason.text), to_json(reason.value), static_cast<int64_t>(reason.event_count)});
    }
    out.push_back(std::move(in));
  }
  return out;
}

Orders orders_of(const Facts& facts, std::vector<RecentOrder> recent) {
  return {facts.count(Fact::orders),  facts.count(Fact::cancelled),     facts.money(Fact::revenue),
          facts.money(Fact::average), facts.time(Fact::first_order_at), facts.time(Fact::last_order_at),
          std::move(recent)};
}

std::optional<Answer> answer_of(const Facts& facts, Fact score, Fact at, std::string_view survey) {
  const double* given = facts[score].get<double>();
  auto when = facts.time(at);
  if (!given || !when) return std::nullopt;
  return Answer{std::string(survey), *given, *when};
}

/// Every purpose with what counts of all that was said under any id.
Result<void> read_consents(db::Session& session, Profile& out) {
  auto statements = TRY(consent::read_counting(session, out.ids));
  consent::Standing standing = consent::standing_of(statements);
  for (consent::Purpose purpose : json::enum_values<consent::Purpose>()) {
    const auto& said = consent::at(standing, purpose);
    Consent view{std::string(json::enum_name(purpose)), std::string(json::enum_name(consent::state_of(said))), {}, {}};
    if (said) view.since = said->occurred_at, view.source = said->source;
    out.consents.push_back(std::move(view));
  }
  auto declared = TRY(consent::read_declared(session, out.ids));
  for (auto& [attribute, declaration] : consent::declared_of(declared))
    out.declared.push_back({std::string(json::enum_name(attribute)), declaration.choices, declaration.occurred_at});
  return {};
}

/// What somebody wrote, out of the event's own properties.
std::optional<Verbatim> verbatim_in(const rows::Row& row) {
  auto properties = json::parse_object(row.properties);
  auto text = properties ? json::text_at(*properties, "comment") : std::nullopt;
  if (!text || trim(*text).empty()) return std::nullopt;
  Verbatim out{std::string(trim(*text)), std::string(json::text_at(*properties, "survey").value_or("")),
               json::number_at(*properties, "score"), row.occurred_at};
  return out;
}

}  // namespace

Service::Service(const Parts& parts)
    : world_(parts.world),
      store_(parts.store),
      log_(parts.log),
      history_(parts.history),
      segments_(parts.segments),
      aliases_(parts.aliases),
      fifths_(parts.world, parts.store, parts.history),
      index_(parts.world, parts.store, parts.log, parts.history, parts.aliases) {}
Service::~Service() = default;

void Service::start() {
  index_.start();
  (void)fifths_.present();
}

Result<void> Service::catch_up() {
  TRY(index_.catch_up());
  return fifths_.ensure();
}

Result<void> Service::take_out(std::span<const CustomerId> customers, std::span<const events::Identifier> identifiers) {
  constexpr size_t kAWrite = 500;
  TRY(index_.settle());
  for (size_t at = 0; at < customers.size(); at += kAWrite)
    TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) {
      return take_out_of_index(tx, customers.subspan(at, std::min(kAWrite, customers.size() - at)), identifiers);
    }));
  return {};
}

Result<std::shared_ptr<const timeline::Version>> Service::version() const {
  auto out = history_.version();
  if (!out) return history::not_built(history_.standing());
  return out;
}

tl::unexpected<Error> Service::mended(Error error) const {
  if (error.code != Code::corrupt) return tl::unexpected(std::move(error));
  history_.mend(error);
  return fail(Code::unavailable, "a snapshot was damaged; the timelines are being built anew, ask again in a moment");
}

Result<Service::At> Service::at(CustomerId customer) const {
  At out;
  out.version = TRY(version());
  out.root = aliases_.root(customer);
  auto place = out.version->find(out.root);
  if (!place) return fail(Code::not_found, "there is no customer {}", customer.value);
  if (auto touched = place->part->touch({place->customer, place->customer + 1}); !touched)
    return mended(touched.error());
  out.place = *place;
  out.now = world_.clock.now();
  out.ids = aliases_.members(out.root);
  if (out.ids.empty()) out.ids = {out.root};
  return out;
}

Look Service::look_at(const At& at) const {
  return {at.version->schema(), at.place, at.now, [this](SourceId source) { return log_.source_name(source); }};
}

Result<std::shared_ptr<const Ready>> Service::ready(const timeline::Version& version) {
  auto set = segments_.set();
  std::lock_guard lock(mutex_);
  if (!ready_ || ready_->schema != version.shared_schema() || ready_->set != set)
    ready_ = TRY(make_ready(version.shared_schema(), std::move(set)));
  return ready_;
}

Result<void> Service::read_identifiers(db::Session& session, Profile& out) const {
  for (CustomerId customer : out.ids)
    for (people::StoredIdentifier& id : TRY(people::identifiers_of(session, customer)))
      out.identifiers.push_back(
          {std::move(id.kind), std::move(id.value), id.known_at, log_.source_name(id.source), customer});
  return {};
}

Result<void> Service::read_merges(db::Session& session, Profile& out) const {
  for (people::Merge& merge : TRY(people::merges_of(session, out.ids))) {
    auto evidence = json::parse(merge.evidence);
    out.merges.push_back({std::to_string(merge.tie.merge.value), merge.tie.a, merge.tie.b,
                          std::string(json::enum_name(merge.rule)), evidence ? *evidence : json::Value(), merge.at,
                          std::move(merge.actor), merge.undone_at});
  }
  return {};
}

/// All that the store has, in one read.
Result<void> Service::read_rows(const At& at, Seq verbatim, Profile& out) const {
  return store_.read([&](db::Session& session) -> Result<void> {
    TRY(read_identifiers(session, out));
    out.notes = TRY(rows::notes_of(session, at.ids, kNotes));
    out.tags = TRY(rows::tags_of(session, at.ids));
    TRY(read_merges(session, out));
    TRY(read_consents(session, out));
    if (!verbatim.is_set()) return {};
    return rows::each_event(session, {&verbatim, 1},
                            [&](const rows::Row& row) { out.satisfaction.verbatim = verbatim_in(row); });
  });
}

Result<Profile> Service::profile(CustomerId customer, i18n::Language language) {
  At at = TRY(this->at(customer));
  auto ready = TRY(this->ready(*at.version));
  Look look = look_at(at);
  const i18n::Words& words = i18n::Words::in(language);
  const Zone& zone = look.schema.reading().zone;
  Facts facts = facts_of(*ready, at.place, at.now);
  Bought bought = profile::bought(look);
  auto explained = ready->standing->standing(*at.version, at.place, at.now);
  Profile out;
  out.id = at.root;
  out.ids = at.ids;
  TRY(read_rows(at, latest_verbatim(look), out));
  out.attributes = attributes_of(look, History::none);
  out.who = who_of(at.root, out.attributes, out.identifiers, facts, words);
  out.orders = orders_of(facts, std::move(bought.recent));
  out.habits = std::move(bought.habits);
  out.rfm = rfm_of(facts, fifths_.present(), at.now, words);
  out.satisfaction.nps = answer_of(facts, Fact::nps, Fact::nps_at, "nps");
  out.satisfaction.csat = answer_of(facts, Fact::csat, Fact::csat_at, "csat");
  out.service = {facts.count(Fact::tickets), facts.count(Fact::open_tickets), facts.count(Fact::complaints),
                 open_tickets(look, kTickets)};
  out.hurts = hurts_of({out.service.open_tickets, bought.late, explained}, words, zone);
  out.level = level_of(explained, words, zone);
  out.segments = TRY(segments_of(*ready, look));
  const timeline::Offsets& events = at.place.part->order().offsets();
  out.events = events.end(at.place.customer) - events.begin(at.place.customer);
  out.as_of = at.now;
  out.last_seq = at.version->last();
  return out;
}

Result<std::vector<Attribute>> Service::attributes(CustomerId customer) {
  At at = TRY(this->at(customer));
  return attributes_of(look_at(at), History::all);
}

/// Only about somebody who is there; a typing error writes nothing.
Result<void> Service::check(CustomerId customer) const {
  TRY(at(customer));
  return {};
}

Result<Note> Service::add_note(const accounts::Actor& by, CustomerId customer, std::string_view text) {
  std::string_view kept = trim(text);
  if (kept.empty()) return fail_at("text", "a note says something");
  if (kept.size() > kNoteBytes || !is_utf8(kept)) return fail_at("text", "a note has up to {} bytes", kNoteBytes);
  TRY(check(customer));
  auto id = static_cast<int64_t>(world_.entropy.next64() >> 1);
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(rows::add_note(tx, {customer, id, kept, by.who(), now}));
    return accounts::write_audit(tx, now, by, {"note_added", std::to_string(customer.value), std::to_string(id)});
  }));
  return Note{std::to_string(id), customer, std::string(kept), by.who(), now};
}

Result<void> Service::remove_note(const accounts::Actor& by, CustomerId customer, int64_t note) {
  At at = TRY(this->at(customer));
  return store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    bool is_removed = false;
    for (CustomerId id : at.ids) is_removed = TRY(rows::remove_note(tx, id, note)) || is_removed;
    if (!is_removed) return fail(Code::not_found, "there is no such note about this customer");
    return accounts::write_audit(tx, at.now, by,
                                 {"note_removed", std::to_string(customer.value), std::to_string(note)});
  });
}

Result<std::string> normal_tag(std::string_view text) {
  std::string lower, out;
  if (is_utf8(text)) lower = lower_case(text);
  for (std::string_view word : split(lower, ' '))
    if (!word.empty()) out += (out.empty() ? "" : " ") + std::string(word);
  bool has_control = std::any_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (out.empty() || length(out) > kTagLetters || has_control)
    return fail_at("tag", "a tag has 1 to {} characters, in one line", kTagLetters);
  return out;
}

Result<std::string> Service::add_tag(const accounts::Actor& by, CustomerId customer, std::string_view tag) {
  std::string kept = TRY(normal_tag(tag));
  TRY(check(customer));
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(rows::add_tag(tx, {customer, kept, by.who(), now}));
    return accounts::write_audit(tx, now, by, {"tag_added", std::to_string(customer.value)});
  }));
  return kept;
}

Result<void> Service::remove_tag(const accounts::Actor& by, CustomerId customer, std::string_view tag) {
  std::string kept = TRY(normal_tag(tag));
  At at = TRY(this->at(customer));
  return store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    if (!TRY(rows::remove_tag(tx, at.ids, kept))) return fail(Code::not_found, "this customer has no tag '{}'", kept);
    return accounts::write_audit(tx, at.now, by, {"tag_removed", std::to_string(customer.value)});
  });
}

Result<std::vector<TagCount>> Service::tags() {
  std::vector<TagCount> out;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    out = TRY(rows::tags(session, aliases_));
    return {};
  }));
  return out;
}

Result<Found> Service::find(std::string_view text, size_t most) {
  auto version = TRY(this->version());
  Found out;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    std::string region = TRY(events::read_brand(session)).country;
    Finder finder(session, *version, aliases_, world_.clock.now());
    out.customers = TRY(finder.find({std::string(text), region, std::min(most, kHitsMost)}));
    return {};
  }));
  out.is_complete = index_.is_whole();
  return out;
}

Result<CustomerId> Service::by(const std::string& kind, const std::string& value) {
  auto version = TRY(this->version());
  CustomerId out;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    std::string region = TRY(events::read_brand(session)).country;
    out = TRY(Finder(session, *version, aliases_, world_.clock.now()).by(kind, value, region));
    return {};
  }));
  if (!out.is_set() || !version->find(out)) return fail(Code::not_found, "nobody is known by {} '{}'", kind, value);
  return out;
}

}  // namespace cairn::profile

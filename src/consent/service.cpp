#include "consent/service.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "consent/store.h"
#include "consent/told.h"
#include "crypto/encode.h"
#include "i18n/words.h"

namespace cairn::consent {
namespace {

constexpr size_t kSourceBytes = 60, kNoteBytes = 500, kTextBytes = 4000;
/// Clocks differ: so far ahead is now.
constexpr Duration kAhead = minutes(5);

Result<void> check_line(std::string_view field, std::string_view text, size_t bytes) {
  bool has_control = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (text.size() > bytes || has_control || !is_utf8(text))
    return fail_at(std::string(field), "{} has up to {} bytes, in one line", field, bytes);
  return {};
}

Result<Time> moment(std::optional<Time> occurred_at, Time now) {
  if (!occurred_at) return now;
  if (*occurred_at > now + kAhead) return fail_at("occurred_at", "this moment has not come yet");
  return std::min(*occurred_at, now);
}

/// What was declared, without what is no longer on the brand's list: nobody could choose that again.
std::vector<std::string> known_choices(const Settings& settings, Attribute attribute, const Declaration* before) {
  std::vector<std::string> out;
  for (const Choice& c : settings.choices(attribute))
    if (before && std::find(before->choices.begin(), before->choices.end(), c.value) != before->choices.end())
      out.push_back(c.value);
  return out;
}

Result<void> check_customer(db::Session& session, CustomerId customer) {
  if (!TRY(is_customer(session, customer))) return fail(Code::not_found, "there is no such customer");
  return {};
}

}  // namespace

/// What one transaction writes.
struct Service::Write {
  CustomerId customer;
  How how = How::api;
  std::optional<accounts::Actor> by;
  std::vector<Said> said;
  Choices choices;
  std::optional<Time> occurred_at;  ///< Of the choices.
  std::string source;               ///< Of the choices.
};

Service::Service(World& world, db::Store& store, events::Log& log, const events::Aliases& aliases)
    : world_(world), store_(store), log_(log), aliases_(aliases) {}

Result<void> Service::start() {
  source_ = TRY(log_.ensure_source("consent"));
  std::string fresh = crypto::to_hex(crypto::bytes_of(crypto::random_key(world_.entropy)));
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    if (TRY(read_key(tx)).empty()) TRY(write_key(tx, fresh));
    return {};
  }));
  return add_first_texts();
}

/// Every purpose has a text from the start, so that a page can be shown; the brand's own are later versions.
Result<void> Service::add_first_texts() {
  auto all = std::make_shared<std::vector<Text>>();
  TRY(store_.write_now(db::Lane::people, [this, all](db::Transaction& tx) -> Result<void> {
    *all = TRY(read_texts(tx));
    for (Purpose purpose : json::enum_values<Purpose>()) {
      if (find_text(*all, purpose, 1)) continue;
      Text text{purpose, 1, world_.clock.now(), {}};
      for (i18n::Language language : json::enum_values<i18n::Language>())
        text.texts[std::string(json::enum_name(language))] =
            i18n::Words::in(language).text(fmt::format("consent.text.{}", json::enum_name(purpose)));
      TRY(consent::add_text(tx, text));
      all->push_back(std::move(text));
    }
    return {};
  }));
  keep_texts(std::move(*all));
  return {};
}

void Service::keep_texts(std::vector<Text> texts) {
  std::sort(texts.begin(), texts.end(), [](const Text& a, const Text& b) {
    return std::pair(a.purpose, a.version) < std::pair(b.purpose, b.version);
  });
  std::lock_guard lock(mutex_);
  texts_ = std::move(texts);
}

std::vector<Text> Service::texts() const {
  std::lock_guard lock(mutex_);
  return texts_;
}

Result<bool> Service::may(CustomerId customer, Purpose purpose) const {
  bool out = false;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    out = TRY(may(session, customer, purpose));
    return {};
  }));
  return out;
}

Result<bool> Service::may(db::Session& session, CustomerId customer, Purpose purpose) const {
  auto standing = standing_of(TRY(read_counting(session, aliases_.members(customer))));
  return state_of(at(standing, purpose)) == State::granted;
}

Result<Service::Consents> Service::consents(CustomerId customer) const {
  Consents out{aliases_.root(customer), {}, {}};
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    TRY(check_customer(session, customer));
    auto ids = aliases_.members(customer);
    out.history = TRY(read_statements(session, ids));
    out.standing = standing_of(TRY(read_counting(session, ids)));
    return {};
  }));
  std::sort(out.history.begin(), out.history.end(),
            [](const Statement& a, const Statement& b) { return is_overruled(b, a); });
  return out;
}

Result<void> Service::check_said(const Said& said, Time now) const {
  if (said.state == State::unknown) return fail_at("state", "say granted, denied or withdrawn");
  TRY(moment(said.occurred_at, now));
  TRY(check_line("source", said.source, kSourceBytes));
  TRY(check_line("note", said.note, kNoteBytes));
  if (!said.language.empty() && !i18n::parse_language(said.language))
    return fail_at("language", "a language is en or fr");
  if (!said.text_version) return {};
  std::lock_guard lock(mutex_);
  if (!find_text(texts_, said.purpose, *said.text_version))
    return fail_at("text_version", "{} has no text {}; GET /api/v1/consent/texts lists them",
                   json::enum_name(said.purpose), *said.text_version);
  return {};
}

Result<Service::Kept> Service::say(const accounts::Actor& by, How how, CustomerId customer, std::vector<Said> said) {
  return write({.customer = customer, .how = how, .by = by, .said = std::move(said)});
}

Result<Service::Kept> Service::declare(const accounts::Actor& by, How how, CustomerId customer, const Choices& choices,
                                       std::optional<Time> occurred_at, const std::string& source) {
  return write({.customer = customer,
                .how = how,
                .by = by,
                .said = {},
                .choices = choices,
                .occurred_at = occurred_at,
                .source = source});
}

Result<Service::Kept> Service::save_page(CustomerId customer, std::vector<Said> said, const Choices& choices) {
  return write({.customer = customer,
                .how = How::preference_page,
                .by = {},
                .said = std::move(said),
                .choices = choices,
                .source = "preference page"});
}

Result<Service::Kept> Service::write(const Write& what) {
  CHECK(source_.is_set(), "start() comes first");
  Time now = world_.clock.now();
  for (const Said& said : what.said) TRY(check_said(said, now));
  TRY(moment(what.occurred_at, now));
  TRY(check_line("source", what.source, kSourceBytes));
  auto kept = std::make_shared<Kept>();
  TRY(store_.write_now(db::Lane::people, [&, kept](db::Transaction& tx) -> Result<void> {
    *kept = Kept{{}, {}, now};
    return write_within(tx, what, *kept);
  }));
  return std::move(*kept);
}

Result<void> Service::write_within(db::Transaction& tx, const Write& what, Kept& kept) {
  TRY(check_customer(tx, what.customer));
  std::vector<events::NewEvent> made;
  for (const Said& said : what.said) {
    Time at = TRY(moment(said.occurred_at, kept.known_at));
    kept.statements.push_back({{},
                               what.customer,
                               said.purpose,
                               said.state,
                               at,
                               kept.known_at,
                               said.source,
                               what.how,
                               said.text_version,
                               said.language,
                               said.note});
    made.push_back(event_of(kept.statements.back()));
  }
  Settings settings = TRY(read_settings(tx));
  auto now = declared_of(TRY(read_declared(tx, aliases_.members(what.customer))));
  for (const auto& [attribute, chosen] : what.choices) {
    auto choices = TRY(check_choices(settings, attribute, chosen));
    auto before = now.find(attribute);
    if (known_choices(settings, attribute, before == now.end() ? nullptr : &before->second) == choices) continue;
    Time at = TRY(moment(what.occurred_at, kept.known_at));
    kept.declarations.push_back({{}, what.customer, attribute, choices, at, kept.known_at, what.source, what.how});
  }
  if (!kept.declarations.empty()) made.push_back(event_of(kept.declarations));
  if (made.empty()) return {};
  auto outcomes = TRY(append(tx, what.how, made));
  std::vector<Statement> fresh;
  for (size_t i = 0; i < kept.statements.size(); ++i) {
    if (outcomes[i].fate != events::Fate::kept) continue;
    kept.statements[i].seq = outcomes[i].seq;
    TRY(add_statement(tx, kept.statements[i]));
    fresh.push_back(std::move(kept.statements[i]));
  }
  kept.statements = std::move(fresh);
  if (outcomes.back().fate != events::Fate::kept) kept.declarations.clear();
  for (Declaration& d : kept.declarations) {
    d.seq = outcomes.back().seq;
    TRY(add_declaration(tx, d));
  }
  if (!what.by) return {};
  std::vector<std::string_view> told;
  for (const Statement& s : kept.statements) told.push_back(json::enum_name(s.purpose));
  for (const Declaration& d : kept.declarations) told.push_back(json::enum_name(d.attribute));
  if (told.empty()) return {};
  return accounts::write_audit(tx, kept.known_at, *what.by,
                               {kept.statements.empty() ? "customer_declared" : "consent_stated",
                                std::to_string(what.customer.value), fmt::format("{}", fmt::join(told, ", "))});
}

Result<std::vector<events::Outcome>> Service::append(db::Transaction& tx, How how,
                                                     std::span<const events::NewEvent> events) {
  events::ById identify;
  // An imported past is no occasion to write to anybody.
  auto outcomes = TRY(log_.append(tx, identify, events, {.source = source_, .historical = how == How::import}));
  for (const events::Outcome& o : outcomes)
    if (o.fate == events::Fate::refused) return tl::unexpected(o.error);
  return outcomes;
}

Result<Service::Declared> Service::declared(CustomerId customer) const {
  Declared out{aliases_.root(customer), {}, {}};
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    TRY(check_customer(session, customer));
    out.history = TRY(read_declared(session, aliases_.members(customer)));
    return {};
  }));
  out.now = declared_of(out.history);
  std::sort(out.history.begin(), out.history.end(), [](const Declaration& a, const Declaration& b) {
    return std::tuple(a.occurred_at, a.known_at, a.seq) > std::tuple(b.occurred_at, b.known_at, b.seq);
  });
  return out;
}

Result<Text> Service::add_text(const accounts::Actor& by, Purpose purpose, std::map<std::string, std::string> texts,
                               std::optional<Time> valid_from) {
  if (texts.empty()) return fail_at("texts", "a text in en, fr or both is needed");
  for (auto& [language, text] : texts) {
    if (!i18n::parse_language(language)) return fail_at("texts." + language, "a language is en or fr");
    text = trim(text);
    if (text.empty() || text.size() > kTextBytes)
      return fail_at("texts." + language, "a text has 1 to {} bytes", kTextBytes);
  }
  auto made = std::make_shared<Text>();
  auto all = std::make_shared<std::vector<Text>>();
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&, made, all](db::Transaction& tx) -> Result<void> {
    *all = TRY(read_texts(tx));
    *made = Text{purpose, 1, valid_from.value_or(now), texts};
    for (const Text& t : *all)
      if (t.purpose == purpose) made->version = std::max(made->version, t.version + 1);
    TRY(consent::add_text(tx, *made));
    all->push_back(*made);
    return accounts::write_audit(tx, now, by,
                                 {"consent_text_added", fmt::format("{} {}", json::enum_name(purpose), made->version)});
  }));
  keep_texts(std::move(*all));
  return std::move(*made);
}

Result<Settings> Service::settings() const {
  Settings out;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    out = TRY(read_settings(session));
    return {};
  }));
  return out;
}

Result<void> Service::set_settings(const accounts::Actor& by, const Settings& settings) {
  TRY(check_settings(settings));
  return store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(write_settings(tx, settings));
    return accounts::write_audit(tx, world_.clock.now(), by, {"consent_settings_changed", "consent.settings"});
  });
}

Result<crypto::Key> Service::key() const {
  {
    std::lock_guard lock(mutex_);
    if (key_) return *key_;
  }
  std::string hex;
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    hex = TRY(read_key(session));
    return {};
  }));
  std::string bytes = TRY(crypto::from_hex(hex));
  crypto::Key key;
  if (bytes.size() != key.size()) return fail(Code::corrupt, "the setting consent.key is damaged");
  std::copy(bytes.begin(), bytes.end(), key.begin());
  std::lock_guard lock(mutex_);
  key_ = key;
  return key;
}

Result<std::string> Service::make_link(CustomerId customer, std::optional<Time> expires_at) const {
  Time made_at = world_.clock.now();
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    TRY(check_customer(session, customer));
    // A clock that was set back would make links that are over already.
    if (auto from = TRY(read_links_valid_from(session, customer))) made_at = std::max(made_at, *from + microseconds(1));
    return {};
  }));
  return consent::make_link(TRY(key()), {customer, expires_at, made_at});
}

Result<Link> Service::read_link(std::string_view token) const {
  Link link = TRY(consent::read_link(TRY(key()), token, world_.clock.now()));
  TRY(store_.read([&](db::Session& session) -> Result<void> {
    TRY(check_customer(session, link.customer));
    auto from = TRY(read_links_valid_from(session, link.customer));
    if (from && (!link.made_at || *link.made_at <= *from))
      return fail(Code::not_found, "this link was revoked; ask for a new one");
    return {};
  }));
  return link;
}

Result<Time> Service::revoke_links(const accounts::Actor& by, CustomerId customer) {
  Time now = world_.clock.now();
  TRY(store_.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(check_customer(tx, customer));
    // Of each id by itself: so it stays when a merge is taken back.
    for (CustomerId id : aliases_.members(customer)) TRY(write_links_valid_from(tx, id, now));
    return accounts::write_audit(tx, now, by, {"preference_links_revoked", std::to_string(customer.value)});
  }));
  return now;
}

}  // namespace cairn::consent

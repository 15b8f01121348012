#include "app/demo_people.h"

#include "base/hash.h"
#include "consent/store.h"
#include "consent/told.h"
#include "demo/shop.h"
#include "json/codec.h"
#include "json/value.h"
#include "profile/store.h"

namespace cairn::app {
namespace {

/// What an event is an occasion for, each time in so many. Nothing is said of the customer's person.
struct Occasion {
  std::string_view kind, property, value;  ///< No property: always.
  uint64_t one_in;
  std::string_view tag, note;  ///< Either may be empty.
};
constexpr Occasion kOccasions[] = {
    {"Gesture Given", "", "", 1, "", "Apologised for the trouble and sent a coupon. Please be quick next time."},
    {"Ticket Opened", "cause", "allergens", 2, "allergies",
     "Asks about allergens: check the label before recommending."},
    {"Ticket Opened", "cause", "gift", 3, "gifts", "Buys for others: offer the gift card and no prices in the parcel."},
    {"Ticket Opened", "cause", "invoice", 2, "wholesale", "Orders for a company: the invoice goes to accounting."},
    {"Ticket Opened", "cause", "lost", 2, "", "Parcel lost; the carrier was told. Would rather collect in store."},
    {"Reward Redeemed", "", "", 1, "vip", ""},
};

Result<void> keep_consent(db::Transaction& tx, const events::NewEvent& event, const events::Outcome& outcome) {
  auto properties = TRY(json::parse_object(event.properties));
  auto text = [&](std::string_view name) { return json::text_at(properties, name).value_or(""); };
  consent::Statement s;
  s.seq = outcome.seq;
  s.customer = outcome.customer;
  s.purpose = TRY(json::enum_from<consent::Purpose>(text("purpose")));
  s.state = TRY(json::enum_from<consent::State>(text("state")));
  s.how = TRY(json::enum_from<consent::How>(text("how")));
  s.occurred_at = s.known_at = event.occurred_at;
  s.source = text("source");
  s.text_version = json::int_at(properties, "text_version");
  s.language = text("locale");
  return consent::add_statement(tx, s);
}

Result<void> keep_declared(db::Transaction& tx, const events::NewEvent& event, const events::Outcome& outcome) {
  if (event.properties.find("\"interests\"") == event.properties.npos) return {};
  auto properties = TRY(json::parse_object(event.properties));
  for (consent::Attribute attribute : json::enum_values<consent::Attribute>()) {
    const json::Value* value = json::find(properties, json::enum_name(attribute));
    if (!value) continue;
    consent::Declaration d{outcome.seq,       outcome.customer,  attribute,         {},
                           event.occurred_at, event.occurred_at, "preference page", consent::How::preference_page};
    if (value->is_string()) d.choices.push_back(TRY(json::decode<std::string>(*value)));
    else d.choices = TRY(json::decode<std::vector<std::string>>(*value));
    TRY(consent::add_declaration(tx, d));
  }
  return {};
}

std::string_view member_of_team(uint64_t hash) {
  static constexpr std::string_view kTeam[] = {"Inès", "Marc", "Sofia", "Théo", "Yasmine"};
  return kTeam[hash % std::size(kTeam)];
}

Result<void> keep_occasions(db::Transaction& tx, const events::NewEvent& event, const events::Outcome& outcome) {
  for (const Occasion& o : kOccasions) {
    if (event.kind != o.kind) continue;
    std::string member = o.property.empty() ? "" : fmt::format("\"{}\":\"{}\"", o.property, o.value);
    if (event.properties.find(member) == std::string::npos) continue;
    uint64_t hash = hash64(event.source_key);
    if (hash % o.one_in != 0) continue;
    std::string_view author = member_of_team(hash / 7);
    if (!o.tag.empty()) TRY(profile::rows::add_tag(tx, {outcome.customer, o.tag, author, event.occurred_at}));
    if (!o.note.empty())
      TRY(profile::rows::add_note(tx, {outcome.customer, outcome.seq.value, o.note, author, event.occurred_at}));
  }
  return {};
}

}  // namespace

Result<void> set_demo_choices(Instance& instance) {
  // Its key and its first texts, which statements refer to.
  TRY(instance.consent().start());
  consent::Settings settings;
  auto copy = [](std::span<const demo::Choice> from, std::vector<consent::Choice>& to) {
    for (const demo::Choice& c : from) to.push_back({std::string(c.value), std::string(c.en), std::string(c.fr)});
  };
  copy(demo::interests(), settings.interests);
  copy(demo::life_stages(), settings.life_stages);
  copy(demo::causes(), settings.causes);
  return instance.store().write_now(db::Lane::people,
                                    [&](db::Transaction& tx) { return consent::write_settings(tx, settings); });
}

Result<void> keep_demo_people(db::Transaction& tx, std::span<const events::NewEvent> kept,
                              std::span<const events::Outcome> outcomes) {
  for (size_t i = 0; i < kept.size(); ++i) {
    const events::NewEvent& event = kept[i];
    if (event.kind == consent::kConsentUpdated) TRY(keep_consent(tx, event, outcomes[i]));
    else if (event.kind == "Customer Updated") TRY(keep_declared(tx, event, outcomes[i]));
    else TRY(keep_occasions(tx, event, outcomes[i]));
  }
  return {};
}

}  // namespace cairn::app

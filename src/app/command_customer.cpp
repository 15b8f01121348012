#include "app/command_customer.h"

#include "app/command_query.h"
#include "app/commands.h"
#include "app/grid.h"
#include "i18n/words.h"
#include "json/codec.h"
#include "profile/find.h"

namespace cairn::app {
namespace {

using profile::Profile;

/// What a customer is shown with.
struct Sheet {
  const i18n::Words& words;
  const Zone& zone;
  const consent::Settings& settings;  ///< With the words of what customers can choose.
  std::string out = {};

  std::string word(std::string_view key, i18n::Args args = {}) const {
    return words.text(fmt::format("app.customer.{}", key), args);
  }
  std::string day(Time at) const { return words.date(zone.day(at)); }
  /// What is no status of ours is the shop's own word.
  std::string status(const std::string& status) const {
    std::string key = fmt::format("app.customer.status.{}", status);
    return words.has(key) ? words.text(key) : status;
  }
  /// What the brand's list does not have any more is as it was written.
  std::string choice(const std::string& attribute, const std::string& value) const {
    auto of = json::enum_from<consent::Attribute>(attribute);
    if (!of) return value;
    for (const consent::Choice& c : settings.choices(*of))
      if (c.value == value) return words.language() == i18n::Language::fr ? c.fr : c.en;
    return value;
  }
  void line(std::string_view name, std::string_view text) {
    if (!text.empty()) out += fmt::format("  {:<13}  {}\n", word(name), text);
  }
  void rest(std::string_view text) { out += fmt::format("  {:<13}  {}\n", "", text); }
};

void draw_orders(Sheet& s, const Profile& p) {
  const profile::Orders& o = p.orders;
  if (o.count == 0) return s.line("orders", s.word("none"));
  std::string text = s.words.integer(o.count);
  if (o.revenue) text += " · " + s.words.money(*o.revenue);
  if (o.first_at && o.last_at) {
    std::string first = s.day(*o.first_at), last = s.day(*o.last_at);
    text += " · " + s.word("first_last", {{"first", first}, {"last", last}});
  }
  s.line("orders", text);
  for (const profile::RecentOrder& order : o.recent)
    s.rest(fmt::format("{}  {}  {}{}", s.day(order.placed_at), order.order_id, s.status(order.status),
                       order.total ? "  " + s.words.money(*order.total) : std::string()));
}

void draw_habits(Sheet& s, const Profile& p) {
  const profile::Habits& h = p.habits;
  std::string text;
  auto add = [&](const std::string& part) { text += (text.empty() ? "" : " · ") + part; };
  if (h.category) add(h.category->value);
  if (h.channel) add(h.channel->value);
  if (h.usual_hour) add(s.word("hour", {{"hour", std::to_string(*h.usual_hour)}}));
  if (h.price_band) add(s.words.money(h.price_band->low) + " – " + s.words.money(h.price_band->high));
  if (h.cycle) add(s.word("cycle", {{"days", s.words.number(h.cycle->days, 0)}}));
  s.line("habits", text);
  if (!p.rfm) return;
  std::string day = s.day(p.rfm->thresholds_at);
  s.line("rfm", fmt::format("{}  {}({})", p.rfm->text, p.rfm->label.empty() ? "" : p.rfm->label + " ",
                            s.word("as_of", {{"day", day}})));
}

void draw_satisfaction(Sheet& s, const Profile& p) {
  if (p.satisfaction.nps)
    s.line("nps", fmt::format("{}  ({})", p.satisfaction.nps->score, s.day(p.satisfaction.nps->at)));
  if (p.satisfaction.csat)
    s.line("csat", fmt::format("{}  ({})", p.satisfaction.csat->score, s.day(p.satisfaction.csat->at)));
  if (p.satisfaction.verbatim) s.line("said", "“" + p.satisfaction.verbatim->text + "”");
}

void draw_consents(Sheet& s, const Profile& p) {
  std::string allowed, refused;
  for (const profile::Consent& c : p.consents) {
    std::string& list = c.state == "granted" ? allowed : refused;
    if (c.state != "unknown")
      list += (list.empty() ? "" : ", ") + s.words.text(fmt::format("consent.purpose.{}", c.purpose));
  }
  s.line("consents", allowed.empty() ? s.word("none") : allowed);
  s.line("refuses", refused);
  for (const profile::Declared& d : p.declared) {
    std::string choices;
    for (const std::string& choice : d.choices)
      choices += (choices.empty() ? "" : ", ") + s.choice(d.attribute, choice);
    if (choices.empty()) continue;
    std::string attribute = s.words.text(fmt::format("consent.said.{}", d.attribute));
    std::string text = s.words.text("consent.page.saved_declared", {{"attribute", attribute}, {"choices", choices}});
    s.line("declared", fmt::format("{}  ({})", text, s.day(d.since)));
  }
}

std::string draw(const Profile& p, const i18n::Words& words, const Zone& zone, const consent::Settings& settings) {
  Sheet s{words, zone, settings};
  s.out = fmt::format("{}  ({})\n\n", p.who.name, p.id.value);
  std::string contact;
  for (const std::string& part : {p.who.email, p.who.phone, p.who.city, p.who.country, p.who.tier})
    if (!part.empty()) contact += (contact.empty() ? "" : " · ") + part;
  s.line("contact", contact);
  for (size_t i = 0; i < p.hurts.size(); ++i)
    if (i == 0) s.line("hurts", p.hurts[i].text);
    else s.rest(p.hurts[i].text);
  draw_orders(s, p);
  draw_habits(s, p);
  draw_satisfaction(s, p);
  s.line("level", p.level.text);
  for (const profile::Reason& reason : p.level.reasons)
    if (p.level.standing == "level") s.rest(reason.text);
  draw_consents(s, p);
  std::string names, tags;
  for (const profile::InSegment& segment : p.segments) names += (names.empty() ? "" : ", ") + segment.name;
  for (const profile::Tag& tag : p.tags) tags += (tags.empty() ? "" : ", ") + tag.tag;
  s.line("segments", names);
  s.line("tags", tags);
  for (const profile::Note& note : p.notes) s.line("note", fmt::format("{}  ({})", note.text, s.day(note.at)));
  for (const profile::Identifier& id : p.identifiers)
    s.line("known_by", fmt::format("{} {}  ({}, {})", id.kind, id.value, id.source, s.day(id.known_at)));
  if (p.who.first_seen_at && p.who.last_seen_at)
    s.line("seen", fmt::format("{} – {}", s.day(*p.who.first_seen_at), s.day(*p.who.last_seen_at)));
  return s.out;
}

}  // namespace

Result<CustomerId> customer_of(Instance& instance, const std::string& text) {
  if (size_t equals = text.find('='); equals != text.npos && equals > 0)
    if (auto found = instance.profile().by(text.substr(0, equals), text.substr(equals + 1))) return *found;
  auto found = TRY(instance.profile().find(text, 2));
  if (found.customers.empty() || found.customers[0].is_guess)
    return fail(Code::not_found, "there is no customer '{}'; `cairn customer find` looks for names", text);
  bool is_sure =
      found.customers.size() == 1 || found.customers[0].matched[0].kind != found.customers[1].matched[0].kind;
  if (!is_sure)
    return fail(Code::conflict, "'{}' is more than one person; `cairn customer find '{}'` shows them", text, text);
  return found.customers[0].id;
}

namespace {

Result<void> find(Instance& instance, const CustomerAsked& asked, const i18n::Words& words, Output& output) {
  auto found = TRY(instance.profile().find(asked.text, profile::kHitsMost));
  if (asked.json) {
    output.text(json::encode_text(found) + "\n");
    return {};
  }
  if (found.customers.empty()) output.text(words.text("app.nobody") + "\n");
  Grid grid;
  for (std::string_view heading : {"customer", "name", "email", "city", "matched"})
    // A number is never cut.
    grid.column(words.text(fmt::format("app.customer.{}", heading)),
                heading == "customer" ? Grid::Side::right : Grid::Side::left);
  for (const profile::Hit& hit : found.customers)
    grid.row({std::to_string(hit.id.value), hit.name, hit.email, hit.city,
              fmt::format("{} {}{}", hit.matched[0].kind, hit.matched[0].value, hit.is_guess ? " ?" : "")});
  output.text(grid.draw(static_cast<size_t>(asked.width), report::Pen(false)));
  return {};
}

}  // namespace

Result<void> run_customer(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<CustomerAsked>(call.options));
  auto language = TRY(json::enum_from<i18n::Language>(asked.lang));
  const i18n::Words& words = i18n::Words::in(language);
  if (asked.act != "show" && asked.act != "find")
    return fail(Code::invalid, "'{}' is nothing that can be done with a customer; it is show or find", asked.act);
  if (asked.text.empty()) return fail(Code::invalid, "say who: `cairn customer {} NAME|EMAIL|ORDER|…`", asked.act);
  TRY(instance.history().catch_up(shows_reading(call.output)));
  TRY(instance.profile().catch_up());
  if (asked.act == "find") return find(instance, asked, words, call.output);
  Profile found = TRY(instance.profile().profile(TRY(customer_of(instance, asked.text)), language));
  if (asked.json) {
    call.output.text(json::encode_text(found) + "\n");
    return {};
  }
  auto settings = TRY(instance.consent().settings());
  call.output.text(draw(found, words, TRY(instance.questions().zone()), settings));
  return {};
}

}  // namespace cairn::app

#include "app/command_consent.h"

#include <algorithm>

#include "app/command_customer.h"
#include "app/command_query.h"
#include "app/commands.h"
#include "app/grid.h"
#include "consent/routes.h"
#include "i18n/words.h"
#include "json/codec.h"

namespace cairn::app {
namespace {

using consent::Purpose;
using consent::State;
using consent::Statement;

constexpr int64_t kDaysMost = 3650;

/// What an act works with.
struct Desk {
  Instance& instance;
  const ConsentAsked& asked;
  const i18n::Words& words;
  Zone zone;
  Output& output;

  consent::Service& service() const { return instance.consent(); }
  accounts::Actor by() const { return accounts::Actor::operator_of_machine(); }
  std::string word(std::string_view key, i18n::Args args = {}) const {
    return words.text(fmt::format("app.consent.{}", key), args);
  }
  std::string purpose(Purpose purpose) const {
    return words.text(fmt::format("consent.purpose.{}", json::enum_name(purpose)));
  }
  std::string state(State state) const { return word(fmt::format("state.{}", json::enum_name(state))); }
  std::string how(consent::How how) const { return word(fmt::format("how.{}", json::enum_name(how))); }
  /// For tables.
  std::string short_day(Time at) const { return to_text(zone.day(at)); }
  std::string day(Time at) const { return words.date(zone.day(at)); }
  void draw(const Grid& grid) const { output.text(grid.draw(static_cast<size_t>(asked.width), report::Pen(false))); }

  Result<CustomerId> customer() const {
    if (asked.first.empty()) return fail(Code::invalid, "say who: `cairn consent {} NAME|EMAIL|ORDER|…`", asked.act);
    TRY(instance.profile().catch_up());
    return customer_of(instance, asked.first);
  }
};

template <class E>
Result<E> named(std::string_view what, const std::string& text) {
  if (auto found = json::enum_from<E>(text)) return *found;
  std::vector<std::string_view> names;
  for (E value : json::enum_values<E>())
    if (json::enum_name(value) != "unknown") names.push_back(json::enum_name(value));
  return fail(Code::invalid, "'{}' is no {}; it is one of {}", text, what, fmt::join(names, ", "));
}

/// What nobody said anything of takes no column.
class Columns {
 public:
  explicit Columns(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  Grid grid() const {
    std::vector<size_t> used;
    for (size_t c = 0; c < rows_[0].size(); ++c)
      if (std::any_of(rows_.begin() + 1, rows_.end(), [&](const auto& row) { return !row[c].empty(); }))
        used.push_back(c);
    Grid out;
    for (size_t c : used) out.column(rows_[0][c]);
    for (size_t r = 1; r < rows_.size(); ++r) {
      std::vector<std::string> cells;
      cells.reserve(used.size());
      for (size_t c : used) cells.push_back(rows_[r][c]);
      out.row(std::move(cells));
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

Columns columns(const Desk& desk, std::initializer_list<std::string_view> names) {
  std::vector<std::string> headings;
  for (std::string_view name : names) headings.push_back(desk.word(name));
  return Columns(std::move(headings));
}

void draw_standing(const Desk& desk, const consent::Service::Consents& consents) {
  auto table = columns(desk, {"purpose", "state", "since", "source", "how"});
  for (Purpose purpose : json::enum_values<Purpose>()) {
    const auto& s = consent::at(consents.standing, purpose);
    std::string state = desk.state(consent::state_of(s));
    if (s) table.row({desk.purpose(purpose), state, desk.short_day(s->occurred_at), s->source, desk.how(s->how)});
    else table.row({desk.purpose(purpose), state, "", "", ""});
  }
  desk.draw(table.grid());
}

void draw_history(const Desk& desk, const std::vector<Statement>& history) {
  if (history.empty()) return;
  auto table = columns(desk, {"said", "purpose", "state", "source", "how", "note"});
  for (const Statement& s : history)
    table.row({desk.short_day(s.occurred_at), desk.purpose(s.purpose), desk.state(s.state), s.source, desk.how(s.how),
               s.note});
  desk.output.text("\n" + desk.word("history") + "\n\n");
  desk.draw(table.grid());
}

Result<void> show_customer(const Desk& desk, CustomerId customer) {
  auto consents = TRY(desk.service().consents(customer));
  if (desk.asked.json) {
    desk.output.text(consent::text_of(consents) + "\n");
    return {};
  }
  auto profile = TRY(desk.instance.profile().profile(customer, i18n::Language::en));
  desk.output.text(fmt::format("{}  ({})\n\n", profile.who.name, consents.customer.value));
  draw_standing(desk, consents);
  draw_history(desk, consents.history);
  return {};
}

Result<void> show(const Desk& desk) { return show_customer(desk, TRY(desk.customer())); }

Result<void> say(const Desk& desk) {
  const ConsentAsked& asked = desk.asked;
  if (asked.state.empty())
    return fail(Code::invalid, "say what: `cairn consent say WHO PURPOSE granted|denied|withdrawn`");
  auto purpose = TRY(named<Purpose>("purpose", asked.purpose));
  auto state = TRY(named<State>("state", asked.state));
  consent::Service::Said said{.purpose = purpose,
                              .state = state,
                              .source = asked.source,
                              .text_version = asked.text_version,
                              .note = asked.note};
  if (!asked.at.empty()) said.occurred_at = TRY(parse_moment(asked.at, desk.zone));
  CustomerId customer = TRY(desk.customer());
  auto kept = TRY(desk.service().say(desk.by(), consent::How::agent, customer, {said}));
  if (kept.statements.empty() && !asked.json) desk.output.text(desk.word("known_already") + "\n\n");
  return show_customer(desk, customer);
}

Result<void> link(const Desk& desk) {
  std::optional<Time> expires_at;
  if (auto days_ = desk.asked.days) {
    if (*days_ < 1 || *days_ > kDaysMost)
      return fail(Code::invalid, "--days is 1 to {}; without it the link works until it is revoked", kDaysMost);
    expires_at = desk.instance.world().clock.now() + days(*days_);
  }
  std::string path = "/preferences/" + TRY(desk.service().make_link(TRY(desk.customer()), expires_at));
  if (desk.asked.json) {
    json::Object out;
    out["path"] = path;
    if (expires_at) out["expires_at"] = to_rfc3339(*expires_at);
    desk.output.text(json::serialize(out) + "\n");
    return {};
  }
  std::string until = expires_at ? desk.word("link_until", {{"day", desk.day(*expires_at)}}) : desk.word("link_ever");
  desk.output.text(path + "\n" + until + "\n");
  return {};
}

Result<void> revoke(const Desk& desk) {
  CustomerId customer = TRY(desk.customer());
  Time from = TRY(desk.service().revoke_links(desk.by(), customer));
  if (desk.asked.json) {
    json::Object out;
    out["customer"] = std::to_string(customer.value);
    out["links_valid_from"] = to_rfc3339(from);
    desk.output.text(json::serialize(out) + "\n");
    return {};
  }
  desk.output.text(desk.word("revoked") + "\n");
  return {};
}

Result<void> texts(const Desk& desk) {
  const ConsentAsked& asked = desk.asked;
  if (!asked.first.empty()) {
    std::map<std::string, std::string> texts;
    if (!asked.en.empty()) texts["en"] = asked.en;
    if (!asked.fr.empty()) texts["fr"] = asked.fr;
    if (texts.empty()) return fail(Code::invalid, "say the new text: --en, --fr or both");
    TRY(desk.service().add_text(desk.by(), TRY(named<Purpose>("purpose", asked.first)), std::move(texts), {}));
  }
  auto all = desk.service().texts();
  if (asked.json) {
    desk.output.text(json::serialize(json::encode(all)) + "\n");
    return {};
  }
  std::string language(json::enum_name(TRY(json::enum_from<i18n::Language>(asked.lang))));
  for (const consent::Text& text : all)
    desk.output.text(fmt::format("{} {}  ({})\n  {}\n", desk.purpose(text.purpose), text.version,
                                 desk.word("from", {{"day", desk.day(text.valid_from)}}), text.in(language)));
  return {};
}

}  // namespace

Result<void> run_consent(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<ConsentAsked>(call.options));
  const i18n::Words& words = i18n::Words::in(TRY(json::enum_from<i18n::Language>(asked.lang)));
  if (!instance.consent().is_started()) TRY(instance.consent().start());
  TRY(instance.history().catch_up(shows_reading(call.output)));
  Zone zone = TRY(instance.questions().zone());
  Desk desk{instance, asked, words, zone, call.output};
  if (asked.act == "show") return show(desk);
  if (asked.act == "say") return say(desk);
  if (asked.act == "link") return link(desk);
  if (asked.act == "revoke") return revoke(desk);
  if (asked.act == "texts") return texts(desk);
  return fail(Code::invalid, "'{}' is nothing that consent does; it is show, say, link, revoke or texts", asked.act);
}

}  // namespace cairn::app

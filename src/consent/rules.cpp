#include "consent/rules.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/check.h"
#include "base/text.h"

namespace cairn::consent {
namespace {

constexpr size_t kChoicesMax = 60, kValueBytes = 40, kWordBytes = 80, kCategoriesMax = 60;

auto weight(const Statement& s) { return std::tuple(s.occurred_at, s.state != State::granted, s.known_at, s.seq); }

bool is_value(std::string_view text) {
  return !text.empty() && text.size() <= kValueBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kWordBytes && is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

const std::string& Text::in(const std::string& language) const {
  CHECK(!texts.empty());
  auto found = texts.find(language);
  return found == texts.end() ? texts.begin()->second : found->second;
}

const Categories& default_categories() {
  // What is needed for the shop to work is no purpose of ours. A banner asks for what happens in the browser: its
  // `marketing` is no consent to be written to.
  static const Categories all = [] {
    Categories out;
    for (std::string_view name : {"analytics", "performance", "statistics", "measurement"})
      out[std::string(name)] = {Purpose::analytics};
    for (std::string_view name : {"advertising", "targeting", "marketing", "personalization"})
      out[std::string(name)] = {Purpose::personalisation};
    // A category that has the name of a purpose of ours means it.
    for (Purpose purpose : json::enum_values<Purpose>()) out[std::string(json::enum_name(purpose))] = {purpose};
    return out;
  }();
  return all;
}

const std::vector<Choice>& Settings::choices(Attribute attribute) const {
  switch (attribute) {
    case Attribute::interests: return interests;
    case Attribute::life_stage: return life_stages;
    case Attribute::causes: return causes;
  }
  return interests;
}

bool is_overruled(const Statement& a, const Statement& b) { return weight(a) < weight(b); }

Standing standing_of(std::span<const Statement> statements) {
  Standing out;
  for (const Statement& s : statements) {
    auto& one = out[static_cast<size_t>(s.purpose)];
    if (!one || is_overruled(*one, s)) one = s;
  }
  return out;
}

std::optional<State> said_by_switch(State shown, bool is_on, State now) {
  if (is_on == (shown == State::granted)) return std::nullopt;
  if (is_on) return now == State::granted ? std::nullopt : std::optional(State::granted);
  return said_by_refusal(now);
}

std::optional<State> said_by_refusal(State now) {
  switch (now) {
    case State::granted: return State::withdrawn;
    case State::unknown: return State::denied;
    case State::denied:
    case State::withdrawn: break;
  }
  return std::nullopt;
}

const Text* text_in_force(std::span<const Text> texts, Purpose purpose, Time at) {
  const Text* out = nullptr;
  for (const Text& t : texts)
    if (t.purpose == purpose && t.valid_from <= at &&
        (!out || std::tuple(out->valid_from, out->version) < std::tuple(t.valid_from, t.version)))
      out = &t;
  return out;
}

const Text* find_text(std::span<const Text> texts, Purpose purpose, int64_t version) {
  for (const Text& t : texts)
    if (t.purpose == purpose && t.version == version) return &t;
  return nullptr;
}

std::map<Attribute, Declaration> declared_of(std::span<const Declaration> declarations) {
  std::map<Attribute, Declaration> out;
  auto weight_of = [](const Declaration& d) { return std::tuple(d.occurred_at, d.known_at, d.seq); };
  for (const Declaration& d : declarations) {
    auto [at, is_new] = out.emplace(d.attribute, d);
    if (!is_new && weight_of(at->second) < weight_of(d)) at->second = d;
  }
  return out;
}

Result<std::vector<std::string>> check_choices(const Settings& settings, Attribute attribute,
                                               const std::vector<std::string>& choices) {
  std::string field(json::enum_name(attribute));
  const std::vector<Choice>& list = settings.choices(attribute);
  std::vector<std::string> out;
  for (const Choice& c : list)
    if (std::find(choices.begin(), choices.end(), c.value) != choices.end()) out.push_back(c.value);
  for (const std::string& choice : choices)
    if (std::find(out.begin(), out.end(), choice) == out.end()) {
      if (list.empty())
        return fail_at(field, "no {} can be chosen yet: PUT /api/v1/consent/settings lists them", field);
      std::vector<std::string> values;
      for (const Choice& c : list) values.push_back(c.value);
      return fail_at(field, "'{}' is none of {}", choice, fmt::join(values, ", "));
    }
  if (attribute == Attribute::life_stage && out.size() > 1) return fail_at(field, "one life stage at most");
  return out;
}

namespace {

Result<void> check_categories(const Categories& categories) {
  if (categories.size() > kCategoriesMax) return fail_at("categories", "{} categories at most", kCategoriesMax);
  for (const auto& [name, purposes] : categories) {
    bool is_name = !name.empty() && name.size() <= kValueBytes && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
    if (!is_name)
      return fail_at("categories", "'{}': a category is 1 to {} of a-z, 0-9, _, - and .; other signs come as _", name,
                     kValueBytes);
    if (std::set<Purpose>(purposes.begin(), purposes.end()).size() != purposes.size())
      return fail_at("categories." + name, "each purpose once");
  }
  return {};
}

}  // namespace

Result<void> check_settings(const Settings& settings) {
  TRY(check_categories(settings.categories));
  std::set<Purpose> purposes(settings.purposes.begin(), settings.purposes.end());
  if (purposes.empty() || purposes.size() != settings.purposes.size())
    return fail_at("purposes", "at least one purpose, each once");
  struct List {
    std::string_view field;
    const std::vector<Choice>& choices;
  };
  for (const List& list : {List{"interests", settings.interests}, List{"life_stages", settings.life_stages},
                           List{"causes", settings.causes}}) {
    std::set<std::string> values;
    if (list.choices.size() > kChoicesMax) return fail_at(std::string(list.field), "{} choices at most", kChoicesMax);
    for (size_t i = 0; i < list.choices.size(); ++i) {
      const Choice& c = list.choices[i];
      auto at = [&](std::string_view member) { return fmt::format("{}[{}].{}", list.field, i, member); };
      if (!is_value(c.value) || c.value == "none")
        return fail_at(at("value"), "a value is 1 to {} of a-z, 0-9 and _, and not 'none'", kValueBytes);
      if (!values.insert(c.value).second) return fail_at(at("value"), "'{}' is there twice", c.value);
      if (!is_word(c.en)) return fail_at(at("en"), "words of 1 to {} bytes are needed", kWordBytes);
      if (!is_word(c.fr)) return fail_at(at("fr"), "words of 1 to {} bytes are needed", kWordBytes);
    }
  }
  return {};
}

}  // namespace cairn::consent

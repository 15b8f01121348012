#include "profile/find.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "people/normal.h"
#include "people/phone.h"
#include "profile/names.h"
#include "profile/store.h"

namespace cairn::profile {
namespace {

constexpr size_t kTypedBytes = 200;
constexpr size_t kLooked = 400;  // rows of the index that one search looks at
constexpr size_t kGuessed = 60;

std::optional<int64_t> number_in(std::string_view text) {
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  bool is_whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return is_whole ? std::optional(out) : std::nullopt;
}

/// Whether any value that the attribute ever had does as wanted.
template <class Is>
bool ever(const std::vector<Attribute>& attributes, std::string_view name, Is is) {
  for (const Attribute& a : attributes)
    if (a.name == name)
      for (const Told& told : a.history)
        if (told.value.is_string() && is(std::string_view(told.value.get_string()))) return true;
  return false;
}

}  // namespace

std::optional<timeline::Place> Finder::place_of(CustomerId root) const {
  auto place = version_.find(root);
  if (!place || !place->part->touch({place->customer, place->customer + 1})) return std::nullopt;
  return place;
}

Look Finder::look_at(const timeline::Place& place) const {
  return {version_.schema(), place, now_, [](SourceId) { return std::string(); }};
}

void Finder::add(CustomerId customer, Match match, bool is_guess) {
  CustomerId root = aliases_.root(customer);
  auto known = std::find_if(hits_.begin(), hits_.end(), [&](const Hit& h) { return h.id == root; });
  if (known != hits_.end()) {
    bool is_told = std::any_of(known->matched.begin(), known->matched.end(),
                               [&](const Match& m) { return m.kind == match.kind && m.value == match.value; });
    if (!is_told) known->matched.push_back(std::move(match));
    return;
  }
  auto place = place_of(root);
  if (!place) return;
  auto attributes = attributes_of(look_at(*place), History::none);
  const timeline::Order& order = place->part->order();
  uint32_t end = order.offsets().end(place->customer);
  Hit hit{root,
          name_in(attributes),
          text_in(attributes, "email"),
          text_in(attributes, "phone"),
          text_in(attributes, "city"),
          Time{order.occurred_at()[end - 1]},
          {std::move(match)},
          is_guess};
  hits_.push_back(std::move(hit));
}

Result<void> Finder::add_known(const Sought& sought) {
  if (auto id = number_in(sought.text); id && version_.find(aliases_.root({*id}))) add({*id}, {"id", sought.text});
  std::vector<std::pair<std::string, std::string>> wanted;
  for (const std::string& kind : TRY(rows::kinds(session_))) {
    wanted.emplace_back(kind, sought.text);
    auto normal = people::normal(kind, sought.text, sought.region);
    if (normal && *normal != sought.text) wanted.emplace_back(kind, *normal);
  }
  for (rows::Owned& owned : TRY(rows::customers_by(session_, wanted)))
    add(owned.customer, {std::move(owned.kind), std::move(owned.value)});
  return {};
}

Result<CustomerId> Finder::by_order(const std::string& order_id) {
  for (CustomerId customer : TRY(rows::customers_of_order(session_, rows::hash_of_order(order_id)))) {
    CustomerId root = aliases_.root(customer);
    auto place = place_of(root);
    if (place && has_order(look_at(*place), order_id)) return root;
  }
  return CustomerId{};
}

Result<void> Finder::add_orders(const std::string& text) {
  for (const std::string& id :
       {text, std::string(trim(text.starts_with('#') ? std::string_view(text).substr(1) : ""))}) {
    if (id.empty()) continue;
    if (CustomerId found = TRY(by_order(id)); found.is_set()) add(found, {"order_id", id});
  }
  return {};
}

Result<void> Finder::add_phones(const Sought& sought) {
  auto e164 = people::to_e164(sought.text, sought.region);
  if (!e164) return {};
  for (const rows::Name& name : TRY(rows::names_from(session_, 'p', *e164, sought.most)))
    if (name.text == *e164) {
      auto place = place_of(aliases_.root(name.customer));
      if (!place) continue;
      auto attributes = attributes_of(look_at(*place), History::all);
      std::string country = text_in(attributes, "country");
      bool is_theirs = ever(attributes, "phone", [&](std::string_view v) {
        return people::to_e164(v, sought.region) == e164 || people::to_e164(v, country) == e164;
      });
      if (is_theirs) add(name.customer, {"phone", *e164});
    }
  return {};
}

Result<void> Finder::add_emails(const std::string& text, size_t most) {
  std::string wanted = to_lower(text);
  for (const rows::Name& name : TRY(rows::names_from(session_, 'e', wanted, most * 2))) {
    if (hits_.size() >= most) return {};
    auto place = place_of(aliases_.root(name.customer));
    if (!place) continue;
    bool is_theirs = ever(attributes_of(look_at(*place), History::all), "email",
                          [&](std::string_view v) { return to_lower(trim(v)) == name.text; });
    if (is_theirs) add(name.customer, {"email", name.text});
  }
  return {};
}

Result<void> Finder::add_names(const std::string& text, size_t most) {
  std::string folded = fold_name(text);
  if (folded.empty()) return {};
  // As it was typed first: it is the beginning of a name, from one of its words on. Then by its longest word.
  std::vector<rows::Name> found = TRY(rows::names_from(session_, 'n', folded, most * 2));
  std::vector<std::string_view> words = split(folded, ' ');
  if (words.size() > 1 && found.size() < most) {
    auto longest = *std::max_element(words.begin(), words.end(), [](auto a, auto b) { return a.size() < b.size(); });
    for (rows::Name& name : TRY(rows::names_from(session_, 'n', longest, kLooked))) found.push_back(std::move(name));
  }
  for (const rows::Name& name : found) {
    if (hits_.size() >= most) return {};
    if (!begins_words(folded, name.text)) continue;
    auto place = place_of(aliases_.root(name.customer));
    if (!place) continue;
    std::string now = name_in(attributes_of(look_at(*place), History::none));
    // A name of before is found, too; one that was taken back is not.
    bool is_theirs = begins_words(folded, fold_name(now));
    if (!is_theirs) {
      auto attributes = attributes_of(look_at(*place), History::all);
      for (std::string_view part : {"first_name", "last_name", "name"})
        is_theirs = is_theirs || ever(attributes, part, [&](std::string_view v) {
                      std::string said = fold_name(v);
                      return std::any_of(words.begin(), words.end(), [&](auto w) { return begins_words(w, said); });
                    });
    }
    if (is_theirs) add(name.customer, {"name", now.empty() ? name.text : now});
  }
  return {};
}

Result<void> Finder::add_guesses(const std::string& folded, size_t most) {
  std::vector<std::string_view> words = split(folded, ' ');
  for (std::string_view word : words) {
    std::vector<std::string> near = letter_away(word);
    for (const rows::Name& name : TRY(rows::names_like_any(session_, near, kGuessed))) {
      if (hits_.size() >= most) return {};
      std::string_view first = std::string_view(name.text).substr(0, name.text.find(' '));
      std::string guessed;
      for (std::string_view w : words) guessed += (guessed.empty() ? "" : " ") + std::string(w == word ? first : w);
      if (!begins_words(guessed, name.text)) continue;
      auto place = place_of(aliases_.root(name.customer));
      std::string now = place ? name_in(attributes_of(look_at(*place), History::none)) : std::string();
      if (begins_words(guessed, fold_name(now))) add(name.customer, {"name", now}, true);
    }
  }
  return {};
}

Result<std::vector<Hit>> Finder::find(const Sought& sought) {
  Sought wanted = sought;
  wanted.text = std::string(trim(sought.text));
  if (wanted.text.empty() || wanted.text.size() > kTypedBytes)
    return fail_at("q", "say who: a name, an e-mail, a telephone, a card, an order, in up to {} bytes", kTypedBytes);
  hits_.clear();
  TRY(add_known(wanted));
  TRY(add_orders(wanted.text));
  TRY(add_phones(wanted));
  bool is_one_word = wanted.text.find(' ') == std::string::npos;
  if (is_one_word && wanted.text.size() > 1) TRY(add_emails(wanted.text, wanted.most));
  bool is_address = wanted.text.find('@') != std::string::npos;
  if (!is_address) TRY(add_names(wanted.text, wanted.most));
  if (hits_.empty() && !is_address) TRY(add_guesses(fold_name(wanted.text), wanted.most));
  if (hits_.size() > wanted.most) hits_.resize(wanted.most);
  return std::move(hits_);
}

Result<CustomerId> Finder::by(const std::string& kind, const std::string& value, std::string_view region) {
  if (kind == "order") return by_order(value);
  if (kind == "id") {
    auto id = number_in(value);
    return id ? aliases_.root({*id}) : CustomerId{};
  }
  std::vector<std::pair<std::string, std::string>> wanted = {{kind, value}};
  if (auto normal = people::normal(kind, value, region)) wanted.emplace_back(kind, *normal);
  for (const rows::Owned& owned : TRY(rows::customers_by(session_, wanted))) return aliases_.root(owned.customer);
  hits_.clear();
  if (kind == "phone") TRY(add_phones({value, region, 1}));
  if (kind == "email") TRY(add_emails(value, 1));
  bool is_whole = !hits_.empty() && (kind == "phone" || to_lower(hits_[0].matched[0].value) == to_lower(value));
  return is_whole ? hits_[0].id : CustomerId{};
}

}  // namespace cairn::profile

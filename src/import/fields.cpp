#include "import/fields.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"

namespace cairn::import {
namespace {

// Strongest name first.
constexpr std::pair<Field, std::string_view> kNames[] = {
    {Field::kind, "event event_name event_type type kind action name"},
    {Field::time,
     "timestamp event_time time occurred_at event_timestamp datetime date_time date created_at "
     "original_timestamp ts"},
    {Field::user_id, "user_id customer_id customer user customer_number client_number"},
    {Field::email, "email e_mail email_address mail"},
    {Field::phone, "phone phone_number mobile"},
    {Field::anonymous_id, "anonymous_id visitor_id visitor cookie_id device_id client_id"},
    {Field::message_id, "message_id event_id id uuid"},
};

// What a property is called in the catalogue.
constexpr std::pair<std::string_view, std::string_view> kProperties[] = {
    {"user_session", "session_id"}, {"session", "session_id"},    {"category_code", "category"}, {"qty", "quantity"},
    {"store", "store_id"},          {"order_number", "order_id"},
};

constexpr std::pair<std::string_view, Field> kWords[] = {
    {"kind", Field::kind},
    {"event", Field::kind},
    {"time", Field::time},
    {"timestamp", Field::time},
    {"user_id", Field::user_id},
    {"email", Field::email},
    {"phone", Field::phone},
    {"anonymous_id", Field::anonymous_id},
    {"message_id", Field::message_id},
    {"ignore", Field::ignore},
};

const std::unordered_map<std::string_view, Meaning>& known() {
  static const std::unordered_map<std::string_view, Meaning> all = [] {
    std::unordered_map<std::string_view, Meaning> out;
    for (auto [field, names] : kNames) {
      size_t rank = 0;
      for (std::string_view name : split(names, ' ')) out.emplace(name, Meaning{field, rank++, std::string(name)});
    }
    for (auto [from, to] : kProperties) out.emplace(from, Meaning{Field::property, 0, std::string(to)});
    return out;
  }();
  return all;
}

bool is_snake(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Meaning mapped_meaning(std::string_view to) {
  for (auto [word, field] : kWords)
    if (word == to) return {field, 0, std::string(to)};
  if (to.starts_with("external:")) return {Field::external, 0, std::string(to)};
  return {Field::property, 0, std::string(to)};
}

}  // namespace

Meaning meaning_of(std::string_view name, const std::vector<std::pair<std::string, std::string>>& mapped) {
  for (const auto& [column, to] : mapped)
    if (column == name) return mapped_meaning(to);
  auto it = known().find(name);
  if (it == known().end() && !is_snake(name)) {
    std::string snake = to_snake(name);
    it = known().find(snake);
  }
  if (it == known().end()) return {Field::property, 0, std::string(name)};
  Meaning found = it->second;
  ++found.rank;  // a mapped name is always stronger
  return found;
}

Result<std::vector<Meaning>> meanings_of(const std::vector<std::string>& names,
                                         const std::vector<std::pair<std::string, std::string>>& mapped) {
  for (const auto& [column, to] : mapped)
    if (std::find(names.begin(), names.end(), column) == names.end())
      return fail(Code::invalid, "there is no column '{}' to map; found are {}", column, fmt::join(names, ", "));
  std::vector<Meaning> out;
  std::array<size_t, kFields> best;
  best.fill(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    out.push_back(meaning_of(names[i], mapped));
    size_t& b = best[static_cast<size_t>(out[i].field)];
    if (b == names.size() || out[i].rank < out[b].rank) b = i;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    Field field = out[i].field;
    bool many = field == Field::property || field == Field::ignore || field == Field::external;
    if (!many && best[static_cast<size_t>(field)] != i) out[i] = {Field::property, 0, names[i]};
  }
  return out;
}

std::string names_of(Field field) {
  for (auto [f, names] : kNames)
    if (f == field) return fmt::format("{}", fmt::join(split(names, ' '), ", "));
  return {};
}

bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  auto digits = [](std::string_view t) {
    return !t.empty() && std::all_of(t.begin(), t.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (text.size() > 16 || !digits(whole) || (whole.size() > 1 && whole[0] == '0')) return false;
  return point == text.size() || digits(text.substr(point + 1));
}

}  // namespace cairn::import

#include "events/erasing.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "events/cutting.h"
#include "events/kinds.h"
#include "events/undeclared.h"
#include "json/value.h"

namespace cairn::events {
namespace {

constexpr size_t kLongFrom = 5;     // bytes: what is shorter is somewhere in every text
constexpr size_t kPhoneDigits = 8;  // of a number's end: written with or without its country
constexpr size_t kPhoneText = 40;
constexpr std::string_view kStandIn = "\"[erased]\"";

std::string digits_of(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c >= '0' && c <= '9') out += c;
  return out;
}

std::string_view view(const json::Value& text) { return {text.get_string().data(), text.get_string().size()}; }

class Impersonal {
 public:
  Impersonal(const Log& log, const Needles& needles, std::vector<Undescribed>* gone)
      : log_(log), needles_(needles), gone_(gone) {}

  std::string of(std::string_view object, const query::Kind* kind) {
    return members(object, [&](std::string_view key, std::string_view value) {
      const query::Property* property = kind ? kind->find(key) : nullptr;
      if (!property && gone_) note(key, value);
      return property ? of_property(*property, value) : std::string();
    });
  }

 private:
  template <class F>
  std::string members(std::string_view object, F keep) {
    std::string out = "{";
    Cutter(object).each([&](std::string_view written_key, std::string_view value) {
      std::string kept = keep(text_of(written_key), value);
      if (kept.empty()) return;
      if (out.size() > 1) out += ',';
      out.append(written_key).append(":").append(kept);
    });
    return out + "}";
  }

  std::string of_property(const query::Property& property, std::string_view value) {
    if (property.personal) {
      bool said = property.name == "comment" && value.front() == '"' && !trim(text_of(value)).empty();
      return said ? std::string(kStandIn) : std::string();
    }
    if (value.front() == '{') return {};
    if (value.front() == '[') return property.type == query::PropertyType::list ? of_list(property, value) : "";
    return of_scalar(property.name, value);
  }

  std::string of_scalar(std::string_view name, std::string_view value) {
    std::string text = text_of(value);
    if (!needles_.are_in(text)) return std::string(value);
    if (!name.ends_with("_id")) return {};
    std::string print = log_.erased_key({}, text);
    return print.empty() ? std::string() : fmt::format("\"erased-{}\"", print.substr(1));
  }

  std::string of_list(const query::Property& property, std::string_view list) {
    std::string out = "[";
    Cutter(list).each([&](std::string_view, std::string_view element) {
      std::string kept;
      if (element.front() == '{')
        kept = members(element, [&](std::string_view key, std::string_view value) {
          for (const query::Property& item : property.items)
            if (item.name == key) return of_property(item, value);
          return std::string();
        });
      else if (element.front() != '[') kept = of_scalar({}, element);
      // Its place is kept: how many there were is counted.
      if (out.size() > 1) out += ',';
      out += kept.empty() ? "null" : kept;
    });
    return out + "]";
  }

  void note(std::string_view key, std::string_view written) {
    auto value = json::parse(written);
    if (value) gone_->push_back({Undeclared::stored_name(key), Undeclared::example_of(*value)});
  }

  const Log& log_;
  const Needles& needles_;
  std::vector<Undescribed>* gone_;
};

std::string list_of(std::span<const CustomerId> ids) {
  std::string out = "[";
  for (CustomerId id : ids) out += fmt::format("{}{}", out.size() > 1 ? "," : "", id.value);
  return out + "]";
}

}  // namespace

Needles::Needles(std::span<const Identifier> identifiers, std::span<const CustomerId> ids) {
  std::set<std::string> texts, phones;
  std::set<std::pair<std::string, std::string>> shorts;
  for (const Identifier& id : identifiers) {
    std::string value = to_lower(trim(id.value));
    if (value.size() >= kLongFrom) texts.insert(value);
    else if (!value.empty()) shorts.emplace(to_lower(id.kind), value);
    std::string digits = digits_of(value);
    if (id.kind == "phone" && digits.size() >= kPhoneDigits) phones.insert(digits.substr(digits.size() - kPhoneDigits));
  }
  for (CustomerId id : ids) {
    std::string value = std::to_string(id.value);
    if (value.size() >= kLongFrom) texts.insert(value);
  }
  texts_.assign(texts.begin(), texts.end());
  phones_.assign(phones.begin(), phones.end());
  for (const auto& [kind, value] : shorts) short_.push_back({kind, value});
}

bool Needles::are_in(std::string_view text) const {
  if (texts_.empty() && phones_.empty()) return false;
  std::string lower = to_lower(text);
  for (const std::string& word : texts_)
    if (find_word(lower, word) != lower.npos) return true;
  if (phones_.empty() || text.size() > kPhoneText) return false;
  std::string digits = digits_of(text);
  return std::any_of(phones_.begin(), phones_.end(), [&](const std::string& end) { return digits.ends_with(end); });
}

bool Needles::is_short_one(std::string_view member, std::string_view text) const {
  if (short_.empty()) return false;
  std::string name = to_lower(member), value = to_lower(trim(text));
  return std::any_of(short_.begin(), short_.end(), [&](const Short& one) {
    return one.value == value && (name.ends_with("id") || one.kind.ends_with(name));
  });
}

bool Needles::are_in_json(std::string_view text) const {
  auto parsed = json::parse(text);
  if (!parsed) return are_in_row(text);
  auto look = [this](auto& self, std::string_view member, const json::Value& value) -> bool {
    if (value.is_object()) {
      for (const auto& [key, inner] : value.get_object())
        if (are_in({key.data(), key.size()}) || self(self, {key.data(), key.size()}, inner)) return true;
      return false;
    }
    if (value.is_array()) {
      for (const json::Value& inner : value.get_array())
        if (self(self, member, inner)) return true;
      return false;
    }
    std::string said = value.is_string() ? std::string(view(value)) : json::serialize(value);
    return are_in(said) || is_short_one(member, said);
  };
  return look(look, {}, *parsed);
}

bool Needles::are_in_row(std::string_view row) const {
  if (are_in(row)) return true;
  constexpr std::string_view kBetween = ",;\t|\"' :{}[]\r\n";
  for (size_t at = 0; at < row.size();) {
    size_t end = std::min(row.find_first_of(kBetween, at), row.size());
    std::string field = to_lower(row.substr(at, end - at));
    for (const Short& one : short_)
      if (one.value == field) return true;
    at = end + 1;
  }
  // Numbers between separators, each by itself: a row is longer than a number.
  for (std::string_view field : phones_.empty() ? std::vector<std::string_view>() : split(row, ','))
    if (field.size() <= kPhoneText && are_in(field)) return true;
  return false;
}

std::string impersonal(const Log& log, std::string_view kind, std::string_view properties, const Needles& needles,
                       std::vector<Undescribed>* gone) {
  // What is no object told nothing, and may hold anything.
  if (!json::parse_object(properties)) return "{}";
  return Impersonal(log, needles, gone).of(properties, declared_kinds().find(kind));
}

Result<int64_t> erase_rows(db::Transaction& tx, const Log& log, const Erasing& erasing, std::span<const Seq> rows) {
  struct Rewritten {
    Seq seq;
    uint32_t flags;
    std::string kind, key, properties;
    std::vector<Undescribed> gone;
  };
  std::vector<Rewritten> all;
  TRY(visit_rows(tx, rows, [&](const LogRow& row) {
    if (std::find(erasing.ids.begin(), erasing.ids.end(), row.customer) == erasing.ids.end()) return;
    Rewritten& out = all.emplace_back();
    out.seq = row.seq;
    out.flags = row.flags | kErased;
    out.kind = log.kind_name(row.kind);
    if (!row.source_key.empty()) out.key = log.erased_key(row.source, row.source_key);
    out.properties = impersonal(log, out.kind, row.properties, erasing.needles, &out.gone);
  }));
  for (const Rewritten& row : all) {
    auto key = row.key.empty() ? std::nullopt : std::optional<std::string>(row.key);
    TRY(tx.run("events.erase_row", {{"seq", row.seq},
                                    {"shard", shard_of(erasing.fresh)},
                                    {"customer", erasing.fresh},
                                    {"key", key},
                                    {"flags", row.flags},
                                    {"properties", row.properties}}));
    std::string kind = Undeclared::stored_name(row.kind);
    for (const Undescribed& gone : row.gone)
      TRY(tx.run("events.clear_example", {{"kind", kind}, {"property", gone.property}, {"example", gone.example}}));
  }
  return static_cast<int64_t>(all.size());
}

Result<void> clear_examples(db::Transaction& tx, const Log& log, std::span<const Seq> rows) {
  std::set<std::array<std::string, 3>> all;
  TRY(visit_rows(tx, rows, [&](const LogRow& row) {
    auto properties = json::parse_object(row.properties);
    if (!properties) return;
    std::string name = log.kind_name(row.kind);
    const query::Kind* kind = declared_kinds().find(name);
    for (const auto& [key, value] : *properties) {
      std::string_view property(key.data(), key.size());
      if (!kind || !kind->find(property))
        all.insert({Undeclared::stored_name(name), Undeclared::stored_name(property), Undeclared::example_of(value)});
    }
  }));
  for (const auto& [kind, property, example] : all)
    TRY(tx.run("events.clear_example", {{"kind", kind}, {"property", property}, {"example", example}}));
  return {};
}

Result<std::vector<Seq>> find_outside_timelines(db::Session& session, std::span<const CustomerId> ids) {
  return session.all("events.outside_timelines_of", {{"ids", list_of(ids)}},
                     [](const db::Row& row) { return row.id<Seq>(0); });
}

}  // namespace cairn::events

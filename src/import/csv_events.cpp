#include "import/csv_events.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/hash.h"
#include "base/text.h"
#include "events/kinds.h"
#include "events/wording.h"
#include "json/value.h"

namespace cairn::import {
namespace {

using query::PropertyType;

std::optional<bool> read_boolean(std::string_view text) {
  std::string lower = text.size() <= 5 ? to_lower(text) : std::string();
  if (lower == "true" || lower == "yes" || lower == "1" || lower == "t" || lower == "y") return true;
  if (lower == "false" || lower == "no" || lower == "0" || lower == "f" || lower == "n") return false;
  return std::nullopt;
}

bool is_json_container(std::string_view text) {
  return (text.starts_with('[') || text.starts_with('{')) && json::parse(text).has_value();
}

}  // namespace

Result<CsvEvents> CsvEvents::make(const std::vector<std::string>& header, Reading reading, const std::string& path) {
  CsvEvents out;
  auto meanings = meanings_of(header, reading.columns);
  if (!meanings) return fail(Code::invalid, "{}: {}", path, meanings.error().message);
  out.reading_ = std::move(reading);
  out.kind_ = out.time_ = out.message_ = out.price_ = out.quantity_ = header.size();
  std::string joined;
  for (size_t i = 0; i < header.size(); ++i) {
    Column column{(*meanings)[i], header[i], {}};
    json::append_text(column.key, column.meaning.name);
    column.key += ':';
    joined += header[i] + '\n';
    Field field = column.meaning.field;
    if (field == Field::kind) out.kind_ = i;
    if (field == Field::time) out.time_ = i;
    if (field == Field::message_id) out.message_ = i;
    if (field == Field::property && column.meaning.name == "price") out.price_ = i;
    if (field == Field::property && column.meaning.name == "quantity") out.quantity_ = i;
    out.columns_.push_back(std::move(column));
  }
  out.seed_ = hash64(joined);
  for (Field field : {Field::user_id, Field::email, Field::phone, Field::external, Field::anonymous_id})
    for (size_t i = 0; i < header.size(); ++i)
      if (out.columns_[i].meaning.field == field) out.identifiers_.push_back(i);
  auto missing = [&](std::string_view what, std::string names) -> tl::unexpected<Error> {
    return fail(Code::invalid, "{}: no column tells {} (known are {}; or say --map column=field); found are {}", path,
                what, names, fmt::join(header, ", "));
  };
  if (out.kind_ == header.size()) return missing("the kind of event", names_of(Field::kind));
  if (out.time_ == header.size()) return missing("the time", names_of(Field::time));
  if (out.identifiers_.empty())
    return missing("who it was", fmt::format("{}, {}, {}", names_of(Field::user_id), names_of(Field::email),
                                             names_of(Field::anonymous_id)));
  return out;
}

std::string_view CsvEvents::value(const CsvRow& row, size_t column) const {
  return column < row.fields.size() ? trim(row.fields[column]) : std::string_view();
}

std::optional<Refusal> CsvEvents::read(const CsvRow& row, events::NewEvent& event) {
  std::string_view kind = value(row, kind_);
  if (events::says_nothing(kind)) return Refusal{columns_[kind_].header, "it does not say what happened"};
  std::string_view when = value(row, time_);
  if (events::says_nothing(when)) return Refusal{columns_[time_].header, "there is no time"};
  auto time = events::parse_when(when, reading_.zone);
  if (!time) return Refusal{columns_[time_].header, time.error().message};
  event.occurred_at = *time;
  read_identifiers(row, event);
  if (event.identifiers.empty()) return Refusal{columns_[identifiers_[0]].header, "nothing says who it was"};
  Plan& plan = plan_of(kind);
  event.kind = plan.kind;
  if (!plan.is_known) plan.is_known = reading_.on_undeclared(plan.kind, "", json::Value());
  scratch_.assign(1, '{');
  write_properties(row, plan, scratch_);
  scratch_ += '}';
  event.properties.assign(scratch_);
  if (std::string_view message = value(row, message_); !events::says_nothing(message)) {
    event.source_key = message;
  } else {
    RowHash hash = hash_row(row.raw, seed_);
    event.source_key = row_key(hash, occurrences_.next(hash));
  }
  return std::nullopt;
}

void CsvEvents::read_identifiers(const CsvRow& row, events::NewEvent& event) const {
  static constexpr std::string_view kKinds[] = {"", "", "user_id", "email", "phone", "anonymous_id"};
  for (size_t i : identifiers_) {
    std::string_view text = value(row, i);
    if (events::says_nothing(text)) continue;
    const Meaning& meaning = columns_[i].meaning;
    if (meaning.field == Field::external) event.identifiers.push_back({meaning.name, std::string(text)});
    else if (meaning.field == Field::email) event.identifiers.push_back({"email", to_lower(text)});
    else event.identifiers.push_back({std::string(kKinds[static_cast<size_t>(meaning.field)]), std::string(text)});
  }
}

CsvEvents::Plan& CsvEvents::plan_of(std::string_view text) {
  constexpr size_t kMost = 1000;  // names that differ in every row must not fill the memory
  std::string key(text);
  auto it = plans_.find(key);
  if (it != plans_.end()) return *it->second;
  if (plans_.size() >= kMost) plans_.clear();
  auto plan = std::make_unique<Plan>();
  plan->kind = events::kind_of(text);
  const query::Kind* declared = events::declared_kinds().find(plan->kind);
  bool tells = static_cast<bool>(reading_.on_undeclared);
  plan->is_known = declared || !tells;
  bool tells_total = false;
  for (const Column& column : columns_) {
    const query::Property* property = declared ? declared->find(column.meaning.name) : nullptr;
    std::optional<PropertyType> type;
    if (property) type = property->type;
    else if (events::is_id_name(column.meaning.name)) type = PropertyType::text;
    plan->types.push_back(type);
    plan->are_known.push_back(property || !tells);
    for (std::string_view name : {"total", "revenue", "products"}) tells_total |= column.meaning.name == name;
  }
  plan->is_purchase = plan->kind == "Order Completed" && !tells_total && price_ < columns_.size();
  return *plans_.emplace(std::move(key), std::move(plan)).first->second;
}

void CsvEvents::write_properties(const CsvRow& row, Plan& plan, std::string& out) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].meaning.field != Field::property) continue;
    std::string_view text = trim(row.fields[i]);
    if (text.empty()) continue;
    if (out.size() > 1) out += ',';
    out += columns_[i].key;
    size_t begin = out.size();
    write_value(out, text, plan.types[i]);
    if (plan.are_known[i]) continue;
    auto value = json::parse(std::string_view(out).substr(begin));
    plan.are_known[i] = reading_.on_undeclared(plan.kind, columns_[i].meaning.name, value ? *value : json::Value());
  }
  if (plan.is_purchase) write_total(row, out);
}

/// A purchase told by one product, as behaviour logs do: what was paid is its price times the quantity.
void CsvEvents::write_total(const CsvRow& row, std::string& out) const {
  Currency currency = reading_.currency;
  auto price = parse_minor(value(row, price_), currency);
  std::string_view quantity_text = value(row, quantity_);
  int64_t quantity = 1;
  if (!quantity_text.empty()) {
    auto [end, error] = std::from_chars(quantity_text.data(), quantity_text.data() + quantity_text.size(), quantity);
    if (error != std::errc() || end != quantity_text.data() + quantity_text.size()) return;
  }
  if (!price || quantity <= 0 || quantity > 1'000'000 || std::abs(*price) > INT64_MAX / 2'000'000) return;
  std::string total = to_decimal(*price * quantity, currency);
  if (out.size() > 1) out += ',';
  out += fmt::format("\"total\":{},\"revenue\":{}", total, total);
}

void CsvEvents::write_value(std::string& out, std::string_view text, std::optional<PropertyType> type) const {
  if (!type) {
    if (is_plain_number(text) || text == "true" || text == "false") out += text;
    else json::append_text(out, text);
    return;
  }
  switch (*type) {
    case PropertyType::integer:
    case PropertyType::number:
      if (is_plain_number(text)) return void(out += text);
      break;
    case PropertyType::money:
      if (is_plain_number(text)) return void(out += text);
      if (auto minor = parse_minor(text, reading_.currency)) return void(out += to_decimal(*minor, reading_.currency));
      break;
    case PropertyType::boolean:
      if (auto boolean = read_boolean(text)) return void(out += *boolean ? "true" : "false");
      break;
    case PropertyType::time:
      if (auto time = events::parse_when(text, reading_.zone)) return json::append_text(out, to_rfc3339(*time));
      break;
    case PropertyType::list:
    case PropertyType::object:
      if (is_json_container(text)) return void(out += text);
      break;
    case PropertyType::text: break;
  }
  json::append_text(out, text);  // not what it should be: kept as it stands
}

}  // namespace cairn::import

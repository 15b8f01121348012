#include "timeline/telling.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/text.h"

namespace cairn::timeline {

using query::Field;
using query::FieldRule;
using query::PropertyType;

namespace {

auto rank(const TellingRow& row) { return std::tuple(row.precedence, row.known_at, row.seq); }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<int64_t> narrow(__int128 sum) {
  bool fits = sum >= INT64_MIN && sum <= INT64_MAX;
  return fits ? std::optional(static_cast<int64_t>(sum)) : std::nullopt;
}

void add_whole(std::optional<int64_t> value, ColumnBuilder& out) {
  if (value) out.add_integer(*value);
  else out.add_unknown();
}

/// Of a list, with what its objects hold.
query::Property entity_property(const Schema& schema, const query::Entity& entity, const Field& field) {
  query::Property out{std::string(field.name), field.type};
  if (field.type != PropertyType::list) return out;
  for (const query::Feed& feed : entity.feeds) {
    auto kind = schema.find_stream(feed.stream);
    auto index = kind ? schema.kinds()[*kind].find(field.property) : std::nullopt;
    if (index && out.items.empty()) out.items = schema.kinds()[*kind].columns[*index].property.items;
  }
  return out;
}

}  // namespace

Told::Told(const Schema& schema, const query::Entity& entity, std::string_view property) {
  for (const query::Feed& feed : entity.feeds) {
    auto kind = schema.find_stream(feed.stream);
    auto index = kind ? schema.kinds()[*kind].find(property) : std::nullopt;
    // What nobody declared has no type that an entity could rely on.
    bool typed = index && schema.kinds()[*kind].columns[*index].property.declared;
    columns_.push_back(typed ? int32_t{*index} : -1);
  }
}

std::optional<int64_t> Told::integer(const TellingRow& row) const {
  const Column* column = of(row);
  return column ? std::optional(column->integer(row.row)) : std::nullopt;
}

std::string_view Told::text(const TellingRow& row) const {
  const Column* column = of(row);
  return column ? column->text(row.row) : std::string_view();
}

const TellingRow* Told::best(const TellingRows& rows) const {
  const TellingRow* out = nullptr;
  for (const TellingRow* row : rows)
    if (of(*row) && (!out || rank(*row) > rank(*out))) out = row;
  return out;
}

const TellingRow& highest(const TellingRows& rows) {
  return **std::max_element(rows.begin(), rows.end(),
                            [](const TellingRow* a, const TellingRow* b) { return rank(*a) < rank(*b); });
}

std::vector<TellingRows> facts(const TellingRows& rows, const Told* ids) {
  std::vector<TellingRows> out;
  std::vector<std::string_view> names;
  const TellingRow* best = nullptr;  // of those without id
  for (const TellingRow* row : rows) {
    std::string_view id = ids ? ids->text(*row) : std::string_view();
    if (id.empty()) {
      bool better = !best || std::pair(-row->precedence, row->source) < std::pair(-best->precedence, best->source);
      if (better) best = row;
      continue;
    }
    auto at = static_cast<size_t>(std::find(names.begin(), names.end(), id) - names.begin());
    if (at == names.size()) {
      names.push_back(id);
      out.emplace_back();
    }
    out[at].push_back(row);
  }
  if (!best) return out;
  for (const TellingRows& fact : out)
    for (const TellingRow* row : fact)
      if (row->source != best->source) return out;
  for (const TellingRow* row : rows)
    if (row->source == best->source && (!ids || ids->text(*row).empty())) out.push_back({row});
  return out;
}

FieldReader::FieldReader(const Schema& schema, const query::Entity& entity)
    : entity_(&entity), has_currency_(schema.reading().currency.is_set()) {
  for (const query::Feed& feed : entity.feeds) kinds_.push_back(schema.find_stream(feed.stream));
  auto told = [&](std::string_view property) { return Told(schema, entity, property); };
  for (const Field& field : entity.fields) {
    plans_.push_back({feeds_of(field.streams), told(field.property)});
    properties_.push_back(entity_property(schema, entity, field));
  }
  key_ = told(entity.key);
  payment_id_ = told("payment_id");
  amount_ = told("amount");
  refund_id_ = told("refund_id");
  refund_ = told(kRefundColumn);
  refund_all_ = told(kRefundAllColumn);
  total_ = told("total");
  revenue_ = told("revenue");
  shipping_ = told("shipping");
  tax_ = told("tax");
  by_ = told("by");
  status_ = told("status");
  creating_ = feeds_of(entity.creation().streams);
  paying_ = feeds_of("order_paid");
  pricing_ = feeds_of("order_completed order_updated");
  refunding_ = feeds_of("order_refunded");
  cancelling_ = feeds_of("order_cancelled");
  delivering_ = feeds_of("order_delivered");
  shipping_out_ = feeds_of("order_shipped");
  ordering_ = feeds_of("order_completed");
  checking_out_ = feeds_of("checkout_started");
  replying_ = feeds_of("ticket_replied");
  solving_ = feeds_of("ticket_solved");
  reopening_ = feeds_of("ticket_reopened");
}

uint32_t FieldReader::feeds_of(std::string_view streams) const {
  if (streams.empty()) return UINT32_MAX;
  uint32_t out = 0;
  for (std::string_view stream : split(streams, ' '))
    for (size_t i = 0; i < entity_->feeds.size(); ++i)
      if (entity_->feeds[i].stream == stream) out |= 1u << i;
  return out;
}

TellingRows FieldReader::of(const TellingRows& rows, uint32_t feeds) const {
  TellingRows out;
  for (const TellingRow* row : rows)
    if (feeds >> row->feed & 1) out.push_back(row);
  return out;
}

int64_t FieldReader::created(const TellingRows& rows) const {
  const TellingRow *creating = nullptr, *first = nullptr;
  for (const TellingRow* row : rows) {
    query::FeedRole role = entity_->feeds[row->feed].role;
    if (!first && role != query::FeedRole::links) first = row;
    if (role != query::FeedRole::creates || !(creating_ >> row->feed & 1)) continue;
    if (!creating || rank(*row) > rank(*creating)) creating = row;
  }
  CHECK(first, "{} of links alone", entity_->name);
  return (creating ? creating : first)->at;
}

/// Of facts without id: ascending.
std::vector<int64_t> FieldReader::times(const TellingRows& rows) const {
  std::vector<int64_t> out;
  for (const TellingRows& fact : facts(rows, nullptr)) out.push_back(fact.front()->at);
  return out;
}

std::optional<int64_t> FieldReader::total_in(const TellingRow& row) const {
  if (auto total = total_.integer(row)) return total;
  auto revenue = revenue_.integer(row);
  if (!revenue) return std::nullopt;
  return narrow(static_cast<__int128>(*revenue) + shipping_.integer(row).value_or(0) + tax_.integer(row).value_or(0));
}

std::optional<int64_t> FieldReader::paid(const TellingRows& rows) const {
  __int128 sum = 0;
  bool any = false;
  for (const TellingRows& payment : facts(of(rows, paying_), &payment_id_))
    if (const TellingRow* row = amount_.best(payment)) {
      any = true;
      sum += *amount_.integer(*row);
    }
  if (any) return narrow(sum);
  const TellingRow* best = nullptr;
  for (const TellingRow* row : of(rows, pricing_))
    if (total_in(*row) && (!best || rank(*row) > rank(*best))) best = row;
  return best ? total_in(*best) : std::nullopt;
}

std::optional<int64_t> FieldReader::refunded(const TellingRows& rows) const {
  if (!has_currency_) return std::nullopt;
  std::vector<TellingRows> refunds = facts(of(rows, refunding_), &refund_id_);
  if (refunds.empty()) return 0;
  auto all = paid(rows);
  if (!all) return std::nullopt;
  int64_t most = std::max<int64_t>(0, *all), sum = 0;
  for (const TellingRows& refund : refunds) {
    const TellingRow* best = nullptr;
    for (const TellingRow* row : refund)
      if ((refund_.of(*row) || refund_all_.of(*row)) && (!best || rank(*row) > rank(*best))) best = row;
    if (!best) continue;
    int64_t amount = refund_all_.of(*best) ? most : std::max<int64_t>(0, *refund_.integer(*best));
    sum = amount >= most - sum ? most : sum + amount;
  }
  return sum;
}

std::optional<int64_t> FieldReader::money_field(FieldRule rule, const TellingRows& rows) const {
  if (rule == FieldRule::order_paid) return paid(rows);
  if (rule == FieldRule::order_refunded) return refunded(rows);
  auto all = paid(rows), back = refunded(rows);
  return all && back ? narrow(static_cast<__int128>(*all) - *back) : std::nullopt;
}

std::string_view FieldReader::order_status(const TellingRows& rows) const {
  const TellingRow* told = status_.best(rows);
  std::string word = told ? to_lower(status_.text(*told)) : "";
  if (!of(rows, cancelling_).empty() ||
      is_one_of(word, {"cancelled", "canceled", "voided", "unavailable", "out_of_stock"}))
    return "cancelled";
  if (!of(rows, refunding_).empty()) {
    auto all = paid(rows);
    if (!all || refunded(rows) == all) return "refunded";
  }
  if (!of(rows, delivering_).empty() || is_one_of(word, {"delivered", "fulfilled_delivered"})) return "delivered";
  return !of(rows, shipping_out_).empty() || word == "shipped" ? "shipped" : "placed";
}

std::string_view FieldReader::status_field(FieldRule rule, const TellingRows& rows) const {
  if (rule == FieldRule::order_status) return order_status(rows);
  if (rule == FieldRule::ticket_status) return solved_at(rows) ? "solved" : "open";
  if (!of(rows, ordering_).empty()) return "ordered";
  return of(rows, checking_out_).empty() ? "open" : "checkout";
}

TellingRows FieldReader::replies_of_people(const TellingRows& rows) const {
  TellingRows out = of(rows, replying_);
  std::erase_if(out,
                [&](const TellingRow* row) { return is_one_of(to_lower(by_.text(*row)), {"automatic", "customer"}); });
  return out;
}

std::optional<int64_t> FieldReader::solved_at(const TellingRows& rows) const {
  std::vector<int64_t> solved = times(of(rows, solving_)), reopened = times(of(rows, reopening_));
  if (solved.empty() || (!reopened.empty() && reopened.back() > solved.back())) return std::nullopt;
  return solved.back();
}

std::optional<int64_t> FieldReader::reopened_at(const TellingRows& rows) const {
  std::vector<int64_t> solved = times(of(rows, solving_));
  for (int64_t at : times(of(rows, reopening_)))
    if (!solved.empty() && at > solved.front()) return at;
  return std::nullopt;
}

std::optional<int64_t> FieldReader::time_field(const Plan& plan, const Field& field, const TellingRows& rows) const {
  TellingRows own = of(rows, plan.feeds);
  switch (field.rule) {
    case FieldRule::created: return created(rows);
    case FieldRule::solved_at: return solved_at(rows);
    case FieldRule::reopened_at: return reopened_at(rows);
    case FieldRule::happened: return own.empty() ? std::nullopt : std::optional(highest(own).at);
    default: break;
  }
  std::vector<int64_t> all = times(field.rule == FieldRule::first_reply_at ? replies_of_people(rows) : own);
  if (all.empty()) return std::nullopt;
  return field.rule == FieldRule::last_at ? all.back() : all.front();
}

void FieldReader::add_told(const Plan& plan, const Field& field, const TellingRows& rows, ColumnBuilder& out) const {
  const TellingRow* best = nullptr;
  for (const TellingRow* row : rows)
    if ((plan.feeds >> row->feed & 1) && plan.told.of(*row) && (!best || rank(*row) > rank(*best))) best = row;
  if (!best) return out.add_unknown();
  const Column& column = *plan.told.of(*best);
  switch (field.type) {
    case PropertyType::text: {
      std::string_view text = column.text(best->row);
      return field.rule == FieldRule::told_lower ? out.add_text(to_lower(text)) : out.add_text(text);
    }
    case PropertyType::number: return out.add_number(column.number(best->row));
    case PropertyType::list: return out.append(column, best->row, 1);
    default: return out.add_integer(column.integer(best->row));
  }
}

void FieldReader::add(size_t index, const TellingRows& rows, ColumnBuilder& out) const {
  const Field& field = entity_->fields[index];
  const Plan& plan = plans_[index];
  switch (field.rule) {
    case FieldRule::key: return out.add_text(key_.text(*rows.front()));
    case FieldRule::told:
    case FieldRule::told_lower: return add_told(plan, field, rows, out);
    case FieldRule::count: return out.add_integer(static_cast<int64_t>(facts(of(rows, plan.feeds), &plan.told).size()));
    case FieldRule::replies:
      return out.add_integer(static_cast<int64_t>(facts(replies_of_people(rows), nullptr).size()));
    case FieldRule::order_paid:
    case FieldRule::order_refunded:
    case FieldRule::order_total: return add_whole(money_field(field.rule, rows), out);
    case FieldRule::order_status:
    case FieldRule::cart_status:
    case FieldRule::ticket_status: return out.add_text(status_field(field.rule, rows));
    default: return add_whole(time_field(plan, field, rows), out);
  }
}

Rules::Rules(const Schema& schema) {
  for (const query::Entity& entity : schema.entities()) entities.emplace_back(schema, entity);
  std::vector<std::pair<std::string, std::string>> streams;
  for (const query::Attribute& a : schema.attributes()) {
    attributes.emplace_back();
    if (a.rule == query::AttributeRule::first_seen || a.rule == query::AttributeRule::last_seen) continue;
    auto column_of = [&](std::optional<KindIndex> kind) {
      return kind ? schema.kinds()[*kind].find(a.property) : std::optional<ColumnIndex>();
    };
    std::pair pair(a.stream, a.minus_stream);
    auto at = static_cast<size_t>(std::find(streams.begin(), streams.end(), pair) - streams.begin());
    if (at == streams.size()) streams.push_back(pair);
    auto plus = schema.find_stream(a.stream), minus = schema.find_stream(a.minus_stream);
    auto column = column_of(plus);
    query::Property property{a.name, a.rule == query::AttributeRule::balance ? PropertyType::number : a.type};
    if (a.rule == query::AttributeRule::last_known && column)
      property = schema.kinds()[*plus].columns[*column].property;
    attributes.back().emplace(AttributeRules{a.rule, plus, minus, column, column_of(minus), std::move(property), at});
  }
  deciders = streams.size();
  tells_.resize(schema.kinds().size());
  auto note = [&](const std::optional<KindIndex>& kind, Bits bit) {
    if (kind) tells_[*kind] |= bit;
  };
  for (size_t e = 0; e < entities.size(); ++e)
    for (const auto& kind : entities[e].feeds()) note(kind, bit_of_entity(e));
  for (const auto& rules : attributes) {
    if (!rules) continue;
    note(rules->plus, bit_of_deciders(rules->deciders));
    note(rules->minus, bit_of_deciders(rules->deciders));
  }
}

}  // namespace cairn::timeline

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "judge/judge.h"

namespace cairn::judge {
namespace {

using query::Entity;
using query::Feed;
using query::FeedRole;
using query::Field;
using query::FieldRule;
using Rows = std::vector<const Row*>;

bool names(std::string_view streams, std::string_view stream) {
  for (std::string_view one : split(streams, ' '))
    if (one == stream) return true;
  return false;
}

Rows of(const Thing& thing, std::string_view streams) {
  if (streams.empty()) return thing.rows;
  Rows out;
  for (const Row* row : thing.rows)
    if (names(streams, row->stream)) out.push_back(row);
  return out;
}

std::string text_in(const Row& row, std::string_view property, const Brand& brand) {
  Value value = read(row, property, "", brand);
  return value.is<std::string>() ? value.as<std::string>() : "";
}

using Rank = std::tuple<int32_t, Time, Seq>;
Rank rank_of(const Row& row) { return {row.precedence, row.known_at, row.seq}; }

/// Of what the rows tell, the known value of the highest rank.
template <class Read>
Value told(const Rows& rows, Read read_one) {
  Value out;
  Rank best{};
  for (const Row* row : rows) {
    Value value = read_one(*row);
    if (!value.is_known() || (out.is_known() && rank_of(*row) < best)) continue;
    out = value;
    best = rank_of(*row);
  }
  return out;
}

Value told_time(const Rows& rows) {
  return told(rows, [](const Row& row) { return Value(row.occurred_at); });
}

/// The rows of each fact.
std::vector<Rows> facts(const Rows& rows, std::string_view id_property, const Brand& brand) {
  std::vector<std::pair<std::string, Rows>> named;
  Rows nameless;
  for (const Row* row : rows) {
    std::string id = id_property.empty() ? "" : text_in(*row, id_property, brand);
    if (id.empty()) {
      nameless.push_back(row);
      continue;
    }
    auto same = std::find_if(named.begin(), named.end(), [&](auto& fact) { return fact.first == id; });
    if (same == named.end()) named.push_back({id, {row}});
    else same->second.push_back(row);
  }
  std::vector<Rows> out;
  for (auto& [id, fact] : named) out.push_back(fact);
  if (nameless.empty()) return out;
  const Row* best = nameless.front();
  for (const Row* row : nameless)
    if (std::pair(-row->precedence, row->source) < std::pair(-best->precedence, best->source)) best = row;
  for (auto& [id, fact] : named)
    for (const Row* row : fact)
      if (row->source != best->source) return out;
  for (const Row* row : nameless)
    if (row->source == best->source) out.push_back({row});
  return out;
}

std::vector<Time> fact_times(const Rows& rows, std::string_view id_property, const Brand& brand) {
  std::vector<Time> out;
  for (const Rows& fact : facts(rows, id_property, brand)) out.push_back(told_time(fact).as<Time>());
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<int64_t> minor(const Value& value) {
  const Money* money = value.get<Money>();
  return money ? std::optional(money->minor) : std::nullopt;
}

Value money(__int128 minor_units, const Brand& brand) {
  if (minor_units > INT64_MAX || minor_units < INT64_MIN || !brand.currency.is_set()) return {};
  return Money{static_cast<int64_t>(minor_units), brand.currency};
}

/// The total that one event tells of.
Value total_in(const Row& row, const Brand& brand) {
  if (Value total = read(row, "total", "", brand); total.is_known()) return total;
  auto revenue = minor(read(row, "revenue", "", brand));
  if (!revenue) return {};
  __int128 sum = *revenue;
  sum += minor(read(row, "shipping", "", brand)).value_or(0);
  sum += minor(read(row, "tax", "", brand)).value_or(0);
  return money(sum, brand);
}

Value paid(const Thing& order, const Brand& brand) {
  __int128 sum = 0;
  bool any = false;
  for (const Rows& payment : facts(of(order, "order_paid"), "payment_id", brand)) {
    auto amount = minor(told(payment, [&](const Row& row) { return read(row, "amount", "", brand); }));
    any = any || amount;
    sum += amount.value_or(0);
  }
  if (any) return money(sum, brand);
  return told(of(order, "order_completed order_updated"), [&](const Row& row) { return total_in(row, brand); });
}

/// The price of what a refund lists; unknown as soon as one price is, or when nothing is listed.
Value listed(const Row& row, const Brand& brand) {
  const json::Value* list = json::find(row.properties, "products");
  __int128 sum = 0;
  if (list->get_array().empty()) return {};
  for (const json::Value& line : list->get_array()) {
    if (!line.is_object()) continue;
    json::Object product = line.get_object();
    if (const json::Value* currency = json::find(row.properties, "currency")) product["currency"] = *currency;
    auto price = minor(read(product, {"price", query::PropertyType::money}, brand));
    Value told_quantity = read(product, {"quantity", query::PropertyType::integer}, brand);
    if (!price) return {};
    double quantity = told_quantity.is_known() ? told_quantity.as<double>() : 1;
    sum += static_cast<__int128>(*price) * static_cast<int64_t>(std::clamp(quantity, 0.0, 1e6));
  }
  return money(sum, brand);
}

/// What one refund gives back: an amount, unknown, or (true) everything.
Value refund_in(const Row& row, const Brand& brand) {
  const query::Property amount{"total", query::PropertyType::number};
  if (read(row.properties, amount, brand).is_known()) return read(row, "total", "", brand);
  const json::Value* list = json::find(row.properties, "products");
  return list && list->is_array() ? listed(row, brand) : Value(true);
}

Value refunded(const Thing& order, const Brand& brand) {
  std::vector<Rows> refunds = facts(of(order, "order_refunded"), "refund_id", brand);
  if (refunds.empty()) return money(0, brand);
  auto all = minor(paid(order, brand));
  if (!all) return {};
  int64_t most = std::max<int64_t>(0, *all);
  int64_t sum = 0;
  for (const Rows& refund : refunds) {
    Value back = told(refund, [&](const Row& row) { return refund_in(row, brand); });
    if (!back.is_known()) continue;
    int64_t amount = back.is<bool>() ? most : std::max<int64_t>(0, back.as<Money>().minor);
    sum = amount >= most - sum ? most : sum + amount;
  }
  return money(sum, brand);
}

bool is_one_of(const Value& value, std::initializer_list<std::string_view> words) {
  const std::string* text = value.get<std::string>();
  return text && std::find(words.begin(), words.end(), *text) != words.end();
}

Value named(const Thing& thing, std::string_view entity_name, std::string_view field, const Brand& brand) {
  const Entity* entity = brand.catalogue->find_entity(entity_name);
  return field_of(thing, *entity, *entity->find(field), brand);
}

Value order_status(const Thing& order, const Brand& brand) {
  auto get = [&](std::string_view field) { return named(order, "orders", field, brand); };
  Value word = get("shop_status");
  if (get("cancelled_at").is_known() ||
      is_one_of(word, {"cancelled", "canceled", "voided", "unavailable", "out_of_stock"}))
    return "cancelled";
  Value all = get("paid");
  if (!of(order, "order_refunded").empty() && (!all.is_known() || get("refunded") == all)) return "refunded";
  if (get("delivered_at").is_known() || is_one_of(word, {"delivered", "fulfilled_delivered"})) return "delivered";
  if (get("shipped_at").is_known() || is_one_of(word, {"shipped"})) return "shipped";
  return "placed";
}

Value cart_status(const Thing& cart, const Brand& brand) {
  if (named(cart, "carts", "ordered_at", brand).is_known()) return "ordered";
  return named(cart, "carts", "checkout_at", brand).is_known() ? "checkout" : "open";
}

Rows replies_of_people(const Thing& ticket, const Brand& brand) {
  Rows out;
  for (const Row* row : of(ticket, "ticket_replied")) {
    std::string by = to_lower(text_in(*row, "by", brand));
    if (by != "automatic" && by != "customer") out.push_back(row);
  }
  return out;
}

Value solved_at(const Thing& ticket, const Brand& brand) {
  std::vector<Time> solved = fact_times(of(ticket, "ticket_solved"), "", brand);
  std::vector<Time> reopened = fact_times(of(ticket, "ticket_reopened"), "", brand);
  if (solved.empty() || (!reopened.empty() && reopened.back() > solved.back())) return {};
  return solved.back();
}

Value reopened_at(const Thing& ticket, const Brand& brand) {
  std::vector<Time> solved = fact_times(of(ticket, "ticket_solved"), "", brand);
  for (Time time : fact_times(of(ticket, "ticket_reopened"), "", brand))
    if (!solved.empty() && time > solved.front()) return time;
  return {};
}

Value front(const std::vector<Time>& times) { return times.empty() ? Value() : Value(times.front()); }
Value back(const std::vector<Time>& times) { return times.empty() ? Value() : Value(times.back()); }
Value size(size_t n) { return static_cast<double>(n); }

Value lower(const Value& value) { return value.is<std::string>() ? Value(to_lower(value.as<std::string>())) : value; }

}  // namespace

std::vector<Thing> fold(const Entity& entity, const std::vector<const Row*>& rows, const Brand& brand) {
  std::vector<Thing> out;
  std::vector<std::string> keys;
  auto tells = [&](const Row& row, bool links) {
    const Feed* feed = entity.feed(row.stream);
    if (!feed || (feed->role == FeedRole::links) != links) return;
    std::string key = text_in(row, entity.key, brand);
    size_t at = static_cast<size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
    bool own = key.empty() && entity.without_key && feed->role == FeedRole::creates;
    if (key.empty() && !own) return;
    if (!own && at < keys.size()) return out[at].rows.push_back(&row);
    if (links) return;
    out.push_back({{&row}, {}, row.seq});
    // What has no key is found by none.
    keys.push_back(own ? fmt::format("\n{}", out.size()) : key);
  };
  for (const Row* row : rows) tells(*row, false);
  for (const Row* row : rows) tells(*row, true);
  for (Thing& thing : out) {
    thing.time = field_of(thing, entity, entity.creation(), brand).as<Time>();
    std::stable_sort(thing.rows.begin(), thing.rows.end(), [](const Row* a, const Row* b) {
      return std::pair(a->occurred_at, a->seq) < std::pair(b->occurred_at, b->seq);
    });
  }
  std::sort(out.begin(), out.end(),
            [](const Thing& a, const Thing& b) { return std::pair(a.time, a.seq) < std::pair(b.time, b.seq); });
  return out;
}

Value field_of(const Thing& thing, const Entity& entity, const Field& field, const Brand& brand,
               std::string_view item) {
  Rows rows = of(thing, field.streams);
  auto property = [&](const Row& row) { return read(row, field.property, item, brand); };
  switch (field.rule) {
    case FieldRule::key: return property(*thing.rows.front());
    case FieldRule::created: {
      Rows creating;
      for (const Row* row : rows)
        if (entity.feed(row->stream)->role == FeedRole::creates) creating.push_back(row);
      if (!creating.empty()) return told_time(creating);
      for (const Row* row : thing.rows)
        if (entity.feed(row->stream)->role != FeedRole::links) return row->occurred_at;
      return {};
    }
    case FieldRule::told: return told(rows, property);
    case FieldRule::told_lower: return lower(told(rows, property));
    case FieldRule::happened: return told_time(rows);
    case FieldRule::first_at: return front(fact_times(rows, "", brand));
    case FieldRule::last_at: return back(fact_times(rows, "", brand));
    case FieldRule::count: return size(facts(rows, field.property, brand).size());
    case FieldRule::order_paid: return paid(thing, brand);
    case FieldRule::order_refunded: return refunded(thing, brand);
    case FieldRule::order_total: {
      auto all = minor(paid(thing, brand)), back_again = minor(refunded(thing, brand));
      return all && back_again ? money(static_cast<__int128>(*all) - *back_again, brand) : Value();
    }
    case FieldRule::order_status: return order_status(thing, brand);
    case FieldRule::cart_status: return cart_status(thing, brand);
    case FieldRule::ticket_status: return solved_at(thing, brand).is_known() ? "solved" : "open";
    case FieldRule::first_reply_at: return front(fact_times(replies_of_people(thing, brand), "", brand));
    case FieldRule::replies: return size(facts(replies_of_people(thing, brand), "", brand).size());
    case FieldRule::solved_at: return solved_at(thing, brand);
    case FieldRule::reopened_at: return reopened_at(thing, brand);
  }
  return {};
}

}  // namespace cairn::judge

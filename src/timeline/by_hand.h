// For tests: a catalogue, rows by hand and by chance, and everything that a version says as text, so that two can be
// held against each other.
#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "timeline/fold.h"
#include "timeline/timeline.h"

namespace cairn::timeline {

inline query::Catalogue small_catalogue() {
  using query::PropertyType;
  query::Catalogue out;
  auto property = [](std::string name, PropertyType type = PropertyType::text) {
    query::Property p{std::move(name), type, false};
    if (p.name == "products")
      p.items = {{"category"}, {"price", PropertyType::money}, {"quantity", PropertyType::integer}};
    return p;
  };
  auto add = [&](std::string name, std::string stream, std::vector<query::Property> properties) {
    query::Kind kind;
    kind.name = std::move(name);
    kind.stream = std::move(stream);
    kind.declared = true;
    kind.properties = std::move(properties);
    kind.properties.push_back(property("channel"));
    kind.properties.push_back({"url", PropertyType::text, true});
    out.add(std::move(kind));
  };
  auto text = [&](std::string name) { return property(std::move(name)); };
  auto money = [&](std::string name) { return property(std::move(name), PropertyType::money); };
  add("Product Viewed", "product_viewed", {text("sku"), property("position", PropertyType::integer)});
  add("Order Completed", "order_completed",
      {text("order_id"), text("status"), money("total"), money("revenue"), money("shipping"), text("cart_id"),
       property("promised_at", PropertyType::time), property("products", PropertyType::list)});
  add("Order Paid", "order_paid", {text("order_id"), text("payment_id"), money("amount")});
  add("Order Refunded", "order_refunded",
      {text("order_id"), text("refund_id"), money("total"), property("products", PropertyType::list)});
  add("Order Delivered", "order_delivered", {text("order_id")});
  add("Order Cancelled", "order_cancelled", {text("order_id"), text("by")});
  add("Product Added", "product_added", {text("cart_id")});
  add("Ticket Opened", "ticket_opened", {text("ticket_id"), property("complaint", PropertyType::boolean)});
  add("Ticket Replied", "ticket_replied", {text("ticket_id"), text("by")});
  add("Ticket Solved", "ticket_solved", {text("ticket_id")});
  add("Ticket Reopened", "ticket_reopened", {text("ticket_id")});
  add("Survey Answered", "survey_answered", {text("survey"), property("score", PropertyType::number)});
  add("Customer Updated", "customer_updated",
      {text("country"), property("birthday", PropertyType::time), property("age", PropertyType::integer)});
  add("Points Earned", "points_earned", {property("points", PropertyType::integer)});
  add("Reward Redeemed", "reward_redeemed", {property("points", PropertyType::integer)});
  return out;
}

inline std::shared_ptr<const Schema> small_schema() {
  return std::make_shared<const Schema>(small_catalogue(), Reading{Currency::parse("EUR").value(), Zone()});
}

/// A row that owns its texts.
struct OwnRow {
  int64_t seq = 0;
  int64_t customer = 1;
  std::string kind;
  Time at;
  Time known_at;
  std::string properties = "{}";
  int32_t source = 1;
  int32_t precedence = 100;
  uint32_t flags = 0;

  Row view() const { return {{seq}, {customer}, kind, at, known_at, source, precedence, flags, properties}; }
};

inline std::vector<Row> views(const std::vector<OwnRow>& rows) {
  std::vector<Row> out;
  for (const OwnRow& row : rows) out.push_back(row.view());
  return out;
}

/// Rows of few customers with few keys, so that they meet; many with the same time.
class RandomRows {
 public:
  explicit RandomRows(uint64_t seed, int64_t customers = 12) : random_(seed), customers_(customers) {}

  OwnRow next() {
    static const char* const kKinds[] = {
        "Product Viewed", "Product Viewed", "Order Completed",  "Order Paid",      "Order Refunded",  "Order Delivered",
        "Product Added",  "Ticket Opened",  "Ticket Replied",   "Ticket Solved",   "Ticket Reopened", "Survey Answered",
        "Points Earned",  "Lamp Lit",       "Customer Updated", "Order Cancelled", "Reward Redeemed"};
    OwnRow row;
    row.seq = ++seq_;
    row.customer = 1 + static_cast<int64_t>(random_.below(static_cast<uint64_t>(customers_)));
    row.kind = kKinds[random_.below(std::size(kKinds))];
    row.at = Time{1'700'000'000'000'000} + hours(static_cast<int64_t>(random_.below(200)));
    if (random_.chance(0.3)) row.at = row.at + microseconds(static_cast<int64_t>(random_.below(5)));
    row.known_at = random_.chance(0.5) ? row.at : row.at + minutes(static_cast<int64_t>(random_.below(5000)));
    row.source = 1 + static_cast<int32_t>(random_.below(3));
    row.precedence = row.source == 3 ? 200 : 100;
    row.properties = properties();
    return row;
  }
  Random& random() { return random_; }

 private:
  std::string properties() {
    std::string out;
    auto put = [&](std::string_view name, std::string value) {
      if (random_.chance(0.6)) out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", name, value);
    };
    auto number = [&](uint64_t below) { return std::to_string(random_.below(below)); };
    auto word = [&](std::initializer_list<const char*> words) {
      return fmt::format("\"{}\"", *(words.begin() + random_.below(words.size())));
    };
    put("order_id", random_.chance(0.5) ? number(4) : "\"" + number(4) + "\"");
    put("ticket_id", number(3));
    put("cart_id", number(3));
    put("payment_id", word({"p1", "p2", ""}));
    put("refund_id", word({"r1", "r2"}));
    put("total", random_.chance(0.5) ? number(100) + ".5" : word({"12.50", "no", "7"}));
    put("revenue", number(50) + (random_.chance(0.5) ? ".0" : ""));
    put("shipping", number(9));
    put("amount", number(60));
    if (random_.chance(0.1)) put("currency", word({"USD", "eur"}));
    put("status", word({"Placed", "shipped", "voided", "delivered"}));
    put("by", word({"automatic", "Customer", "agent", "shop"}));
    put("channel", word({"web", "app", "store", "phone", "été"}));
    put("url", fmt::format("\"https://shop.example/{}\"", random_.next()));
    put("sku", "\"" + number(40) + "\"");
    put("position", random_.chance(0.8) ? number(300) : word({"3", "x"}));
    put("score", random_.chance(0.7) ? number(11) : "7.25");
    put("survey", word({"nps", "ces"}));
    put("country", word({"FR", "BE", "DE"}));
    put("birthday", word({"1990-03-02", "2000-02-29T10:00:00+02:00", "soon"}));
    put("promised_at", word({"2023-11-20", "2023-11-21T00:00:00Z"}));
    put("age", number(90));
    put("points", number(500));
    put("complaint", random_.chance(0.5) ? "true" : word({"no", "yes"}));
    put("colour", random_.chance(0.5) ? word({"red", "blue"}) : random_.chance(0.5) ? "true" : number(4));
    put("products", products());
    return "{" + out + "}";
  }
  std::string products() {
    std::string out;
    for (uint64_t n = random_.below(4); n > 0; --n)
      out += fmt::format("{}{{\"category\":\"{}\",\"price\":{}{}}}", out.empty() ? "" : ",",
                         random_.chance(0.5) ? "tea" : "cups", random_.below(30),
                         random_.chance(0.5) ? ",\"quantity\":2" : "");
    if (random_.chance(0.2)) out += out.empty() ? "\"loose\"" : ",\"loose\",3";
    return "[" + out + "]";
  }

  Random random_;
  int64_t customers_;
  int64_t seq_ = 0;
};

/// All values of the row, unknown ones left out.
inline std::string told(const Schema& schema, const Stream& stream, uint32_t row,
                        const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < stream.columns(); ++i) {
    const Column* column = stream.column(i);
    if (!column || !column->is_known(row)) continue;
    const Currency& currency = schema.reading().currency;
    out += fmt::format(" {}={}", names[i][0] == '\x01' ? names[i].substr(1) : names[i],
                       query::to_text(column->value(row, currency)));
    const Lists* lists = column->lists();
    for (size_t k = 0; lists && k < lists->items.size(); ++k)
      out += fmt::format(" {}.{}={}", names[i], lists->items[k].first,
                         query::to_text(column->value(row, currency, static_cast<int>(k))));
  }
  return out;
}

/// What a place says of its customer, a line a fact.
inline std::vector<std::string> lines_of(const Version& version, const Place& place) {
  const Schema& schema = version.schema();
  const Part& part = *place.part;
  std::vector<std::string> out;
  const Order& order = part.order();
  std::map<KindIndex, uint32_t> next;
  for (uint32_t i = order.offsets().begin(place.customer); i < order.offsets().end(place.customer); ++i) {
    KindIndex kind = order.kinds()[static_cast<size_t>(order.codes()[i])];
    const Stream& stream = *part.stream(kind);
    uint32_t row = stream.offsets().begin(place.customer) + next[kind]++;
    std::vector<std::string> names;
    for (const ColumnSchema& column : schema.kinds()[kind].columns) names.push_back(column.property.name);
    bool moved = stream.origin() && stream.origin()->is_known(row);
    out.push_back(
        fmt::format("{} {} at {} {} known {} origin {} from {} {}:{}", stream.seq()[row], schema.kinds()[kind].stream,
                    order.occurred_at()[i], stream.occurred_at()[row], stream.known_at(row),
                    moved ? stream.origin()->integer(row) : part.customer(place.customer).value,
                    stream.source().size() ? stream.source()[row] : 0,
                    stream.precedence().size() ? stream.precedence()[row] : 0, told(schema, stream, row, names)));
  }
  for (size_t e = 0; e < schema.entities().size(); ++e) {
    const query::Entity& entity = schema.entities()[e];
    std::vector<std::string> names;
    for (const query::Field& field : entity.fields) names.emplace_back(field.name);
    const EntityStream* stream = part.entity(e);
    for (uint32_t row = stream ? stream->rows().offsets().begin(place.customer) : 0;
         stream && row < stream->rows().offsets().end(place.customer); ++row)
      out.push_back(fmt::format("{} {} at {} begins {} changed {} known {}:{}", entity.name, stream->rows().seq()[row],
                                stream->rows().occurred_at()[row], stream->begins_at()[row], stream->changed_at()[row],
                                stream->known_by()[row], told(schema, stream->rows(), row, names)));
  }
  for (size_t a = 0; a < schema.attributes().size(); ++a) {
    const AttributeColumn* attribute = part.attribute(a);
    if (attribute && attribute->now && attribute->now->is_known(place.customer))
      out.push_back(fmt::format("{} = {}", schema.attributes()[a].name,
                                query::to_text(attribute->now->value(place.customer, schema.reading().currency))));
  }
  return out;
}

/// Everything that a version says, by customer.
inline std::map<int64_t, std::vector<std::string>> everything(const Version& version) {
  std::map<int64_t, std::vector<std::string>> out;
  for (int s = 0; s < kShards; ++s)
    for (const Run& run : version.shard(s).runs())
      for (uint32_t c = run.first; c < run.last; ++c)
        out[run.part->customer(c).value] = lines_of(version, {run.part, c});
  return out;
}

}  // namespace cairn::timeline

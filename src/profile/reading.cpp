#include "profile/reading.h"

#include <algorithm>

#include "base/check.h"
#include "profile/habits.h"
#include "query/entities.h"
#include "segments/live.h"
#include "timeline/fold.h"

namespace cairn::profile {
namespace {

using timeline::Column;
using timeline::Stream;

constexpr size_t kHistory = 200;  // values of one attribute that are shown

/// The rows of a stream that are the customer's and have happened; null without any.
struct Rows {
  const Stream* stream = nullptr;
  const timeline::KindSchema* kind = nullptr;
  uint32_t begin = 0, end = 0;

  const Column* column(std::string_view property) const {
    auto index = kind ? kind->find(property) : std::nullopt;
    return stream && index ? stream->column(*index) : nullptr;
  }
};

Rows rows_of(const Look& look, std::string_view stream_name) {
  auto kind = look.schema.find_stream(stream_name);
  const Stream* stream = kind ? look.place.part->stream(*kind) : nullptr;
  if (!stream) return {};
  Rows out{stream, &look.schema.kinds()[*kind], stream->offsets().begin(look.place.customer),
           stream->offsets().end(look.place.customer)};
  while (out.end > out.begin && stream->occurred_at()[out.end - 1] > look.now.micros) --out.end;
  return out;
}

/// Entities of the customer as of now.
struct Entities {
  std::shared_ptr<const timeline::EntityStream> refolded;  ///< When they do not stand as they are stored.
  const Stream* stream = nullptr;
  const query::Entity* entity = nullptr;
  uint32_t begin = 0, end = 0;

  const Column* column(std::string_view field) const {
    const query::Field* found = entity->find(field);
    return found && stream ? stream->column(static_cast<size_t>(found - entity->fields.data())) : nullptr;
  }
  std::string text(std::string_view field, uint32_t row) const {
    const Column* c = column(field);
    return c && c->is_known(row) ? std::string(c->text(row)) : std::string();
  }
  std::optional<int64_t> whole(std::string_view field, uint32_t row) const {
    const Column* c = column(field);
    return c && c->is_known(row) ? std::optional(c->integer(row)) : std::nullopt;
  }
  std::optional<Time> time(std::string_view field, uint32_t row) const {
    auto micros = whole(field, row);
    return micros ? std::optional(Time{*micros}) : std::nullopt;
  }
};

Entities entities_of(const Look& look, std::string_view name) {
  size_t index = look.schema.find_entity(name).value();
  Entities out;
  out.entity = &look.schema.entities()[index];
  const timeline::EntityStream* stored = look.place.part->entity(index);
  if (!stored) return out;
  const timeline::Offsets& offsets = stored->rows().offsets();
  out.begin = offsets.begin(look.place.customer);
  out.end = offsets.end(look.place.customer);
  out.stream = &stored->rows();
  bool is_ahead = false;
  if (stored->changed_at().max() > look.now.micros)
    for (uint32_t row = out.begin; row < out.end; ++row)
      is_ahead = is_ahead || stored->changed_at()[row] > look.now.micros;
  if (!is_ahead) return out;
  out.refolded = timeline::refold(look.schema, *look.place.part, index, look.place.customer, {look.now});
  out.stream = out.refolded ? &out.refolded->rows() : nullptr;
  out.begin = 0;
  out.end = out.stream ? out.stream->rows() : 0;
  return out;
}

CustomerId origin_of(const Look& look, const Stream& stream, uint32_t row) {
  const Column* origin = stream.origin();
  if (origin && origin->is_known(row)) return CustomerId{origin->integer(row)};
  return look.place.part->customer(look.place.customer);
}

/// Values as they followed one another; what is told again and again is one.
std::vector<Told> told(const Look& look, const Rows& rows, const Column& column) {
  std::vector<Told> out;
  std::optional<query::Value> before;
  for (uint32_t row = rows.begin; row < rows.end; ++row) {
    if (!column.is_known(row)) continue;
    query::Value value = column.value(row, look.schema.reading().currency);
    if (before && *before == value) continue;
    const Stream& s = *rows.stream;
    SourceId source{s.source().size() ? s.source()[row] : 0};
    out.push_back({to_json(value), Time{s.occurred_at()[row]}, Time{s.known_at(row)}, look.source_name(source),
                   origin_of(look, s, row), Seq{s.seq()[row]}});
    before = std::move(value);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::optional<Attribute> attribute_of(const Look& look, const query::Attribute& a, size_t index, History history) {
  Attribute out;
  out.name = a.scope == "customer" ? a.name : a.scope + "." + a.name;
  Rows rows = rows_of(look, a.stream);
  if (a.rule == query::AttributeRule::last_known) {
    const Column* column = rows.column(a.property);
    if (!column) return std::nullopt;
    out.history = told(look, rows, *column);
    if (out.history.empty()) return std::nullopt;
    out.value = out.history[0].value;
    out.since = out.history[0].since;
    out.source = out.history[0].source;
    out.changes = static_cast<int64_t>(out.history.size()) - 1;
    if (history == History::none) out.history.clear();
    if (out.history.size() > kHistory) out.history.resize(kHistory);
    return out;
  }
  query::Value value = timeline::attribute_at(look.schema, *look.place.part, index, look.place.customer, {look.now});
  if (!value.is_known() || rows.begin == rows.end) return std::nullopt;
  uint32_t row = a.rule == query::AttributeRule::first_at ? rows.begin : rows.end - 1;
  out.value = to_json(value);
  out.since = Time{rows.stream->occurred_at()[row]};
  if (rows.stream->source().size()) out.source = look.source_name({rows.stream->source()[row]});
  return out;
}

RecentOrder order_at(const Look& look, const Entities& orders, uint32_t row) {
  CHECK(orders.stream, "a row without a stream");
  RecentOrder out;
  out.order_id = orders.text("order_id", row);
  out.placed_at = Time{orders.stream->occurred_at()[row]};
  out.status = orders.text("status", row);
  const Currency& currency = look.schema.reading().currency;
  if (auto minor = orders.whole("total", row); minor && currency.is_set()) out.total = Money{*minor, currency};
  out.channel = orders.text("channel", row);
  out.promised_at = orders.time("promised_at", row);
  out.delivered_at = orders.time("delivered_at", row);
  return out;
}

bool is_late(const RecentOrder& order, Time now) {
  bool is_under_way = order.status == "placed" || order.status == "shipped";
  return is_under_way && !order.delivered_at && order.promised_at && *order.promised_at < now &&
         order.placed_at >= now - days(365);
}

/// What the lines of an order say.
void add_lines(const Column* products, uint32_t row, Tally& categories,
               std::vector<std::pair<int64_t, int64_t>>& prices) {
  const timeline::Lists* lists = products && products->is_known(row) ? products->lists() : nullptr;
  if (!lists) return;
  const Column *category = lists->item("category"), *price = lists->item("price"), *units = lists->item("quantity");
  auto first = static_cast<uint32_t>(lists->offsets[row]), last = static_cast<uint32_t>(lists->offsets[row + 1]);
  for (uint32_t line = first; line < last; ++line) {
    int64_t count = units && units->is_known(line) ? units->integer(line) : 1;
    if (category && category->is_known(line)) categories.add(category->text(line));
    if (price && price->is_known(line)) prices.emplace_back(price->integer(line), std::clamp<int64_t>(count, 0, 1000));
  }
}

}  // namespace

json::Value to_json(const query::Value& value) {
  if (auto b = value.get<bool>()) return *b;
  if (auto n = value.get<double>()) {
    bool is_whole = *n == static_cast<double>(static_cast<int64_t>(std::clamp(*n, -9e15, 9e15)));
    return is_whole ? json::Value(static_cast<int64_t>(*n)) : json::Value(*n);
  }
  if (auto m = value.get<Money>()) return json::encode(*m);
  if (auto s = value.get<std::string>()) return json::encode(*s);
  if (auto t = value.get<Time>()) return json::encode(*t);
  if (auto d = value.get<Duration>()) return json::encode(query::to_text(*d));
  auto list = value.get<query::Value::List>();
  if (!list) return nullptr;
  json::Array out;
  for (const query::Value& element : *list) out.push_back(to_json(element));
  return out;
}

std::vector<Attribute> attributes_of(const Look& look, History history) {
  std::vector<Attribute> out;
  const auto& all = look.schema.attributes();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].stream.empty()) continue;  // first and last seen: who it is says them
    if (auto found = attribute_of(look, all[i], i, history)) out.push_back(std::move(*found));
  }
  return out;
}

std::string text_in(const std::vector<Attribute>& attributes, std::string_view name) {
  for (const Attribute& a : attributes)
    if (a.name == name && a.value.is_string()) return std::string(a.value.get_string());
  return {};
}

std::string name_in(const std::vector<Attribute>& attributes) {
  std::string first = text_in(attributes, "first_name"), last = text_in(attributes, "last_name");
  if (first.empty() && last.empty()) return text_in(attributes, "name");
  return first.empty() || last.empty() ? first + last : first + " " + last;
}

Bought bought(const Look& look) {
  Bought out;
  Entities orders = entities_of(look, "orders");
  Tally categories, channels;
  std::vector<Time> placed;
  std::vector<std::pair<int64_t, int64_t>> prices;
  const Column* products = orders.stream ? orders.column("products") : nullptr;
  const Column* status = orders.stream ? orders.column("status") : nullptr;
  const Column* channel = orders.stream ? orders.column("channel") : nullptr;
  const Column* promised = orders.stream ? orders.column("promised_at") : nullptr;
  const Column* delivered = orders.stream ? orders.column("delivered_at") : nullptr;
  for (uint32_t row = orders.begin; row < orders.end; ++row) {
    CHECK(orders.stream, "rows without a stream");
    if (orders.end - row <= kRecent) out.recent.push_back(order_at(look, orders, row));
    if (promised && promised->is_known(row) && !(delivered && delivered->is_known(row)))
      if (RecentOrder order = order_at(look, orders, row); is_late(order, look.now)) out.late.push_back(order);
    if (status && status->text(row) == "cancelled") continue;
    placed.push_back(Time{orders.stream->occurred_at()[row]});
    if (channel && channel->is_known(row)) channels.add(channel->text(row));
    add_lines(products, row, categories, prices);
  }
  std::reverse(out.recent.begin(), out.recent.end());
  std::reverse(out.late.begin(), out.late.end());
  const timeline::Reading& reading = look.schema.reading();
  out.habits = {
      categories.favourite(), channels.favourite(), usual_hour(placed, reading.zone), {}, cycle_of(placed, look.now)};
  if (reading.currency.is_set()) out.habits.price_band = price_band(std::move(prices), reading.currency);
  return out;
}

std::vector<Ticket> open_tickets(const Look& look, size_t most) {
  Entities tickets = entities_of(look, "tickets");
  std::vector<Ticket> out;
  for (uint32_t row = tickets.end; row-- > tickets.begin && out.size() < most;) {
    if (tickets.text("status", row) != "open") continue;
    Ticket ticket{tickets.text("ticket_id", row), Time{tickets.stream->occurred_at()[row]},
                  tickets.text("cause", row),     tickets.text("severity", row),
                  tickets.text("channel", row),   tickets.text("order_id", row)};
    ticket.is_complaint = tickets.whole("complaint", row).value_or(0) != 0;
    ticket.replies = tickets.whole("replies", row).value_or(0);
    out.push_back(std::move(ticket));
  }
  return out;
}

Seq latest_verbatim(const Look& look) {
  Rows rows = rows_of(look, "survey_answered");
  const Column* said = rows.column(timeline::kCommentColumn);
  for (uint32_t row = rows.end; said && row-- > rows.begin;)
    if (said->is_known(row)) return Seq{rows.stream->seq()[row]};
  return {};
}

std::map<int64_t, Time> entered(const Look& look) {
  auto kind = look.schema.find_kind(segments::kEntered);
  std::map<int64_t, Time> out;
  if (!kind) return out;
  Rows rows = rows_of(look, look.schema.kinds()[*kind].stream);
  const Column* id = rows.column("segment_id");
  for (uint32_t row = rows.begin; id && row < rows.end; ++row)
    if (id->is_known(row)) out[id->integer(row)] = Time{rows.stream->occurred_at()[row]};
  return out;
}

bool has_order(const Look& look, std::string_view order_id) {
  Entities orders = entities_of(look, "orders");
  const Column* key = orders.stream ? orders.column("order_id") : nullptr;
  for (uint32_t row = orders.begin; key && row < orders.end; ++row)
    if (key->is_known(row) && key->text(row) == order_id) return true;
  return false;
}

}  // namespace cairn::profile

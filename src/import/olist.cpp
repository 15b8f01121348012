// The preset `olist`: the nine CSV files of a Brazilian marketplace. Its rules: docs/reference/import.md.
#include <algorithm>

#include "import/object_text.h"
#include "import/olist_tables.h"

namespace cairn::import {
namespace {

using events::NewEvent;
using olist::Order;

class OlistPreset final : public Preset {
 public:
  OlistPreset(Currency currency, Zone zone) : currency_(currency), zone_(zone), tables_(currency, zone) {}
  Result<void> open(Files& files, const std::vector<std::string>& paths) { return tables_.open(files, paths); }

  std::string_view source() const override { return "olist"; }
  Currency currency() const override { return currency_; }
  std::string adopted_zone() const override { return std::string(zone_.name()); }
  const std::vector<FileState>& files() const override { return tables_.files(); }
  Result<bool> produce(Batch& batch, size_t rows) override;
  // Reading is the first half of the work, what is made of it the other.
  uint64_t bytes_done() const override {
    uint64_t made = loaded_ && !tables_.orders().empty() ? tables_.bytes_total() * next_ / tables_.orders().size() : 0;
    return tables_.bytes_done() + made;
  }
  uint64_t bytes_total() const override { return 2 * tables_.bytes_total(); }

 private:
  void add(Batch& batch, std::initializer_list<uint32_t> rows, std::string kind, Time at, std::string key);
  uint32_t add_row(Batch& batch, const RowPlace& row);
  void make_order(Batch& batch, Order& order);
  void make_customer(Batch& batch, const Order& order);
  void make_completed(Batch& batch, const Order& order, uint32_t row);
  void make_progress(Batch& batch, const Order& order, uint32_t row);
  void make_payments(Batch& batch, const Order& order);
  void make_answers(Batch& batch, const Order& order);
  void promise(const Order& order);
  std::string products_of(const Order& order) const;

  Currency currency_;
  Zone zone_;
  mutable olist::Tables tables_;
  bool loaded_ = false;
  size_t next_ = 0;
  ObjectText properties_;
  std::vector<events::Identifier> identifiers_;  // of the order in hand
};

void move_rejects(std::vector<Reject> from, Batch& batch) {
  batch.rejects.insert(batch.rejects.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Result<bool> OlistPreset::produce(Batch& batch, size_t rows) {
  if (!loaded_) {
    loaded_ = !TRY(tables_.read_next());
    if (loaded_) tables_.reject_unnamed_customers();
    move_rejects(tables_.take_rejects(), batch);
    return true;
  }
  std::vector<Order>& orders = tables_.orders();
  for (; next_ < orders.size() && batch.rows.size() < rows; ++next_) make_order(batch, orders[next_]);
  return next_ < orders.size();
}

uint32_t OlistPreset::add_row(Batch& batch, const RowPlace& row) {
  batch.rows.push_back(row);
  return static_cast<uint32_t>(batch.rows.size() - 1);
}

void OlistPreset::add(Batch& batch, std::initializer_list<uint32_t> rows, std::string kind, Time at, std::string key) {
  for (uint32_t row : rows) batch.links.push_back({static_cast<uint32_t>(batch.events.size()), row});
  NewEvent event;
  event.kind = std::move(kind);
  event.occurred_at = at;
  event.source_key = std::move(key);
  event.identifiers = identifiers_;
  event.properties = properties_.take();
  batch.events.push_back(std::move(event));
}

Time last_known(const Order& order) {
  Time last = order.purchased;
  for (const std::optional<Time>& time : {order.approved, order.shipped, order.delivered})
    if (time) last = std::max(last, *time);
  return last;
}

/// The calendar day that was promised, as the moment at which it begins.
void OlistPreset::promise(const Order& order) {
  if (order.promised) properties_.text("promised_at", to_rfc3339(zone_.start_of(zone_.day(*order.promised))));
}

void OlistPreset::make_order(Batch& batch, Order& order) {
  const olist::Customer* customer = tables_.find_customer(order.customer);
  // The person first: the id of an order's customer is new with each order and no person's.
  identifiers_ = {{"user_id", customer->unique_id}, {"external:olist_customer_id", customer->id}};
  make_customer(batch, order);
  uint32_t row = add_row(batch, order.row);
  make_completed(batch, order, row);
  make_payments(batch, order);
  make_progress(batch, order, row);
  make_answers(batch, order);
}

void OlistPreset::make_customer(Batch& batch, const Order& order) {
  olist::Customer* customer = tables_.find_customer(order.customer);
  if (std::exchange(customer->made, true)) return;  // with an earlier order that names it, too
  properties_.text_if("city", customer->city);
  properties_.text_if("region", customer->state);
  properties_.text_if("postal_code", customer->postal_code);
  properties_.text("country", "BR");
  add(batch, {add_row(batch, customer->row)}, "Customer Updated", order.purchased, "customer:" + customer->id);
}

std::string OlistPreset::products_of(const Order& order) const {
  std::string out = "[";
  for (const olist::Item& item : order.items) {
    if (out.size() > 1) out += ',';
    ObjectText product;
    product.text_if("product_id", item.product);
    product.text_if("category", tables_.category_of(item.product));
    product.money("price", item.price, currency_);
    product.integer("quantity", 1);
    product.text_if("seller", item.seller);
    out += product.take();
  }
  return out + "]";
}

void OlistPreset::make_completed(Batch& batch, const Order& order, uint32_t row) {
  properties_.text("order_id", order.id);
  properties_.text("status", order.status);
  promise(order);
  if (!order.items.empty()) {
    int64_t revenue = 0, shipping = 0;
    for (const olist::Item& item : order.items) {
      revenue += item.price;
      shipping += item.freight;
    }
    properties_.text("currency", currency_.code());
    properties_.money("total", revenue + shipping, currency_);
    properties_.money("revenue", revenue, currency_);
    properties_.money("shipping", shipping, currency_);
    properties_.raw("products", products_of(order));
  }
  add(batch, {row}, "Order Completed", order.purchased, "order:" + order.id);
  auto event = static_cast<uint32_t>(batch.events.size() - 1);
  for (const olist::Item& item : order.items) batch.links.push_back({event, add_row(batch, item.row)});
}

void OlistPreset::make_payments(Batch& batch, const Order& order) {
  for (const olist::Payment& payment : order.payments) {
    properties_.text("order_id", order.id);
    properties_.text("payment_id", fmt::format("{}/{}", order.id, payment.sequential));
    properties_.money("amount", payment.amount, currency_);
    properties_.text("currency", currency_.code());
    properties_.text_if("method", payment.method);
    properties_.integer("installments", payment.installments);
    add(batch, {add_row(batch, payment.row)}, "Order Paid", order.approved.value_or(order.purchased),
        fmt::format("paid:{}/{}", order.id, payment.sequential));
  }
}

void OlistPreset::make_progress(Batch& batch, const Order& order, uint32_t row) {
  if (order.shipped) {
    properties_.text("order_id", order.id);
    promise(order);
    add(batch, {row}, "Order Shipped", *order.shipped, "shipped:" + order.id);
  }
  properties_.text("order_id", order.id);
  if (order.status == "delivered" && order.delivered) {
    promise(order);
    add(batch, {row}, "Order Delivered", *order.delivered, "delivered:" + order.id);
  } else if (order.status == "canceled" || order.status == "cancelled" || order.status == "unavailable") {
    bool shop = order.status == "unavailable";
    if (shop) properties_.text("reason", "unavailable");
    properties_.text("by", shop ? "shop" : "unknown");
    add(batch, {row}, "Order Cancelled", last_known(order), "cancelled:" + order.id);
  } else {
    properties_.text("status", order.status);
    add(batch, {row}, "Order Updated", last_known(order), fmt::format("updated:{}/{}", order.id, order.status));
  }
}

void OlistPreset::make_answers(Batch& batch, const Order& order) {
  for (const olist::Review& review : order.reviews) {
    std::string response = fmt::format("{}/{}", review.id, order.id);
    properties_.text("survey", "order_csat");
    properties_.text("response_id", response);
    properties_.integer("score", review.score);
    properties_.text_if("title", review.title);
    properties_.text_if("comment", review.comment);
    properties_.text("order_id", order.id);
    properties_.text("asked_at", to_rfc3339(review.asked_at));
    add(batch, {add_row(batch, review.row)}, "Survey Answered", review.answered_at, "answer:" + response);
  }
}

}  // namespace

Result<std::unique_ptr<Preset>> open_olist(Files& files, const PresetOptions& options) {
  Currency currency = TRY(choose_currency(options, TRY(Currency::parse("BRL"))));
  auto preset = std::make_unique<OlistPreset>(currency, TRY(choose_zone(options, "America/Sao_Paulo")));
  TRY(preset->open(files, options.paths));
  return std::unique_ptr<Preset>(std::move(preset));
}

}  // namespace cairn::import

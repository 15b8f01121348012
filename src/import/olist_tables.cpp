#include "import/olist_tables.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace cairn::import::olist {
namespace {

using Column = std::string_view;

/// A file of the set by the columns that tell it. In the order of reading: what others look up comes first.
struct TableKind {
  std::string_view name;
  Use use;
  bool needed;
  std::vector<Column> columns;
};

const std::vector<TableKind>& kinds() {
  static const std::vector<TableKind> all = {
      {"category translation", Use::lookup, false, {"product_category_name", "product_category_name_english"}},
      {"products", Use::lookup, false, {"product_id", "product_category_name"}},
      {"customers",
       Use::facts,
       true,
       {"customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state"}},
      {"orders",
       Use::facts,
       true,
       {"order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
        "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date"}},
      {"items", Use::facts, true, {"order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value"}},
      {"payments",
       Use::facts,
       false,
       {"order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"}},
      {"reviews",
       Use::facts,
       false,
       {"review_id", "order_id", "review_score", "review_comment_title", "review_comment_message",
        "review_creation_date", "review_answer_timestamp"}},
      {"sellers", Use::not_used, false, {"seller_id", "seller_zip_code_prefix"}},
      {"geolocation", Use::not_used, false, {"geolocation_zip_code_prefix", "geolocation_lat"}},
  };
  return all;
}

size_t place_of(const std::vector<std::string>& header, Column column) {
  return static_cast<size_t>(std::find(header.begin(), header.end(), column) - header.begin());
}

bool has_columns(const std::vector<std::string>& header, const std::vector<Column>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](Column c) { return place_of(header, c) < header.size(); });
}

std::string needed_files() {
  std::vector<std::string> out;
  for (const TableKind& kind : kinds())
    if (kind.needed)
      out.push_back(
          fmt::format("{} ({}, …)", kind.name, fmt::join(kind.columns.begin(), kind.columns.begin() + 2, ", ")));
  return fmt::format("{}", fmt::join(out, ", "));
}

template <class T, class Key>
bool has_key(const std::vector<T>& rows, const Key& key, const RowPlace*& where) {
  for (const T& row : rows) {
    if (!key(row)) continue;
    where = &row.row;
    return true;
  }
  return false;
}

}  // namespace

struct Tables::Opened {
  CsvReader reader;
  uint32_t file;
  const TableKind& kind;
  uint64_t size;
};

/// One row's values in the order of the table's columns, trimmed.
struct Tables::Cells {
  RowPlace row;
  const TableKind& kind;
  std::vector<std::string_view> values;
  std::string_view operator[](size_t i) const { return values[i]; }
  std::string text(size_t i) const { return std::string(values[i]); }
};

Result<void> Tables::open(Files& files, const std::vector<std::string>& paths) {
  for (const FoundPath& found : TRY(expand_paths(files, paths))) TRY(add_file(files, found));
  for (size_t i = 0; i < kinds().size(); ++i)
    if (kinds()[i].needed && !opened_.contains(i))
      return fail(Code::invalid, "{}: the {} file of Olist is not here; needed are {}", paths[0], kinds()[i].name,
                  needed_files());
  return {};
}

Result<void> Tables::add_file(Files& files, const FoundPath& found) {
  if (found.listed && !found.path.ends_with(".csv")) return {};
  auto source = open_text(files, found.path);
  if (!source && found.listed && source.error().code == Code::invalid) {
    files_.push_back({found.path, Use::not_used, "not a CSV file"});
    return {};
  }
  TextSource text = TRY(std::move(source));
  CsvReader reader = TRY(CsvReader::open(Input(text.file), found.path));
  for (size_t i = 0; i < kinds().size(); ++i) {
    const TableKind& kind = kinds()[i];
    if (!has_columns(reader.header(), kind.columns)) continue;
    auto file = static_cast<uint32_t>(files_.size());
    files_.push_back({found.path, kind.use, std::string(kind.name)});
    if (kind.use == Use::not_used) return {};
    bytes_total_ += text.size;
    auto opened = std::make_shared<Opened>(Opened{std::move(reader), file, kind, text.size});
    if (!opened_.emplace(i, opened).second)
      return fail(Code::invalid, "{}: a second file of {}; name one of them", found.path, kind.name);
    return {};
  }
  if (!found.listed)
    return fail(Code::invalid, "{}: no file of Olist has these columns: {}; needed are {}", found.path,
                fmt::join(reader.header(), ", "), needed_files());
  files_.push_back({found.path, Use::not_used, "not a file of Olist"});
  return {};
}

Result<bool> Tables::read_next() {
  // In the order of kinds().
  static constexpr ReadRow kReaders[] = {&Tables::read_translation, &Tables::read_product, &Tables::read_customer,
                                         &Tables::read_order,       &Tables::read_item,    &Tables::read_payment,
                                         &Tables::read_review};
  if (opened_.empty()) return false;
  auto [which, table] = *opened_.begin();
  opened_.erase(opened_.begin());
  TRY(read_table(*table, kReaders[which]));
  bytes_done_ += table->size;
  return !opened_.empty();
}

Result<void> Tables::read_table(Opened& table, ReadRow read) {
  std::vector<size_t> places;
  for (Column column : table.kind.columns) places.push_back(place_of(table.reader.header(), column));
  FileState& state = files_[table.file];
  Cells cells{{}, table.kind, std::vector<std::string_view>(places.size())};
  CsvRow row;
  for (;;) {
    Got got = TRY(table.reader.next(row));
    if (got == Got::end) break;
    ++state.read;
    cells.row = {table.file, row.length, row.line, row.offset};
    if (got == Got::bad) {
      bool named = row.column > 0 && row.column <= table.reader.header().size();
      reject(cells, named ? std::string_view(table.reader.header()[row.column - 1]) : "", std::string(row.reason));
      continue;
    }
    for (size_t i = 0; i < places.size(); ++i) cells.values[i] = trim(row.fields[places[i]]);
    (this->*read)(cells);
  }
  state.converted = table.reader.rows_converted();
  return {};
}

void Tables::reject(const Cells& cells, std::string_view column, std::string reason) {
  if (cells.kind.use == Use::facts) rejects_.push_back({cells.row, std::string(column), std::move(reason)});
}

bool Tables::read_money(const Cells& cells, size_t column, int64_t& out) {
  auto minor = parse_minor(cells[column], currency_);
  if (minor) out = *minor;
  else reject(cells, cells.kind.columns[column], minor.error().message);
  return minor.has_value();
}

bool Tables::read_whole(const Cells& cells, size_t column, int64_t& out) {
  std::string_view text = cells[column];
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  bool fine = error == std::errc() && end == text.data() + text.size();
  if (!fine) reject(cells, cells.kind.columns[column], fmt::format("'{}' is not a whole number", excerpt(text, 40)));
  return fine;
}

bool Tables::read_time(const Cells& cells, size_t column, std::optional<Time>& out) {
  if (cells[column].empty()) return true;
  auto time = parse_moment(cells[column], zone_);
  if (time) out = *time;
  else reject(cells, cells.kind.columns[column], time.error().message);
  return time.has_value();
}

bool Tables::read_needed_time(const Cells& cells, size_t column, Time& out) {
  std::optional<Time> time;
  if (!read_time(cells, column, time)) return false;
  if (time) out = *time;
  else reject(cells, cells.kind.columns[column], "there is no time");
  return time.has_value();
}

Customer* Tables::find_customer(const std::string& id) {
  auto it = customer_index_.find(id);
  return it == customer_index_.end() ? nullptr : &customers_[it->second];
}

Order* Tables::order_of(const Cells& cells, size_t column) {
  auto it = order_index_.find(cells.text(column));
  if (it != order_index_.end()) return &orders_[it->second];
  reject(cells, cells.kind.columns[column], "no usable row of the orders file has this order");
  return nullptr;
}

std::string_view Tables::category_of(const std::string& product) const {
  auto it = categories_.find(product);
  if (it == categories_.end()) return {};
  auto english = translations_.find(it->second);
  return english == translations_.end() ? it->second : english->second;
}

void Tables::reject_unnamed_customers() {
  for (const Customer& customer : customers_)
    if (!customer.named)
      rejects_.push_back({customer.row, "customer_id", "no usable row of the orders file names this customer"});
}

void Tables::read_translation(const Cells& cells) { translations_.emplace(cells.text(0), cells.text(1)); }

void Tables::read_product(const Cells& cells) {
  if (!cells[1].empty()) categories_.emplace(cells.text(0), cells.text(1));
}

void Tables::read_customer(const Cells& cells) {
  for (size_t i : {0, 1})
    if (cells[i].empty()) return reject(cells, cells.kind.columns[i], "it is empty");
  auto [it, fresh] = customer_index_.emplace(cells.text(0), customers_.size());
  if (!fresh)
    return reject(cells, "customer_id", fmt::format("it stands on line {} already", customers_[it->second].row.line));
  customers_.push_back({cells.row, cells.text(0), cells.text(1), cells.text(2), cells.text(3), cells.text(4)});
}

void Tables::read_order(const Cells& cells) {
  Order order;
  order.row = cells.row;
  order.id = cells[0];
  order.customer = cells[1];
  order.status = cells[2].empty() ? "created" : to_lower(cells[2]);
  for (size_t i : {0, 1})
    if (cells[i].empty()) return reject(cells, cells.kind.columns[i], "it is empty");
  if (auto it = order_index_.find(order.id); it != order_index_.end())
    return reject(cells, "order_id", fmt::format("it stands on line {} already", orders_[it->second].row.line));
  Customer* customer = find_customer(order.customer);
  if (!customer) return reject(cells, "customer_id", "no usable row of the customers file has this customer");
  if (!read_needed_time(cells, 3, order.purchased) || !read_time(cells, 4, order.approved) ||
      !read_time(cells, 5, order.shipped) || !read_time(cells, 6, order.delivered) ||
      !read_time(cells, 7, order.promised))
    return;
  customer->named = true;
  order_index_.emplace(order.id, orders_.size());
  orders_.push_back(std::move(order));
}

void Tables::read_item(const Cells& cells) {
  Item item{cells.row, 0, cells.text(2), cells.text(3)};
  Order* order = order_of(cells, 0);
  if (!order || !read_whole(cells, 1, item.number) || !read_money(cells, 4, item.price) ||
      !read_money(cells, 5, item.freight))
    return;
  const RowPlace* where = nullptr;
  if (has_key(order->items, [&](const Item& other) { return other.number == item.number; }, where))
    return reject(cells, "order_item_id", fmt::format("this item of the order stands on line {} already", where->line));
  order->items.push_back(std::move(item));
}

void Tables::read_payment(const Cells& cells) {
  Payment payment{cells.row, 0, cells.text(2)};
  Order* order = order_of(cells, 0);
  if (!order || !read_whole(cells, 1, payment.sequential) || !read_whole(cells, 3, payment.installments) ||
      !read_money(cells, 4, payment.amount))
    return;
  const RowPlace* where = nullptr;
  if (has_key(order->payments, [&](const Payment& other) { return other.sequential == payment.sequential; }, where))
    return reject(cells, "payment_sequential",
                  fmt::format("this payment of the order stands on line {} already", where->line));
  order->payments.push_back(std::move(payment));
}

void Tables::read_review(const Cells& cells) {
  Review review{cells.row, cells.text(0), cells.text(3), cells.text(4), 0, {}, {}};
  int64_t score = 0;
  if (cells[0].empty()) return reject(cells, "review_id", "it is empty");
  Order* order = order_of(cells, 1);
  if (!order || !read_whole(cells, 2, score)) return;
  if (score < 1 || score > 5) return reject(cells, "review_score", fmt::format("{} is not a score of 1 to 5", score));
  review.score = static_cast<int>(score);
  if (!read_needed_time(cells, 5, review.asked_at) || !read_needed_time(cells, 6, review.answered_at)) return;
  const RowPlace* where = nullptr;
  if (has_key(order->reviews, [&](const Review& other) { return other.id == review.id; }, where))
    return reject(cells, "review_id", fmt::format("this answer to the order stands on line {} already", where->line));
  order->reviews.push_back(std::move(review));
}

}  // namespace cairn::import::olist

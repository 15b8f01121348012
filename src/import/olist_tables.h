// The Olist files in memory, joined by order. The maker's full set (100,000 orders, 120 MB) takes about 150 MB.
#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "import/csv.h"
#include "import/preset.h"

namespace cairn::import::olist {

struct Customer {
  RowPlace row;
  std::string id, unique_id, postal_code, city, state;
  bool named = false;  ///< An order names it.
  bool made = false;   ///< Its event is made.
};

struct Item {
  RowPlace row;
  int64_t number = 0;
  std::string product, seller;
  int64_t price = 0, freight = 0;  ///< Minor units.
};

struct Payment {
  RowPlace row;
  int64_t sequential = 0;
  std::string method;
  int64_t installments = 0;
  int64_t amount = 0;  ///< Minor units.
};

struct Review {
  RowPlace row;
  std::string id, title, comment;
  int score = 0;
  Time asked_at, answered_at;
};

struct Order {
  RowPlace row;
  std::string id, customer, status;
  Time purchased;
  std::optional<Time> approved, shipped, delivered, promised;
  std::vector<Item> items;
  std::vector<Payment> payments;
  std::vector<Review> reviews;
};

class Tables {
 public:
  Tables(Currency currency, Zone zone) : currency_(currency), zone_(zone) {}
  /// Recognises the files by their headers. Errors as open_preset.
  Result<void> open(Files& files, const std::vector<std::string>& paths);
  /// Reads the tables, one a call, so that progress can be told. False when all are read.
  Result<bool> read_next();

  const std::vector<FileState>& files() const { return files_; }
  std::vector<Order>& orders() { return orders_; }
  Customer* find_customer(const std::string& id);
  /// English when the translation is there; empty when not known.
  std::string_view category_of(const std::string& product) const;
  /// What could not be used so far, taken away.
  std::vector<Reject> take_rejects() { return std::exchange(rejects_, {}); }
  /// Rejects the customers that no order names.
  void reject_unnamed_customers();
  uint64_t bytes_done() const { return bytes_done_; }
  uint64_t bytes_total() const { return bytes_total_; }

 private:
  struct Opened;
  struct Cells;
  using ReadRow = void (Tables::*)(const Cells&);
  Result<void> add_file(Files& files, const FoundPath& found);
  Result<void> read_table(Opened& table, ReadRow read);
  void read_order(const Cells& cells);
  void read_customer(const Cells& cells);
  void read_item(const Cells& cells);
  void read_payment(const Cells& cells);
  void read_review(const Cells& cells);
  void read_product(const Cells& cells);
  void read_translation(const Cells& cells);
  void reject(const Cells& cells, std::string_view column, std::string reason);
  Order* order_of(const Cells& cells, size_t column);
  bool read_money(const Cells& cells, size_t column, int64_t& out);
  bool read_whole(const Cells& cells, size_t column, int64_t& out);
  bool read_time(const Cells& cells, size_t column, std::optional<Time>& out);
  bool read_needed_time(const Cells& cells, size_t column, Time& out);

  Currency currency_;
  Zone zone_;
  std::vector<FileState> files_;
  std::map<size_t, std::shared_ptr<Opened>> opened_;  // by the table's place in the list of tables, the reading order
  std::vector<Order> orders_;
  std::vector<Customer> customers_;
  std::unordered_map<std::string, size_t> order_index_, customer_index_;
  std::unordered_map<std::string, std::string> categories_, translations_;
  std::vector<Reject> rejects_;
  uint64_t bytes_done_ = 0, bytes_total_ = 0;
};

}  // namespace cairn::import::olist

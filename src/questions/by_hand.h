// For tests: a history that is a timeline built by hand.
#pragma once
#include <deque>

#include "base/check.h"
#include "history/history.h"
#include "questions/service.h"
#include "timeline/by_hand.h"

namespace cairn::questions {

/// Knows the kinds of timeline/by_hand.h. Built when `build` was called.
class HandHistory final : public history::History {
 public:
  HandHistory() : timeline_(timeline::small_schema(), {}) { catalogue_ = timeline::small_catalogue(); }

  timeline::OwnRow& add(int64_t customer, std::string kind, std::string_view at, std::string properties = "{}") {
    timeline::OwnRow row;
    row.seq = static_cast<int64_t>(rows_.size()) + 1;
    row.customer = customer;
    row.kind = std::move(kind);
    row.at = row.known_at = parse_moment(at, Zone()).value();
    row.properties = std::move(properties);
    return rows_.emplace_back(std::move(row));
  }
  void build() {
    auto applied = timeline_.apply(timeline::views(rows_), Seq{static_cast<int64_t>(rows_.size())});
    CHECK(applied, "{}", applied.error().message);
    is_built_ = true;
  }
  /// A property that turned up in events.
  void declare(std::string_view kind, query::Property property) { catalogue_.put(kind, std::move(property)); }
  /// Called while a column is being made, before each look at the wish to stop.
  std::function<void()> while_reading = [] {};
  /// While it is true, columns are read for ever, with a look at the wish to stop each millisecond.
  std::atomic<bool> is_endless{false};
  std::atomic<int> looks{0}, stopped{0};
  /// A property that nobody has asked for yet, to be read for ever.
  void read_endlessly() {
    declare("Order Completed", {"gift", query::PropertyType::text, true, false});
    is_endless = true;
  }
  /// Until it holds, at short intervals.
  static void wait_until(const std::function<bool()>& holds) {
    auto pause = system_executor().make_signal();
    while (!holds()) (void)pause->wait_for(milliseconds(1));
  }
  int columns_made = 0, mended = 0;
  history::Standing now_standing;

  void start() override {}
  Result<void> catch_up(const std::function<bool(uint64_t, uint64_t)>&) override { return {}; }
  std::shared_ptr<const timeline::Version> version() const override {
    return is_built_ ? timeline_.version() : nullptr;
  }
  history::Standing standing() const override { return now_standing; }
  std::shared_ptr<const query::Catalogue> catalogue() const override {
    return std::make_shared<const query::Catalogue>(catalogue_);
  }
  Result<void> make_column(std::string_view stream, std::string_view property,
                           const std::function<bool(uint64_t, uint64_t)>& progress) override {
    const query::Kind* kind = catalogue_.find_stream(stream);
    const query::Property* found = kind ? kind->find(property) : nullptr;
    if (!found) return fail(Code::not_found, "there is no {}.{}", stream, property);
    auto pause = system_executor().make_signal();
    for (uint64_t i = 0; i < 10 || is_endless; ++i) {
      ++looks;
      while_reading();
      if (is_endless) (void)pause->wait_for(milliseconds(1));
      if (progress(std::min<uint64_t>(i, 10), 10)) continue;
      ++stopped;
      return fail(Code::conflict, "stopped");
    }
    auto backfill = timeline_.add_column(stream, *found);
    if (!backfill) return {};
    for (const timeline::OwnRow& row : rows_) backfill->add(row.view());
    ++columns_made;
    return timeline_.install(*backfill, system_executor());
  }
  int follow(std::function<void(const history::Step&)>) override { return 0; }
  void unfollow(int) override {}
  void mend(const Error&) override { ++mended; }
  CustomerId root(CustomerId customer) const override { return customer; }
  Result<void> forget(std::span<const CustomerId>, std::span<const Seq>) override { return {}; }
  Result<void> read_again(std::span<const CustomerId>) override { return {}; }
  Result<void> remake(std::span<const timeline::SeqRange>) override { return {}; }

 private:
  timeline::Timeline timeline_;
  query::Catalogue catalogue_;
  std::deque<timeline::OwnRow> kept_;
  std::vector<timeline::OwnRow> rows_;
  bool is_built_ = false;
};

/// Three customers of spring 2026: 1 orders twice on the web, 2 once in the app and opens a ticket, 3 only looks.
inline void fill(HandHistory& h) {
  h.add(1, "Product Viewed", "2026-01-01T05:00:00Z", R"({"sku":"T1","channel":"web"})");
  h.add(1, "Order Completed", "2026-01-01T06:00:00Z", R"({"order_id":"1","total":40,"channel":"web","gift":"yes"})");
  h.add(1, "Order Delivered", "2026-01-03T06:00:00Z", R"({"order_id":"1"})");
  h.add(1, "Order Completed", "2026-02-10T15:00:00Z", R"({"order_id":"2","total":"35.50","channel":"web"})");
  h.add(2, "Product Viewed", "2026-02-01T05:00:00Z", R"({"sku":"C7","channel":"app"})");
  h.add(2, "Order Completed", "2026-02-01T06:00:00Z", R"({"order_id":"3","total":10,"channel":"app"})");
  h.add(2, "Ticket Opened", "2026-02-03T09:00:00Z", R"({"ticket_id":"8","url":"https://shop.example/a,b"})");
  h.add(2, "Survey Answered", "2026-02-04T09:00:00Z", R"({"survey":"nps","score":4})");
  h.add(3, "Product Viewed", "2026-03-01T05:00:00Z", R"({"sku":"=1+1","channel":"web"})");
}

}  // namespace cairn::questions

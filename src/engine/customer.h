// One customer at one moment: the evaluator of a plan. Scans make one a thread and move it from customer to customer.
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "engine/plan.h"
#include "timeline/fold.h"
#include "timeline/version.h"

namespace cairn::engine {

/// The event at hand: a row of its kind's stream in the part of the customer.
struct EventAtHand {
  timeline::KindIndex kind = 0;
  uint32_t row = 0;
};

struct Look {
  Time t;
  bool as_known = false;  ///< Hides what was not known at t.
  std::optional<EventAtHand> event = {};
};

/// A row that a subject is over, at its time.
struct Item {
  int64_t time = 0;
  uint32_t row = 0;
};

/// Rows by (time, seq), with the stream that they are of.
struct Items {
  const timeline::Stream* stream = nullptr;
  std::vector<Item> rows;
  int64_t seq(size_t i) const { return stream->seq()[rows[i].row]; }
};

/// [from, to) of times.
struct Span {
  int64_t from = INT64_MIN;
  int64_t to = INT64_MAX;
  bool holds(int64_t time) const { return time >= from && time < to; }
};

/// Not safe to share between threads. Cells that it gives live until it is moved on.
class Customer {
 public:
  /// REQUIRES that the plan outlives it.
  explicit Customer(const Plan& plan);

  /// Looks at another customer, or from another moment. REQUIRES the part to live, and to be touched (touch.h).
  void look(const timeline::Part& part, uint32_t customer, const Look& look);
  /// Looks at nobody: for moments, which depend on now() alone.
  void look_at_nobody(const Look& look);

  /// Of a node outside of any `where`.
  const Cell& value(NodeIndex node);
  bool holds(NodeIndex node) { return node == kNone || value(node).is_true(); }
  /// Of any node, for a row at hand.
  Cell value(NodeIndex node, const timeline::Stream& stream, const Item& item);
  bool holds(NodeIndex node, const timeline::Stream& stream, const Item& item) {
    return node == kNone || value(node, stream, item).is_true();
  }

  /// Whether the customer has an event that is seen.
  bool is_there();
  /// The rows of a subject that are seen, where `where` holds and time is in the span.
  void find(const Subject& subject, Span span, Items& out);
  /// The span as of a moment of the window.
  Span span_of(const Window& window, Time t);
  /// What an aggregate reads of a row.
  Cell read(const Aggregate& aggregate, const timeline::Stream& stream, const Item& item);
  Cell read_column(const timeline::Stream& stream, int column, const std::string& item, uint32_t row);

  /// The rows of an aggregate which its value is made of, or of which it can come to be made as time passes.
  struct Gathered {
    Items items;
    Span span;  ///< Of the moment.
    int64_t skipped = 0;
    bool is_fresh = false;
  };
  const Gathered& gathered(int aggregate);
  /// The value of an aggregate over those of the rows that lie in the span. `skipped`: how many were unknown.
  Cell reduce(const Aggregate& aggregate, const Items& items, Span span, Time t, int64_t* skipped);

  /// The events that a sequence's chains consist of.
  struct Occurrence {
    int64_t start = 0, end = 0;  ///< Times.
    int64_t end_seq = 0;
    std::vector<int64_t> seqs;
  };
  std::vector<Occurrence> occurrences(const Sequence& sequence, Span span);
  Cell sequence(query::Word word, const std::vector<Occurrence>& found) const;

  const Plan& plan() const { return plan_; }
  const timeline::Part& part() const { return *part_; }
  uint32_t index() const { return customer_; }
  const Look& at() const { return look_; }
  /// An operator or function over cells; `now` is the moment.
  Cell apply(const Node& node, const std::vector<Cell>& of, Time now);

 private:
  Cell attribute(size_t attribute);
  Cell seen(query::AttributeRule rule);
  Cell event(const Node& node);
  Cell compute(NodeIndex node, const timeline::Stream* stream, const Item* item);
  Cell logic(const Node& node, const timeline::Stream* stream, const Item* item);
  Cell get(NodeIndex node, const timeline::Stream* stream, const Item* item);
  void find_events(const Subject& subject, Span span, Items& out);
  void find_entities(const Subject& subject, Span span, Items& out);
  const timeline::EntityStream* entity(size_t index, uint32_t& begin, uint32_t& end);
  Cell list(const timeline::Column& column, const std::string& item, uint32_t row);
  Cell compute_at(NodeIndex node, Time t);

  const Plan& plan_;
  const timeline::Part* part_ = nullptr;
  uint32_t customer_ = 0;
  Look look_;
  uint64_t stamp_ = 0;
  std::vector<uint64_t> stamps_;  ///< By node: of which look its value is.
  std::vector<Cell> values_;
  std::vector<Gathered> gathered_;
  std::vector<std::vector<Occurrence>> occurrences_;
  struct Refolded {
    uint64_t stamp = 0;
    std::shared_ptr<const timeline::EntityStream> stream;
  };
  std::vector<Refolded> refolded_;  ///< By entity.
  std::deque<ListRef> lists_;
  std::deque<query::Value> held_;  ///< What attribute_at gave, for views.
  std::vector<Cell> scratch_;
};

}  // namespace cairn::engine

// From text to an answer: parse, check, plan, ask the timelines. Every entrance (routes, commands) comes through here.
//
// Invariants:
// 1. A question is answered of one version; Answer::last says which.
// 2. Nothing runs longer than its limit: a scan ends within a block of customers after it was stopped.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/world.h"
#include "engine/explain.h"
#include "engine/plan.h"
#include "history/history.h"
#include "questions/answer.h"
#include "questions/running.h"

namespace cairn::questions {

/// A question that is answered while somebody waits for the response.
inline constexpr Duration kAnswerLimit = seconds(30);
/// The longest that any question may take.
inline constexpr Duration kLongest = minutes(15);
/// Past moments that one question may be asked of.
inline constexpr size_t kMomentsMax = 60;
/// Plans that are kept, so that the same question is not planned again.
inline constexpr size_t kPlansKept = 256;

struct Asked {
  std::string text;   ///< A question, or an expression that is asked of everybody.
  std::string as_of;  ///< A time, in the brand's zone unless it says another; empty: what the text says, else now.
  bool as_known = false;
  /// Of a condition: how many there were at these moments.
  std::vector<std::string> moments = {};
  /// False: nobody is told of in person. Then personal properties are refused and `select` gives no ids.
  bool sees_customers = true;
};

struct AskedOfOne {
  std::string text;  ///< An expression.
  CustomerId customer;
  std::string as_of;
  bool as_known = false;
  bool explains = false;
  bool sees_customers = true;
};

struct Event {
  Seq seq;
  std::string kind;  ///< As a query names it: `order_completed`.
  Time occurred_at;
};

struct Why {
  std::string text;
  query::Value value;
  std::vector<Event> events;  ///< The latest engine::kMaxEvents.
  uint64_t event_count = 0;
};

struct OneAnswer {
  CustomerId customer;
  std::string text;
  query::Type type;
  query::Value value;
  int64_t skipped = 0;
  std::optional<Time> valid_until;
  Time as_of;
  bool as_known = false;
  Seq last;
  std::vector<Why> why;  ///< When it was asked to explain: parents before their children.
};

/// What segments there are; from the module above that keeps them.
struct Segments {
  uint64_t generation = 0;  ///< Another whenever one of them changed.
  std::map<std::string, query::Checked> checked = {};
};
using SegmentSource = std::function<std::shared_ptr<const Segments>()>;

/// Safe from any thread.
class Service {
 public:
  /// What is given must outlive it.
  Service(World& world, history::History& history);
  ~Service();
  /// Before anything is asked.
  void use_segments(SegmentSource source);

  query::CheckResult check(std::string_view text, bool must_be_condition = false) const;
  std::shared_ptr<const query::Catalogue> catalogue() const;
  std::vector<std::string> segment_names() const;
  /// The brand's. Error unavailable while the timelines are being built.
  Result<Zone> zone() const;

  /// On this thread, until `running` is stopped or `limit` is over.
  /// Errors: invalid with field text, as_of or moments; unavailable while the timelines are being built; forbidden;
  /// conflict when it was cancelled; too_large when it takes too long.
  Result<Answer> ask(const Asked& asked, const std::shared_ptr<Running>& running, Duration limit = kAnswerLimit);
  /// Also not_found.
  Result<OneAnswer> ask_one(const AskedOfOne& asked,
                            const std::shared_ptr<Running>& running = std::make_shared<Running>());

  struct State;  ///< Of this folder.

 private:
  std::unique_ptr<State> state_;
};

/// The text of a question with its moment: `select(…) as of 2026-01-01`. Error invalid (as_of) unless it is a time.
Result<std::string> with_moment(std::string text, std::string_view as_of, bool as_known, const Zone& zone);

}  // namespace cairn::questions

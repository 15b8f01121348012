// The same fact told by several sources is one fact.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "measures/customer_events.h"

namespace cairn::measures {

/// One field of a fact: of the values told, the one of the source with the highest precedence; among those the latest
/// known, then the latest in the log. What is unknown never replaces what is known.
template <class T>
class Told {
 public:
  void offer(std::optional<T> value, const Event& event) {
    if (!value) return;
    Rank rank{event.precedence, event.known_at, event.seq};
    if (value_ && rank < rank_) return;
    value_ = std::move(value);
    rank_ = rank;
  }
  const std::optional<T>& value() const { return value_; }
  bool is_known() const { return value_.has_value(); }

 private:
  struct Rank {
    int32_t precedence = 0;
    Time known_at;
    Seq seq;
    auto operator<=>(const Rank&) const = default;
  };
  std::optional<T> value_;
  Rank rank_;
};

/// Facts of which one entity has several (payments, refunds, replies). Those with an id of their own are one each,
/// whoever tells them. Those without can only be told apart within a source, so they are taken from one source alone:
/// the one with the highest precedence (the lowest source id among equals), and from none when another source gave
/// ids.
template <class T>
class Copies {
 public:
  void add(std::string_view id, std::optional<T> value, const Event& event) {
    Fact* same = id.empty() ? nullptr : find(id);
    if (!same) {
      facts_.push_back({std::string(id), event.source, event.precedence, {}});
      same = &facts_.back();
    }
    same->value.offer(std::move(value), event);
  }
  bool empty() const { return facts_.empty(); }

  /// Calls use(value) for each fact that is known, in the order first told. Returns how many facts there are, the
  /// unknown ones included.
  template <class F>
  size_t each(F use) const {
    const Fact* best = best_without_id();
    size_t count = 0;
    for (const Fact& fact : facts_) {
      if (fact.id.empty() && (!best || fact.source != best->source)) continue;
      ++count;
      if (fact.value.is_known()) use(*fact.value.value());
    }
    return count;
  }

 private:
  struct Fact {
    std::string id;
    int32_t source = 0;
    int32_t precedence = 0;
    Told<T> value;
  };
  Fact* find(std::string_view id) {
    for (Fact& fact : facts_)
      if (fact.id == id) return &fact;
    return nullptr;
  }
  const Fact* best_without_id() const {
    const Fact* best = nullptr;
    for (const Fact& f : facts_)
      if (f.id.empty() &&
          (!best || f.precedence > best->precedence || (f.precedence == best->precedence && f.source < best->source)))
        best = &f;
    if (best)
      for (const Fact& f : facts_)
        if (!f.id.empty() && f.source != best->source) return nullptr;
    return best;
  }
  std::vector<Fact> facts_;
};

}  // namespace cairn::measures

// What was asked to be forgotten, and how far it is.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "sim/snapshot.h"

namespace cairn::sim {

class Erasures {
 public:
  /// Somebody is about to be asked for: the answer may be lost, and it is done nonetheless.
  void begins() { any_ = true; }
  /// The answer came. `last`: no row of theirs comes behind that one.
  void acknowledged(int64_t request, const std::vector<CustomerId>& ids, int64_t last);
  /// What the store says of them; returns findings.
  std::vector<std::string> take(const std::vector<StoredRequest>& stored);

  /// Somebody was asked for, whatever came of it.
  bool any() const { return any_; }
  bool are_done() const { return open_ == 0; }
  bool is_hidden(int64_t customer) const { return by_id_.contains(customer); }
  bool is_done(int64_t customer) const;
  /// A row that comes now may not be theirs.
  bool is_gone(int64_t customer, int64_t seq) const;
  /// Ids of all who were erased.
  std::vector<CustomerId> ids() const;
  int count() const { return static_cast<int>(asked_.size()); }

 private:
  struct Asked {
    bool is_acknowledged = false, is_done = false;
    int64_t last = INT64_MAX;
  };
  Asked& asked(int64_t request, const std::vector<CustomerId>& ids);

  bool any_ = false;
  int open_ = 0;
  std::map<int64_t, Asked> asked_;
  std::map<int64_t, int64_t> by_id_;  ///< Customer → request.
};

}  // namespace cairn::sim

// Events are kept as long as the rule of their kind says, then removed: daily, in chunks, recorded, taken up again
// after a crash. The timelines follow.
#pragma once
#include <vector>

#include "rights/eraser.h"

namespace cairn::rights {

class Retention {
 public:
  explicit Retention(const Parts& parts) : parts_(parts) {}

  /// Error invalid: a kind twice, days below 1 or above 36,500.
  static Result<void> check(std::span<const Rule> rules);

  struct Due {
    Rule rule;
    Time before;       ///< What happened earlier goes.
    int64_t rows = 0;  ///< So many, of `rows_all` of the kind.
    int64_t rows_all = 0;
  };
  /// What these rules would remove now.
  Result<std::vector<Due>> preview(std::span<const Rule> rules) const;

  /// Goes on with what was cut off, then does what the rules say, and removes what was kept of people erased long ago
  /// (Settings::proof_days). Returns how many rows were removed.
  /// Not on the writer's thread.
  Result<int64_t> run();
  /// When it last began; nothing when it never did.
  Result<std::optional<Time>> last_begun() const;

 private:
  Result<std::vector<Seq>> find(const Rule& rule, Time before) const;
  Result<int64_t> carry_out(const RetentionRun& run);
  Result<int64_t> remove_kept();

  Parts parts_;
};

}  // namespace cairn::rights

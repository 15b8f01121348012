// Rows of a bench: a figure, next to the same work done by a peer in the same run, and the ratio that we hold.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cairn::bench {

struct Row {
  std::string name;       ///< `import.events_csv`
  double value = 0;       ///< the median of the runs
  std::string unit;       ///< `rows/s`, `s`, `MB`
  std::string peer = {};  ///< what it is compared with: `bare SQLite`; empty: nothing
  std::optional<double> peer_value = {};
  std::optional<double> ratio = {};  ///< value / peer_value, filled by Report::add when there is a peer
  std::optional<double> floor = {};  ///< what `ratio` (without a peer `value`) must reach; see `lower_is_better`
  std::optional<bool> equal = {};    ///< whether our result was the peer's; false is always below the floor
  bool lower_is_better = false;      ///< the floor is then a ceiling
};

/// Whether the row misses its floor, or its result differs from the peer's.
bool is_below_floor(const Row& row);

/// The median of `runs` measurements; `measure` returns one figure.
double median_of(int runs, const std::function<double()>& measure);
/// Seconds that `work` takes.
double seconds_of(const std::function<void()>& work);

/// Collects rows; prints each as it comes.
class Report {
 public:
  /// Reads `--json FILE`: each row is added to that file as one line of JSON.
  Report(int argc, char** argv);
  void add(Row row);
  /// Lists what is below its floor. Returns the program's status: always 0, because a figure depends on the machine;
  /// 1 when a result was not equal to the peer's.
  int finish() const;

 private:
  std::string file_;
  std::vector<Row> rows_;
};

}  // namespace cairn::bench

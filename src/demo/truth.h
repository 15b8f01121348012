// truth.json: what nobody at the shop can know, against which estimates are judged. One object:
//
//   seed, customers, months, begin, end, parameters {name: number}
//   incident            null, or {week, browser, from, to, breaks}: which browser's checkout broke, when
//   gesture             {share, keeps}: drawn among complainers by a fair coin; how much it lowers the chance to leave
//   automations, recommendation   holdout; uplift, the chance put in for each who would not have bought within 7 days
//                       anyway; treated, how many there were; orders_caused, what the treatment itself brought
//   people              one object a customer: user_id, buys, satisfied 0–1, left_at or null, purchase_rate (a busy
//                       day), dropout, eligible_for_gesture, treated_by_gesture, member, hit_by_incident,
//                       silently_dissatisfied, invited_by or null, orders
//
// Amélie and her sister have no hidden truth; they are not among the people.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "demo/life.h"
#include "demo/plan.h"

namespace cairn::demo {

/// Written as the waves come, beside its final name; whole when finish() returns, else not there.
class TruthFile {
 public:
  static Result<TruthFile> create(Files& files, const std::string& directory, const Plan& plan);
  Result<void> add(const std::vector<Truth>& truths);
  Result<void> finish();
  const std::string& path() const { return path_; }

 private:
  TruthFile(Files& files, std::string path, std::unique_ptr<File> file, Time end)
      : files_(files), path_(std::move(path)), file_(std::move(file)), end_(end) {}
  Files& files_;
  std::string path_;
  std::unique_ptr<File> file_;
  Time end_;
  Truth sum_;  ///< Of the counts.
  bool is_first_ = true;
};

}  // namespace cairn::demo

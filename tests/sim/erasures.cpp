#include "sim/erasures.h"

#include <fmt/format.h>

namespace cairn::sim {

Erasures::Asked& Erasures::asked(int64_t request, const std::vector<CustomerId>& ids) {
  auto [it, is_new] = asked_.try_emplace(request);
  open_ += is_new;
  for (CustomerId id : ids) by_id_[id.value] = request;
  return it->second;
}

void Erasures::acknowledged(int64_t request, const std::vector<CustomerId>& ids, int64_t last) {
  Asked& one = asked(request, ids);
  one.is_acknowledged = true;
  one.last = std::min(one.last, last);
}

std::vector<std::string> Erasures::take(const std::vector<StoredRequest>& stored) {
  std::vector<std::string> findings;
  auto find = [&](std::string text) { findings.push_back("11: request " + std::move(text)); };
  if (!any_ && !stored.empty()) find("is of nobody who asked");
  std::set<int64_t> there;
  for (const StoredRequest& row : stored) {
    there.insert(row.id);
    for (CustomerId id : row.ids)
      if (auto known = by_id_.find(id.value); known != by_id_.end() && known->second != row.id)
        find(fmt::format("{} erases {} again, whom {} erased", row.id, id.value, known->second));
    Asked& one = asked(row.id, row.ids);
    bool is_done = row.state == "done";
    if (one.is_done && !is_done) find(fmt::format("{} was done and is {}", row.id, row.state));
    if (!one.is_done && is_done) --open_;
    one.is_done |= is_done;
    if (row.state != "begun" && row.noted > 0) find(fmt::format("{} is {} and searches on", row.id, row.state));
  }
  for (const auto& [request, one] : asked_)
    if (!there.contains(request)) find(fmt::format("{} was acknowledged and is not there", request));
  return findings;
}

bool Erasures::is_done(int64_t customer) const {
  auto it = by_id_.find(customer);
  return it != by_id_.end() && asked_.at(it->second).is_done;
}

bool Erasures::is_gone(int64_t customer, int64_t seq) const {
  auto it = by_id_.find(customer);
  return it != by_id_.end() && seq > asked_.at(it->second).last;
}

std::vector<CustomerId> Erasures::ids() const {
  std::vector<CustomerId> out;
  for (const auto& [id, request] : by_id_) out.push_back(CustomerId{id});
  return out;
}

}  // namespace cairn::sim

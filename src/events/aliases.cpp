#include "events/aliases.h"

#include <algorithm>
#include <mutex>

namespace cairn::events {

Aliases::Aliases(const Aliases& other) { *this = other; }

Aliases& Aliases::operator=(const Aliases& other) {
  if (this == &other) return *this;
  std::shared_lock theirs(other.mutex_);
  std::unique_lock ours(mutex_);
  roots_ = other.roots_;
  ties_ = other.ties_;
  by_id_ = other.by_id_;
  apart_ = other.apart_;
  count_ = roots_.size();
  return *this;
}

CustomerId Aliases::find(CustomerId id) const {
  auto it = roots_.find(id);
  return it == roots_.end() ? id : it->second;
}

CustomerId Aliases::root_of_merged(CustomerId id) const {
  std::shared_lock lock(mutex_);
  return find(id);
}

/// Ascending.
std::vector<CustomerId> Aliases::component(CustomerId id) const {
  std::vector<CustomerId> out = {id};
  for (size_t at = 0; at < out.size(); ++at) {
    auto merges = by_id_.find(out[at]);
    if (merges == by_id_.end()) continue;
    for (MergeId merge : merges->second) {
      const Tie& tie = ties_.at(merge);
      CustomerId other = tie.a == out[at] ? tie.b : tie.a;
      if (std::find(out.begin(), out.end(), other) == out.end()) out.push_back(other);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Tie> Aliases::ties_within(std::span<const CustomerId> ids) const {
  std::vector<Tie> out;
  for (CustomerId id : ids)
    if (auto merges = by_id_.find(id); merges != by_id_.end())
      for (MergeId merge : merges->second)
        if (const Tie& tie = ties_.at(merge); tie.a == id) out.push_back(tie);
  std::sort(out.begin(), out.end(), [](const Tie& x, const Tie& y) { return x.merge < y.merge; });
  return out;
}

/// Gives a tree its id: what the newest merge within it chose.
CustomerId Aliases::name(const std::vector<CustomerId>& ids) {
  if (ids.size() == 1) {
    roots_.erase(ids[0]);
    count_ = roots_.size();
    return ids[0];
  }
  std::vector<Tie> ties = ties_within(ids);
  auto chosen = std::find_if(ties.rbegin(), ties.rend(),
                             [&](const Tie& tie) { return std::binary_search(ids.begin(), ids.end(), tie.into); });
  CustomerId root = chosen == ties.rend() ? ids.front() : chosen->into;
  for (CustomerId id : ids) roots_[id] = root;
  count_ = roots_.size();
  return root;
}

std::vector<CustomerId> Aliases::members(CustomerId id) const {
  std::shared_lock lock(mutex_);
  return component(id);
}

std::vector<Tie> Aliases::ties(CustomerId id) const {
  std::shared_lock lock(mutex_);
  return ties_within(component(id));
}

std::vector<Tie> Aliases::all_ties() const {
  std::shared_lock lock(mutex_);
  std::vector<Tie> out;
  for (const auto& [merge, tie] : ties_) out.push_back(tie);
  std::sort(out.begin(), out.end(), [](const Tie& x, const Tie& y) { return x.merge < y.merge; });
  return out;
}

size_t Aliases::size() const {
  std::shared_lock lock(mutex_);
  auto others =
      std::count_if(roots_.begin(), roots_.end(), [](const auto& entry) { return entry.first != entry.second; });
  return static_cast<size_t>(others);
}

Moved Aliases::add(const Tie& tie) {
  std::unique_lock lock(mutex_);
  CustomerId a = find(tie.a), b = find(tie.b);
  if (a == b || ties_.contains(tie.merge)) return {};
  ties_[tie.merge] = tie;
  by_id_[tie.a].push_back(tie.merge);
  by_id_[tie.b].push_back(tie.merge);
  return {{std::min(a, b), std::max(a, b)}, {name(component(tie.a))}};
}

void Aliases::renumber(MergeId from, MergeId to) {
  std::unique_lock lock(mutex_);
  auto node = ties_.extract(from);
  if (node.empty()) return;
  node.key() = node.mapped().merge = to;
  for (CustomerId id : {node.mapped().a, node.mapped().b}) std::replace(by_id_[id].begin(), by_id_[id].end(), from, to);
  ties_.insert(std::move(node));
}

Moved Aliases::remove(MergeId merge) {
  std::unique_lock lock(mutex_);
  auto it = ties_.find(merge);
  if (it == ties_.end()) return {};
  Tie tie = it->second;
  CustomerId before = find(tie.a);
  ties_.erase(it);
  for (CustomerId id : {tie.a, tie.b}) {
    std::vector<MergeId>& merges = by_id_[id];
    std::erase(merges, merge);
    if (merges.empty()) by_id_.erase(id);
  }
  CustomerId one = name(component(tie.a)), other = name(component(tie.b));
  return {{before}, {std::min(one, other), std::max(one, other)}};
}

void Aliases::keep_apart(CustomerId a, CustomerId b) {
  std::unique_lock lock(mutex_);
  for (auto [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    std::vector<CustomerId>& list = apart_[one];
    if (std::find(list.begin(), list.end(), other) == list.end()) list.push_back(other);
  }
}

void Aliases::allow(CustomerId a, CustomerId b) {
  std::unique_lock lock(mutex_);
  for (auto [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    auto it = apart_.find(one);
    if (it == apart_.end()) continue;
    std::erase(it->second, other);
    if (it->second.empty()) apart_.erase(it);
  }
}

bool Aliases::are_apart(CustomerId one, CustomerId other) const {
  std::shared_lock lock(mutex_);
  if (apart_.empty()) return false;
  std::vector<CustomerId> others = component(other);
  for (CustomerId id : component(one)) {
    auto it = apart_.find(id);
    if (it == apart_.end()) continue;
    for (CustomerId enemy : it->second)
      if (std::binary_search(others.begin(), others.end(), enemy)) return true;
  }
  return false;
}

void Aliases::clear() {
  std::unique_lock lock(mutex_);
  roots_.clear();
  ties_.clear();
  by_id_.clear();
  apart_.clear();
  count_ = 0;
}

}  // namespace cairn::events

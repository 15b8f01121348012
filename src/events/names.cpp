#include "events/names.h"

#include <mutex>

namespace cairn::events {

std::shared_ptr<const Name> Names::find(std::string_view name) const {
  std::shared_lock lock(mutex_);
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

std::shared_ptr<const Name> Names::find(int64_t id) const {
  std::shared_lock lock(mutex_);
  auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

int64_t Names::next_id() const {
  std::shared_lock lock(mutex_);
  return by_id_.empty() ? 1 : by_id_.rbegin()->first + 1;
}

size_t Names::size() const {
  std::shared_lock lock(mutex_);
  return by_id_.size();
}

void Names::add(Name name) {
  auto shared = std::make_shared<const Name>(std::move(name));
  std::unique_lock lock(mutex_);
  by_name_[shared->name] = shared;
  by_id_[shared->id] = shared;
}

void Names::drop(int64_t id) {
  std::unique_lock lock(mutex_);
  auto it = by_id_.find(id);
  if (it == by_id_.end()) return;
  by_name_.erase(it->second->name);
  by_id_.erase(it);
}

}  // namespace cairn::events

// Plans by text, so that what is asked again is not planned again. Inside this folder only.
#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/plan.h"

namespace cairn::questions {

/// Of one schema at a time: when another comes, all go. Safe from any thread.
class Plans {
 public:
  explicit Plans(size_t kept) : kept_(kept) {}
  using Made = Result<std::shared_ptr<const engine::Plan>>;
  /// The plan of a canonical text, or what make() gives. `generation` is of the segments.
  template <class Make>
  Made get(const std::string& text, const std::shared_ptr<const timeline::Schema>& schema, uint64_t generation,
           Make make) {
    if (auto found = find(text, schema, generation)) return found;
    auto made = make();
    if (made) keep(text, schema, generation, *made);
    return made;
  }
  size_t size() const {
    std::lock_guard lock(mutex_);
    return order_.size();
  }

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const engine::Plan>>;

  std::shared_ptr<const engine::Plan> find(const std::string& text,
                                           const std::shared_ptr<const timeline::Schema>& schema, uint64_t generation) {
    std::lock_guard lock(mutex_);
    if (schema != schema_ || generation != generation_) return nullptr;
    auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }
  void keep(const std::string& text, const std::shared_ptr<const timeline::Schema>& schema, uint64_t generation,
            std::shared_ptr<const engine::Plan> plan) {
    std::lock_guard lock(mutex_);
    if (schema != schema_ || generation != generation_) {
      order_.clear();
      by_text_.clear();
      schema_ = schema;
      generation_ = generation;
    }
    if (by_text_.count(text)) return;
    order_.emplace_front(text, std::move(plan));
    by_text_[text] = order_.begin();
    if (order_.size() <= kept_) return;
    by_text_.erase(order_.back().first);
    order_.pop_back();
  }

  mutable std::mutex mutex_;
  const size_t kept_;
  std::shared_ptr<const timeline::Schema> schema_;  ///< Held, so that no other can take its place in memory.
  uint64_t generation_ = 0;
  std::list<Entry> order_;  ///< The latest used first.
  std::unordered_map<std::string, std::list<Entry>::iterator> by_text_;
};

}  // namespace cairn::questions

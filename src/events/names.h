// Kinds and sources by name and by number: few, so all of them are in memory.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace cairn::events {

struct Name {
  int64_t id = 0;
  std::string name;
  int precedence = 0;  ///< Of a source: where two tell of one fact, the higher wins.
};

/// Safe from any thread. Names are added as their transaction runs and dropped when it is rolled back.
class Names {
 public:
  /// Null when it is not there.
  std::shared_ptr<const Name> find(std::string_view name) const;
  std::shared_ptr<const Name> find(int64_t id) const;
  int64_t next_id() const;
  size_t size() const;
  void add(Name name);
  void drop(int64_t id);

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Name>, std::less<>> by_name_;
  std::map<int64_t, std::shared_ptr<const Name>> by_id_;
};

}  // namespace cairn::events

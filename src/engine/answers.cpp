#include "engine/answers.h"

#include <algorithm>

namespace cairn::engine {

uint64_t Selected::count() const {
  uint64_t out = 0;
  for (const auto& shard : shards) out += shard.size();
  return out;
}

std::vector<CustomerId> Selected::ids() const {
  std::vector<CustomerId> out;
  out.reserve(count());
  for (const auto& shard : shards) out.insert(out.end(), shard.begin(), shard.end());
  std::sort(out.begin(), out.end());
  return out;
}

bool comes_before(const query::Value& a, const query::Value& b) {
  using query::Value;
  if (a.data().index() != b.data().index()) return a.data().index() < b.data().index();
  return std::visit(
      [&](const auto& x) -> bool {
        using T = std::decay_t<decltype(x)>;
        const T& y = b.as<T>();
        if constexpr (std::is_same_v<T, query::Unknown>) return false;
        else if constexpr (std::is_same_v<T, Money>)
          return x.currency != y.currency ? x.currency < y.currency : x.minor < y.minor;
        else if constexpr (std::is_same_v<T, Value::List>)
          return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(),
                                              [](const Value& p, const Value& q) { return comes_before(p, q); });
        else return x < y;
      },
      a.data());
}

bool KeyOrder::operator()(const Key& a, const Key& b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](const query::Value& x, const query::Value& y) { return comes_before(x, y); });
}

}  // namespace cairn::engine

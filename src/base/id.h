// Strong ids: a CustomerId is not a Seq, though both are 64 bits.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace cairn {

template <class Tag>
struct Id {
  int64_t value = 0;
  constexpr auto operator<=>(const Id&) const = default;
  /// 0 is never given to a stored thing.
  constexpr bool is_set() const { return value != 0; }
};

using CustomerId = Id<struct CustomerTag>;  ///< A person; its shard is shard_of(id).
using Seq = Id<struct SeqTag>;              ///< Place of an event in the log, from 1, no order of time.
using KindId = Id<struct KindTag>;          ///< A kind of event in the catalogue.
using SourceId = Id<struct SourceTag>;      ///< Where events come from.
using RunId = Id<struct RunTag>;            ///< One import run.
using UserId = Id<struct UserTag>;          ///< Who signs in to the back office; never a customer.

/// Shards are fixed for ever: they are in the log row and in keys of tables.
inline constexpr int kShards = 64;

}  // namespace cairn

template <class Tag>
struct std::hash<cairn::Id<Tag>> {
  size_t operator()(cairn::Id<Tag> id) const noexcept {
    uint64_t x = static_cast<uint64_t>(id.value) * 0x9E3779B97F4A7C15ull;
    return static_cast<size_t>(x ^ (x >> 32));
  }
};

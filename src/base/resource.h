// Files embedded in the binary (cmake/resources.cmake writes the tables).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cairn {

struct ResourceEntry {
  const char* name;  ///< path below the folder that was embedded
  const char* begin;
  const char* end;
};

/// One embedded table. Declare it with CAIRN_RESOURCES(symbol) and hand it around as a value.
class Resources {
 public:
  constexpr Resources(const ResourceEntry* entries, uint64_t count) : entries_(entries, count) {}
  std::span<const ResourceEntry> all() const { return entries_; }
  std::optional<std::string_view> find(std::string_view name) const {
    for (const ResourceEntry& e : entries_)
      if (e.name == name) return std::string_view(e.begin, static_cast<size_t>(e.end - e.begin));
    return std::nullopt;
  }

 private:
  std::span<const ResourceEntry> entries_;
};

}  // namespace cairn

/// Defines `Resources symbol()` over the table that cairn_embed(… symbol …) wrote. Outside any namespace.
#define CAIRN_RESOURCES(symbol)                             \
  extern "C" const ::cairn::ResourceEntry symbol##_table[]; \
  extern "C" const uint64_t symbol##_count;                 \
  static inline ::cairn::Resources symbol() { return {symbol##_table, symbol##_count}; }

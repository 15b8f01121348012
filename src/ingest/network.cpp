#include "ingest/network.h"

#include <algorithm>
#include <charconv>

namespace cairn::ingest {
namespace {

std::optional<int> parse_decimal(std::string_view text, int max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return {};
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max || text[0] == '-') return {};
  return value;
}

/// Four decimal bytes into `out[0..3]`.
bool parse_v4(std::string_view text, uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == text.npos) return false;
    auto value = parse_decimal(text.substr(0, dot), 255);
    if (!value) return false;
    out[i] = static_cast<uint8_t>(*value);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return true;
}

/// Groups of one side of `::` into `out`; the number of bytes, or nothing when it is no address.
std::optional<size_t> parse_groups(std::string_view text, bool is_last, std::array<uint8_t, 16>& out) {
  size_t used = 0;
  while (!text.empty()) {
    size_t colon = text.find(':');
    std::string_view group = text.substr(0, colon);
    if (colon == text.npos && is_last && group.find('.') != group.npos) {
      if (used > 12 || !parse_v4(group, &out[used])) return {};
      return used + 4;
    }
    uint16_t value = 0;
    auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    if (group.empty() || group.size() > 4 || error != std::errc() || end != group.data() + group.size() || used > 14)
      return {};
    out[used++] = static_cast<uint8_t>(value >> 8);
    out[used++] = static_cast<uint8_t>(value & 0xFF);
    if (colon == text.npos) return used;
    text.remove_prefix(colon + 1);
    if (text.empty()) return {};
  }
  return used;
}

std::optional<Address> parse_v6(std::string_view text) {
  Address head{}, tail{};
  size_t gap = text.find("::");
  if (gap == text.npos) {
    auto used = parse_groups(text, true, head);
    return used == 16 ? std::optional(head) : std::nullopt;
  }
  auto before = parse_groups(text.substr(0, gap), false, head);
  auto after = parse_groups(text.substr(gap + 2), true, tail);
  if (!before || !after || *before + *after > 14) return {};
  std::copy_n(tail.begin(), *after, head.end() - static_cast<std::ptrdiff_t>(*after));
  return head;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') != text.npos) return parse_v6(text);
  Address out{};
  out[10] = out[11] = 0xFF;
  return parse_v4(text, &out[12]) ? std::optional(out) : std::nullopt;
}

bool Network::contains(const Address& other) const {
  size_t whole = static_cast<size_t>(bits) / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), other.begin())) return false;
  int rest = bits % 8;
  return rest == 0 || ((address[whole] ^ other[whole]) >> (8 - rest)) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
  size_t slash = text.find('/');
  auto address = parse_address(text.substr(0, slash));
  if (!address) return {};
  if (slash == text.npos) return Network{*address, 128};
  bool is_v4 = text.find(':') == text.npos;
  auto bits = parse_decimal(text.substr(slash + 1), is_v4 ? 32 : 128);
  if (!bits) return {};
  return Network{*address, is_v4 ? *bits + 96 : *bits};
}

}  // namespace cairn::ingest

// Internet addresses and networks of both families, for rules that go by where a request comes from.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::ingest {

/// 128 bits; an IPv4 address is its mapped form, `::ffff:a.b.c.d`.
using Address = std::array<uint8_t, 16>;

/// `203.0.113.7`, `2001:db8::1`, `::ffff:203.0.113.7`; nothing for what is none. No zone, no port, no leading zeros in
/// IPv4 (they are octal to some).
std::optional<Address> parse_address(std::string_view text);

struct Network {
  Address address{};
  int bits = 128;  ///< Of the 128; an IPv4 /24 is 120.
  bool contains(const Address& other) const;
};

/// An address, or `203.0.113.0/24`, `2001:db8::/32`. Bits behind the prefix do not count.
std::optional<Network> parse_network(std::string_view text);

}  // namespace cairn::ingest
